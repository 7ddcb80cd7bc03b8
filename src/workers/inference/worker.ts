import { systemClock } from '#lib/clock.ts';
import { createOnnx, loadRuntime, ModelError } from '../../main/adapters/onnx/index.ts';
import { parentChannel } from '../lib/parent.ts';
import type { InferenceCommand, InferenceReport, InferenceSetup } from './port.ts';

const parent = parentChannel<InferenceCommand, InferenceReport>();
const { threads, providers } = parent.setup as InferenceSetup;

const room = createOnnx({
  runtime: loadRuntime(),
  threads,
  providers,
  nowMs: () => systemClock.monoMs(),
  onFellBack: (modelId, from, to, message) => parent.post({ op: 'fell-back', modelId, from, to, message }),
});

let stopping = false;
const troubleOf = (error: unknown): Pick<ModelError, 'trouble' | 'message'> =>
  error instanceof ModelError
    ? error
    : { trouble: 'failed', message: error instanceof Error ? error.message : String(error) };

async function obey(command: InferenceCommand): Promise<void> {
  switch (command.op) {
    case 'load':
      try {
        parent.post({ op: 'loaded', loaded: await room.load(command.model) });
      } catch (error) {
        const { trouble, message } = troubleOf(error);
        parent.post({ op: 'not-loaded', modelId: command.model.manifest.id, trouble, message });
      }
      return;
    case 'unload':
      await room.unload(command.modelId);
      return;
    case 'ask': {
      const { id, job, ask } = command;
      try {
        if (stopping) throw new ModelError('stopping', 'The station is stopping.');
        parent.post({ op: 'answer', id, ...(await room.ask(job, ask)) });
      } catch (error) {
        const { trouble, message } = troubleOf(error);
        parent.post({ op: 'failed', id, trouble, message });
      }
      return;
    }
    case 'stop':
      await room.close();
      parent.close();
      return;
  }
}

// What runs holds the thread; what comes meanwhile is taken up in its order.
let last: Promise<void> = room.providers().then((working) => parent.post({ op: 'ready', providers: working }));
parent.onMessage((command) => {
  if (command.op === 'stop') stopping = true;
  last = last
    .then(() => obey(command))
    .catch((error: unknown) => {
      parent.post({ op: 'log', level: 'error', text: 'an inference worker failed', fields: { error: String(error) } });
    });
});
