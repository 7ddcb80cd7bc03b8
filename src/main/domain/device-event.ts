/** Something a device said, through its events or in the metadata beside its pictures, mapped from its topic to one of ours. */
export type DeviceEvent = {
  kind:
    | 'motion'
    | 'tamper'
    | 'digital-input'
    | 'line-crossed'
    | 'field-entered'
    | 'sound'
    | 'storage-failed'
    | 'relay'
    | 'other';
  /** Topic as sent, for the expert. */
  topic: string;
  /** Which of several: rule, input, source token. */
  source: string | null;
  /** Video source that it is about, as profiles name it; null where the device says none. */
  videoSource: string | null;
  /** true: begins or is on; false: ends; null: a moment. */
  active: boolean | null;
  /** The device's own time, UTC ms. */
  deviceMs: number;
  /** `initial`: told at subscription or synchronisation, not a change (WS-Notification PropertyOperation Initialized). */
  initial: boolean;
};

/** A topic as a path without namespace prefixes: `tns1:RuleEngine/tnsx:Motion` → `RuleEngine/Motion`. */
export const plainTopic = (topic: string): string =>
  topic
    .split('/')
    .map((part) => part.slice(part.lastIndexOf(':') + 1).trim())
    .filter((part) => part !== '')
    .join('/');
