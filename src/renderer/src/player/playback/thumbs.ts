/** Small key frames near a moment, for the preview over the timeline: newest request first, the last ones kept. */
import type { CameraId } from '#domain/id.ts';
import { createPictureDecoder, type Picture, type PictureDecoder } from './decoder.ts';
import { sameFormat, type PictureFormat, type Sample } from './demux.ts';
import { keyFragment } from './gop-plan.ts';
import { createLru } from './lru.ts';
import type { FromWorker } from './port.ts';
import type { Moments } from './moments.ts';
import type { Reader } from './reader.ts';
import { choose } from './source.ts';

export type ThumbAsk = { ref: number; slot: string; cameraId: CameraId; atMs: number; width: number };
type Answer = Omit<Extract<FromWorker, { op: 'thumbed' }>, 'op' | 'ref'>;
type Kept = { bitmap: ImageBitmap; atMs: number };

/** Decoded pictures kept, as bytes of RGBA. */
const keptBytes = 24 << 20;
const maxDecoders = 3;

type Slot = { running: boolean; waiting: ThumbAsk | null };

export function createThumbs(reader: Reader, moments: Moments, answer: (ref: number, answer: Answer) => void) {
  const kept = createLru<Kept>(keptBytes, (k) => {
    k.bitmap.close();
  });
  const slots = new Map<string, Slot>();
  /** One decoder per format, used by one picture at a time. */
  const decoders: {
    format: PictureFormat;
    made: PictureDecoder;
    take: (p: Picture) => void;
    free: Promise<unknown>;
  }[] = [];
  const none: Answer = { picture: null, atMs: 0, outcome: 'none' };

  const decoderFor = (format: PictureFormat): (typeof decoders)[number] => {
    const i = decoders.findIndex((d) => sameFormat(d.format, format));
    const found = decoders[i];
    if (found) {
      decoders.splice(i, 1);
      decoders.unshift(found);
      return found;
    }
    const entry: (typeof decoders)[number] = {
      format,
      take: (p) => {
        p.image.close();
      },
      free: Promise.resolve(),
      made: createPictureDecoder(
        format,
        false,
        (p) => {
          entry.take(p);
        },
        () => {
          entry.made.close();
          const at = decoders.indexOf(entry);
          if (at >= 0) decoders.splice(at, 1);
        },
      ),
    };
    decoders.unshift(entry);
    for (const old of decoders.splice(maxDecoders))
      void old.free.then(() => {
        old.made.close();
      });
    return entry;
  };

  async function decodeKey(format: PictureFormat, key: Sample): Promise<Picture | null> {
    const entry = decoderFor(format);
    const turn = entry.free.then(async () => {
      let out: Picture | null = null;
      entry.take = (p) => {
        if (out) p.image.close();
        else out = p;
      };
      entry.made.decode(key);
      await entry.made.flush();
      return out;
    });
    entry.free = turn.catch(() => null);
    return turn;
  }

  async function make(ask: ThumbAsk): Promise<Answer> {
    await moments.want({ cameraId: ask.cameraId, prefer: 'sub', atMs: ask.atMs, what: 'key' });
    const choice = await choose(reader, ask.cameraId, 'sub', ask.atMs);
    if (choice.kind === 'unsupported') return { ...none, outcome: 'unsupported' };
    if (choice.kind !== 'segment') return none;
    const { asked, index, format } = choice;
    const at = keyFragment(index.fragments, ask.atMs, true);
    if (at < 0) return none;
    const width = Math.min(ask.width, format.width);
    const name = `${asked.cameraId} ${asked.stream} ${String(index.segment.startMs)} ${String(at)} ${String(width)}`;
    let found = kept.get(name);
    if (!found) {
      const samples = await reader.samples(asked, index, at, at + 1);
      const key = samples.find((s) => s.key);
      const picture = key ? await decodeKey(format, key) : null;
      if (!picture) return none;
      const height = Math.max(1, Math.round((width * format.height) / format.width));
      try {
        const bitmap = await createImageBitmap(picture.image, {
          resizeWidth: width,
          resizeHeight: height,
          resizeQuality: 'low',
        });
        found = { bitmap, atMs: picture.atUs / 1000 };
      } finally {
        picture.image.close();
      }
      kept.set(name, found, width * height * 4);
    }
    return { picture: await createImageBitmap(found.bitmap), atMs: found.atMs, outcome: 'ok' };
  }

  async function work(slot: Slot): Promise<void> {
    slot.running = true;
    for (let ask = slot.waiting; ask; ask = slot.waiting) {
      slot.waiting = null;
      try {
        answer(ask.ref, await make(ask));
      } catch {
        answer(ask.ref, none); // no picture is no failure of a preview; the tile says what is wrong
      }
    }
    slot.running = false;
  }

  return {
    /** A waiting request of the same slot is answered `replaced`. */
    ask(ask: ThumbAsk): void {
      const slot = slots.get(ask.slot) ?? { running: false, waiting: null };
      slots.set(ask.slot, slot);
      if (slot.waiting) answer(slot.waiting.ref, { ...none, outcome: 'replaced' });
      slot.waiting = ask;
      if (!slot.running) void work(slot);
    },
  };
}
