/** The thumbs thread (see `port.ts`). */
import { setPriority } from 'node:os';
import { createThumbnailDecoder } from '../../main/adapters/ffmpeg/index.ts';
import { readKeyPictures } from '../../main/adapters/files/index.ts';
import { parentChannel } from '../lib/parent.ts';
import type { SmallPictures, ThumbsAsk, ThumbsCommand, ThumbsReport, ThumbsSetup } from './port.ts';

const parent = parentChannel<ThumbsCommand, ThumbsReport>();
const { ffmpeg } = parent.setup as ThumbsSetup;

// On Linux this is the priority of the calling thread alone, which its decoders inherit; elsewhere it would be that of the whole station.
if (process.platform === 'linux') setPriority(19);

const decoder = createThumbnailDecoder(ffmpeg);
/** A segment whose frames cannot be decoded is left: each takes its time to fail. */
const mostFailures = 2;
let stopping = false;

async function make({ path, startMs, moments, keys }: ThumbsAsk): Promise<SmallPictures> {
  const out: SmallPictures = { pictures: [], trouble: null };
  let failures = 0;
  const ring = { find: (id: string) => keys.find((k) => k.id === id)?.key ?? null, isDestroyed: () => false };
  for await (const { track, key, atMs } of readKeyPictures({ path, startMs, moments }, ring)) {
    try {
      // A copy: what the decoder gives may lie in memory that holds more.
      out.pictures.push({ atMs, jpeg: Uint8Array.from(await decoder.thumbnail(track, key)) });
    } catch (error) {
      out.trouble = error instanceof Error ? error.message : String(error);
      failures += 1;
    }
    if (stopping || failures >= mostFailures) break;
    parent.post({ op: 'alive' });
  }
  return out;
}

async function run({ id, ask }: Extract<ThumbsCommand, { op: 'ask' }>): Promise<void> {
  try {
    if (stopping) throw new Error('The station is stopping.');
    const value = await make(ask);
    parent.post(
      { op: 'answer', id, value },
      value.pictures.map((p) => p.jpeg.buffer),
    );
  } catch (error) {
    parent.post({ op: 'failed', id, message: error instanceof Error ? error.message : String(error) });
  }
}

let last = Promise.resolve();
parent.onMessage((command) => {
  if (command.op === 'ask') {
    last = last.then(() => run(command));
    return;
  }
  stopping = true;
  decoder.stop();
  void last.then(() => {
    parent.close();
  });
});
