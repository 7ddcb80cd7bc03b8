/** How much of what should have been recorded was. As files: `/api/reports/coverage.csv` and `.pdf`. */
import { z } from 'zod';
import { CoverageProof, Missing } from '../domain/coverage-proof.ts';
import { CameraId } from '../domain/id.ts';
import { TimeMs } from '../domain/time.ts';
import { num, viewer } from './base.ts';

export const coverage = {
  /**
   * Parts of a span by their edges (local midnights, as the client sees them), 400 days at most. Without cameras: all that should have been
   * recorded in it, removed ones too.
   */
  prove: viewer
    .route({ method: 'POST', path: '/coverage', summary: 'How much of what should have been recorded was' })
    .input(z.object({ edgesMs: z.array(TimeMs).min(2).max(401), cameraId: z.array(CameraId).max(256).default([]) }))
    .output(CoverageProof),
  /** Every span of a camera that should have been recorded and was not, oldest first; 10,000 at most. */
  missing: viewer
    .route({ method: 'GET', path: '/cameras/{id}/missing', summary: 'What of a camera was not recorded, and why' })
    .input(z.object({ id: CameraId, fromMs: num(TimeMs), toMs: num(TimeMs) }))
    .output(z.object({ missing: z.array(Missing), more: z.boolean() })),
};
