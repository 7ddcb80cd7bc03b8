/** Footage that nothing deletes. */
import { z } from 'zod';
import { Hold, HoldDraft } from '../domain/hold.ts';
import { HoldId } from '../domain/id.ts';
import { TimeMs } from '../domain/time.ts';
import { administrator, none, operator, viewer } from './base.ts';

export const holds = {
  /** Newest first; lifted and ended ones too. */
  list: viewer
    .route({ method: 'GET', path: '/holds', summary: 'What is held, was held, and why' })
    .input(none)
    .output(z.array(Hold)),
  place: operator
    .route({ method: 'POST', path: '/holds', summary: 'Hold footage', successStatus: 201 })
    .input(HoldDraft)
    .output(Hold),
  change: operator
    .route({ method: 'PATCH', path: '/holds/{id}' })
    .input(
      z.object({
        id: HoldId,
        reason: Hold.shape.reason.optional(),
        owner: Hold.shape.owner.optional(),
        /** Only an administrator may let it end earlier. */
        untilMs: TimeMs.nullable().optional(),
      }),
    )
    .output(Hold),
  lift: administrator
    .route({ method: 'POST', path: '/holds/{id}/lift', summary: 'Let footage go' })
    .input(z.object({ id: HoldId, reason: z.string().trim().min(1).max(500) }))
    .output(Hold),
};
