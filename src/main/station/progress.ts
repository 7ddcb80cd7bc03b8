/** One line that says how far a command is, where a person looks at a terminal; nothing elsewhere. */
import { systemClock } from '#lib/clock.ts';

export type Progress = {
  /** Cheap to call often: the text is made a few times a second. */
  say(text: () => string): void;
  /** Takes the line away. */
  end(): void;
};

const everyMs = 200;

export function createProgress(out: { isTTY?: boolean; write(text: string): void } = process.stderr): Progress {
  let saidMs = -Infinity;
  let wrote = false;
  return {
    say(text) {
      if (out.isTTY !== true || systemClock.monoMs() - saidMs < everyMs) return;
      saidMs = systemClock.monoMs();
      wrote = true;
      out.write(`\r\u001b[K${text()}`);
    },
    end() {
      if (wrote) out.write('\r\u001b[K');
      wrote = false;
    },
  };
}
