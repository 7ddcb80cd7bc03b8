/** All that is needed to check one segment by hand (docs/integrity.md). */
import type { Outputs } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';
import type { CameraId } from '#domain/id.ts';
import { noChain } from '#domain/segment-chain.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { ReadStore, WriteStore } from './index-port.ts';

/** `startMs`: where the segment starts, UTC ms. Throws NOT_FOUND for one that is not there or has no hash yet. */
export function proofOf(
  store: Pick<WriteStore, 'chain'> & Pick<ReadStore, 'streams'>,
  id: CameraId,
  kind: StreamKind,
  startMs: number,
): Outputs['integrity']['proof'] {
  const stream = store.streams().find((s) => s.cameraId === id && s.kind === kind);
  const link = stream === undefined ? null : store.chain.of(stream.id, startMs);
  if (stream === undefined || link === null)
    throw new AppError('NOT_FOUND', 'This segment has no hash yet, or there is no such segment.');
  const [previous] = link.link === 1 ? [] : store.chain.links(stream.id, link.link - 1, 1);
  const seam = store.chain.seams(stream.id).find((s) => s.toLink === link.link - 1);
  const before = link.link === 1 ? noChain : previous?.link === link.link - 1 ? previous.chain : (seam?.chain ?? null);
  return { ...link, stream: `${stream.folder}/${stream.kind}`, before };
}
