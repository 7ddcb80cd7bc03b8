import type { Log, LogFields } from './log.ts';

/** What is said of something that may happen again and again. */
export type Repeated = {
  /** With the text: what tells one kind from another. Of few values, since each is counted by itself. */
  by?: LogFields;
  /** More of this one time. */
  more?: LogFields;
  /** How bad it was this time: of those that are counted the worst is told, of equal ones the last. */
  weight?: number;
};

/** The one way to log what may happen again and again. */
export type Repeats = {
  /** The first of a kind is written at once; what follows is counted, and told in one line with `times` at the end of each span. */
  warn(text: string, said?: Repeated): void;
  /** Tells what was counted, and forgets all kinds: the next is a first one. */
  end(): void;
};

type Kind = { text: string; by: LogFields; more: LogFields; weight: number; times: number };

/** `everyMs`: most often that a line is written of each kind, a minute where it is not said. */
export function createRepeats(log: Log, everyMs = 60_000): Repeats {
  const kinds = new Map<string, Kind & { timer: ReturnType<typeof setTimeout> }>();
  const tell = ({ text, by, more, times }: Kind): void => {
    if (times > 0) log.warn(text, { ...by, ...more, times });
  };

  return {
    warn(text, { by = {}, more = {}, weight = 0 } = {}) {
      const name = JSON.stringify([text, by]);
      const kind = kinds.get(name);
      if (kind !== undefined) {
        if (kind.times === 0 || weight >= kind.weight) Object.assign(kind, { more, weight });
        kind.times += 1;
        return;
      }
      log.warn(text, { ...by, ...more });
      const turn = (): void => {
        const now = kinds.get(name);
        if (now === undefined) return;
        tell(now);
        if (now.times === 0) {
          kinds.delete(name);
          return;
        }
        now.times = 0;
        now.timer = setTimeout(turn, everyMs);
        now.timer.unref();
      };
      const timer = setTimeout(turn, everyMs);
      timer.unref();
      kinds.set(name, { text, by, more, weight, times: 0, timer });
    },
    end() {
      for (const kind of kinds.values()) {
        clearTimeout(kind.timer);
        tell(kind);
      }
      kinds.clear();
    },
  };
}
