/** How the station's analysis does. */
import { create } from 'zustand';
import type { AnalysisNow, AnalysisSettings } from '#domain/analysis.ts';
import type { WorkQueueNow } from '#domain/work.ts';
import { station } from './line.ts';

export const useAnalysis = create<{ now: AnalysisNow | null; queues: WorkQueueNow[] }>(() => ({
  now: null,
  queues: [],
}));

export async function readAnalysis(signal?: AbortSignal): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  const [now, queues] = await Promise.all([
    station().analysis.now({}, options),
    station().analysis.queues({}, options),
  ]);
  useAnalysis.setState({ now, queues });
}
export async function configureAnalysis(settings: AnalysisSettings): Promise<void> {
  await station().analysis.configure(settings);
  await readAnalysis();
}
