/** What a person should know before adding a camera. Pure. */
import type { DeviceFacts } from '../device.ts';
import type { Advice, ProposedCamera } from '../finding.ts';
import type { UsableProfile } from './choose-streams.ts';

export const clockOffMs = 60_000;
export const rareKeySeconds = 4;

/**
 * Makers named by section 889(a)(1)(A) and (f)(3) of the John S. McCain National Defense Authorization Act for Fiscal Year 2019
 * (Public Law 115-232), and labels under which the first two sell most or all of their cameras.
 */
const restricted = [
  'hikvision',
  'hangzhou hikvision',
  'hik',
  'ezviz',
  'hilook',
  'hiwatch',
  'annke',
  'lts',
  'truvision',
  'wbox',
  'w box',
  'safire',
  'dahua',
  'amcrest',
  'lorex',
  'imou',
  'ic realtime',
  'empiretech',
  'loryta',
  'q-see',
  'huawei',
  'hisilicon',
  'hytera',
  'zte',
];

/** Users and passwords with which makers ship, or shipped, cameras; as printed in their manuals. */
const defaults: [string, string][] = [
  ['admin', ''],
  ['admin', 'admin'],
  ['admin', '12345'],
  ['admin', '123456'],
  ['admin', '1234'],
  ['admin', '4321'],
  ['admin', '9999'],
  ['admin', '1111'],
  ['admin', '11111111'],
  ['admin', '888888'],
  ['admin', '666666'],
  ['admin', 'password'],
  ['admin', 'pass'],
  ['admin', 'meinsm'],
  ['admin', 'jvc'],
  ['admin', 'fliradmin'],
  ['admin', 'camera'],
  ['888888', '888888'],
  ['666666', '666666'],
  ['administrator', ''],
  ['root', ''],
  ['root', 'root'],
  ['root', 'pass'],
  ['root', 'admin'],
  ['root', '4321'],
  ['root', 'camera'],
  ['service', 'service'],
  ['supervisor', 'supervisor'],
  ['ubnt', 'ubnt'],
  ['user', 'user'],
  ['guest', 'guest'],
];

/** Whether a maker's or model's name is one of the restricted ones: whole words, so that "Altis" is not "LTS". */
export function isRestrictedMaker(name: string | null): boolean {
  if (name === null) return false;
  const words = ` ${name.toLowerCase().replace(/[^a-z0-9-]+/g, ' ')} `;
  return restricted.some((r) => words.includes(` ${r} `));
}

export function isDefaultPassword(username: string | null, password: string | null): boolean {
  if (username === null) return false;
  const [user, word] = [username.toLowerCase(), password ?? ''];
  return defaults.some(([u, p]) => u === user && p === word);
}

/** Seconds between key frames; null where the device does not say. */
export function keySeconds(profile: UsableProfile): number | null {
  const { keyEvery, fps } = profile.video;
  return keyEvery === null || keyEvery === 0 || fps === null || fps === 0 ? null : keyEvery / fps;
}

/** Advice on one camera of a device, the most pressing first. `foreignHosts`: of its two streams. */
export function deviceAdvice(input: {
  url: string;
  facts: DeviceFacts;
  main: UsableProfile;
  sub: UsableProfile | null;
  username: string | null;
  password: string | null;
  foreignHosts: string[];
}): ProposedCamera['advice'] {
  const { facts, main, sub, username } = input;
  const out: ProposedCamera['advice'] = [];
  const say = (code: Advice, value: string | number | null): void => void out.push({ code, value });
  for (const host of input.foreignHosts) say('foreign-host', host);
  if (isDefaultPassword(username, input.password)) say('default-password', username);
  if (isRestrictedMaker(facts.identity.maker)) say('maker-restricted', facts.identity.maker);
  const { offsetMs } = facts.clock;
  if (offsetMs !== null && Math.abs(offsetMs) > clockOffMs) say('clock-off', Math.round(offsetMs));
  if (main.video.codec === 'h265' && sub?.video.codec !== 'h264') say('h265-not-live', main.video.codec);
  const seconds = keySeconds(main);
  if (seconds !== null && seconds > rareKeySeconds) say('key-frames-rare', Math.round(seconds * 10) / 10);
  if (sub === null) say('no-sub', null);
  const plain = [input.url.startsWith('http:') ? 'http' : null, main.streamUrl.startsWith('rtsp:') ? 'rtsp' : null];
  const open = plain.filter((p) => p !== null);
  if (open.length > 0) say('unencrypted', open.join(', '));
  return out.slice(0, 16);
}
