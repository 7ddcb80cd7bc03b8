/** What is known of the soundness of recordings and of the index, and asking for a look now. */
import { z } from 'zod';
import { CameraId } from '../domain/id.ts';
import { IntegrityPass, IntegrityPlan, StationFinding } from '../domain/integrity.ts';
import { ChainLink, Sha256 } from '../domain/segment-chain.ts';
import { StreamKind } from '../domain/stream.ts';
import { TimeMs } from '../domain/time.ts';
import { administrator, none, num, viewer } from './base.ts';

export const IntegrityState = z.object({
  plan: IntegrityPlan,
  /** The pass that is going on, or the last one; null: there was none yet. */
  pass: IntegrityPass.nullable(),
  /** When the last whole pass ended. */
  lastMs: TimeMs.nullable(),
  /** When the next one begins. */
  nextMs: TimeMs,
  /** In the index now. */
  segments: z.number().int().min(0),
  /** Newest first, at most 500; `more` were found and are not kept one by one. */
  findings: z.array(StationFinding),
  more: z.number().int().min(0),
  /** Why a pass does not go on; null: it does. */
  trouble: z.string().nullable(),
  /** Folders of volumes that do not answer: what is recorded there is passed over until they do. */
  passedOver: z.array(z.string()),
  backups: z.object({
    /** Newest first. */
    list: z.array(z.object({ madeMs: TimeMs, bytes: z.number().int().min(0) })),
    nextMs: TimeMs,
    making: z.boolean(),
    trouble: z.string().nullable(),
  }),
});

/** What binds one segment: enough to check it with `sha256sum` alone (docs/integrity.md). */
export const SegmentProof = ChainLink.extend({
  /** `folder/kind`, as in the text of the link. */
  stream: z.string(),
  /** Value of the chain before this link; null: the link before it is no longer kept. */
  before: Sha256.nullable(),
});

export const integrity = {
  state: viewer
    .route({ method: 'GET', path: '/integrity', summary: 'Whether recordings and index are sound' })
    .input(none)
    .output(IntegrityState),
  /** Begins a new pass through files, chains and hashes. */
  checkNow: administrator.route({ method: 'POST', path: '/integrity/check' }).input(none).output(none),
  plan: administrator.route({ method: 'PUT', path: '/integrity/plan' }).input(IntegrityPlan).output(none),
  /** Copies the index now; answers when the copy is there and was looked through. */
  backUp: administrator
    .route({ method: 'POST', path: '/integrity/backups', summary: 'Back the index up now' })
    .input(none)
    .output(z.object({ madeMs: TimeMs, bytes: z.number().int().min(0) })),
  proof: viewer
    .route({ method: 'GET', path: '/cameras/{id}/segments/{startMs}/proof', summary: 'Hash and link of a segment' })
    .input(z.object({ id: CameraId, stream: StreamKind, startMs: num(TimeMs) }))
    .output(SegmentProof),
};
