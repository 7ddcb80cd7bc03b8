import type { Answers } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';
import type { DemoDoor } from '../demo-port.ts';

/** `demo` null: this station was started without a demo site. */
export function demoAnswers(demo: DemoDoor | null): Answers<'demo'> {
  const need = (): DemoDoor => {
    if (!demo) throw new AppError('UNAVAILABLE', 'This station has no demo site.', { data: { reason: 'no-demo' } });
    return demo;
  };
  return {
    start: async () => {
      await need().start();
      return {};
    },
    stop: async () => {
      await need().stop();
      return {};
    },
  };
}
