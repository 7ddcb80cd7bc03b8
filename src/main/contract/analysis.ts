/** How the analysis of pictures does on this station. */
import { AnalysisNow, AnalysisSettings } from '../domain/analysis.ts';
import { z } from 'zod';
import { WorkQueueNow } from '../domain/work.ts';
import { administrator, none, viewer } from './base.ts';

export const analysis = {
  now: viewer
    .route({ method: 'GET', path: '/analysis', summary: 'Workers, queue, times and drops of the analysis' })
    .input(none)
    .output(AnalysisNow),
  queues: viewer
    .route({ method: 'GET', path: '/analysis/queues', summary: 'Work that waits until the PC has time' })
    .input(none)
    .output(z.array(WorkQueueNow)),
  configure: administrator
    .route({ method: 'PUT', path: '/analysis', summary: 'Say how the analysis spreads its work' })
    .input(AnalysisSettings)
    .output(none),
};
