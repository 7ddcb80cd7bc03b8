/** What is wired to a device: relay outputs, digital inputs, and what its auxiliary commands switch. */
import { Fault, invalid } from './fault.ts';

export type RelaySettings = { mode: 'Monostable' | 'Bistable'; delayMs: number; idle: 'open' | 'closed' };

export type Terminals = {
  relays(): { token: string; settings: RelaySettings; active: boolean }[];
  inputs(): { token: string; active: boolean }[];
  setRelay(token: string, active: boolean): void;
  configureRelay(token: string, settings: RelaySettings): void;
  setInput(token: string, active: boolean): void;
  auxiliary(): string[];
  /** A command as it was announced: `tt:Wiper|On`. */
  command(text: string): void;
  /** What is switched on: `tt:Wiper`, `tt:WhiteLight`. */
  switchedOn(): string[];
  stop(): void;
};

export const maxRelayDelayMs = 3_600_000;

export function createTerminals(options: {
  relays: number;
  inputs: number;
  auxiliary: string[];
  changed: (kind: 'relay' | 'input', token: string, active: boolean) => void;
}): Terminals {
  const { changed } = options;
  const make = (kind: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${kind}-${i + 1}`);
  type Relay = { settings: RelaySettings; active: boolean; timer: NodeJS.Timeout | null };
  const relays = new Map(
    make('relay', options.relays).map((token): [string, Relay] => [
      token,
      {
        settings: { mode: 'Bistable', delayMs: 1000, idle: 'open' },
        active: false,
        timer: null,
      },
    ]),
  );
  const inputs = new Map(make('input', options.inputs).map((token) => [token, false]));
  const on = new Set<string>();

  const relay = (token: string) => {
    const found = relays.get(token);
    if (!found) throw new Fault('Sender', ['ter:InvalidArgVal', 'ter:RelayToken'], 'There is no such relay output.');
    return found;
  };
  const rest = (token: string): void => {
    const r = relay(token);
    if (r.timer) clearTimeout(r.timer);
    r.timer = null;
    if (!r.active) return;
    r.active = false;
    changed('relay', token, false);
  };

  return {
    relays: () => [...relays].map(([token, { settings, active }]) => ({ token, settings, active })),
    inputs: () => [...inputs].map(([token, active]) => ({ token, active })),
    setRelay(token, active) {
      const r = relay(token);
      if (!active) {
        rest(token);
        return;
      }
      if (r.timer) clearTimeout(r.timer);
      r.timer =
        r.settings.mode === 'Monostable'
          ? setTimeout(() => {
              rest(token);
            }, r.settings.delayMs)
          : null;
      if (r.active) return;
      r.active = true;
      changed('relay', token, true);
    },
    configureRelay(token, settings) {
      const r = relay(token);
      r.settings = settings;
      if (settings.mode === 'Bistable' && r.timer) {
        clearTimeout(r.timer);
        r.timer = null;
      }
    },
    setInput(token, active) {
      if (!inputs.has(token)) throw invalid('NoToken', 'There is no such input.');
      if (inputs.get(token) === active) return;
      inputs.set(token, active);
      changed('input', token, active);
    },
    auxiliary: () => options.auxiliary,
    command(text) {
      if (!options.auxiliary.includes(text))
        throw new Fault(
          'Sender',
          ['ter:InvalidArgVal', 'ter:AuxiliaryDataNotSupported'],
          'There is no such auxiliary command.',
        );
      const [what = '', state] = text.split('|');
      if (state === 'Off') on.delete(what);
      else on.add(what);
    },
    switchedOn: () => [...on],
    stop() {
      for (const r of relays.values()) if (r.timer) clearTimeout(r.timer);
    },
  };
}
