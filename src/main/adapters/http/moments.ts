import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { encodeMoments, maxMoments, readMomentText } from '#contract/moment.ts';
import type { MomentAsk, MomentHead } from '#contract/moment.ts';
import type { MomentPlace, PlaybackDoor } from '../../engine/playback-port.ts';
import type { PrivacyDoor } from '../../engine/privacy-port.ts';
import { mayHaveWhole } from './private-parts.ts';
import { refusal } from './refusal.ts';
import { needs } from './rest.ts';

/** Bytes of one answer: what does not fit is left out, to be read by range. */
const maxAnswerBytes = 32 << 20;

/** What comes later than this is left out as well: of a slow archive or a disk that hangs nobody else waits for the picture. */
const patienceMs = 1_500;

type Found = { head: MomentHead; bodies: Uint8Array[] };
const nothing: Found = { head: null, bodies: [] };

/** `/media/moments`: what all tiles of a screen need to show a moment, in one answer (contract/moment.ts). */
export function addMoments(
  app: FastifyInstance,
  { playback, privacy }: { playback: PlaybackDoor; privacy: Pick<PrivacyDoor, 'black'> },
): void {
  app.route<{ Querystring: { of?: string | string[] } }>({
    method: 'GET',
    url: '/media/moments',
    onRequest: needs('viewer'),
    handler: async (request, reply) => {
      const texts = [request.query.of ?? []].flat();
      const asks = texts.map(readMomentText).filter((ask) => ask !== null);
      if (asks.length !== texts.length || asks.length === 0 || asks.length > maxMoments) {
        const text = `Ask for 1 to ${maxMoments} moments: of={camera}~{streams}~{ms}~{key or run}.`;
        return reply.code(422).send(refusal('INVALID', text));
      }
      const budget = { left: maxAnswerBytes };
      // One camera that cannot be read leaves the others their pictures; its tile asks again by itself and is told why.
      const late = new AbortController();
      const tooLate = delay(patienceMs, nothing, { signal: late.signal }).catch(() => nothing);
      const found = await Promise.all(
        asks.map((ask) =>
          mayHaveWhole(privacy, ask.cameraId, request.caller)
            ? Promise.race([momentOf(playback, ask, budget).catch(() => nothing), tooLate])
            : Promise.resolve(nothing),
        ),
      );
      late.abort();
      const pieces = encodeMoments(
        found.map((f) => f.head),
        found.flatMap((f) => f.bodies),
      );
      return reply.type('application/octet-stream').send(Buffer.concat(pieces));
    },
  });
}

async function momentOf(playback: PlaybackDoor, ask: MomentAsk, budget: { left: number }): Promise<Found> {
  const place = await playback.moment(ask);
  if (place === null) return nothing;
  const known = ask.known === place.segment.startMs;
  const rows = place.fragments.slice(place.first, place.first + place.count);
  const start = rows[0]?.[0] ?? 0;
  const bytes = rows.reduce((end, [offset, length]) => Math.max(end, offset + length), start) - start;
  const initBytes = known ? 0 : place.segment.initBytes;
  if (bytes + initBytes > budget.left) return nothing;
  budget.left -= bytes + initBytes;
  const bodies = await read(place, [...(known ? [] : [{ at: 0, bytes: initBytes }]), { at: start, bytes }]);
  if (bodies === null) return nothing;
  const { stream, segment, first, count } = place;
  return {
    head: { stream, segment, fragments: known ? null : place.fragments, first, count, initBytes, bytes },
    bodies,
  };
}

/** Null when the file is gone or shorter than it was. */
async function read(place: MomentPlace, spans: { at: number; bytes: number }[]): Promise<Uint8Array[] | null> {
  const file = await place.open();
  if (file === null) return null;
  try {
    const out: Uint8Array[] = [];
    for (const { at, bytes } of spans) {
      const read = await file.read(at, bytes);
      if (read.length !== bytes) return null;
      out.push(read);
    }
    return out;
  } finally {
    await file.close();
  }
}
