/** How the station's analysis does. */
import { create } from 'zustand';
import type { AnalysisNow, AnalysisSettings } from '#domain/analysis.ts';
import { station } from './line.ts';

export const useAnalysis = create<{ now: AnalysisNow | null }>(() => ({ now: null }));

export async function readAnalysis(signal?: AbortSignal): Promise<void> {
  useAnalysis.setState({ now: await station().analysis.now({}, signal === undefined ? {} : { signal }) });
}
export async function configureAnalysis(settings: AnalysisSettings): Promise<void> {
  await station().analysis.configure(settings);
  await readAnalysis();
}
