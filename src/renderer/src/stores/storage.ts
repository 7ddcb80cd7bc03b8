/** How long the disks last; read again and again while somebody looks. */
import { create } from 'zustand';
import type { Outputs } from '#contract/call.ts';
import { station } from './line.ts';

export type StorageForecast = Outputs['storage']['forecast'];
export const useForecast = create<{ forecast: StorageForecast | null }>(() => ({ forecast: null }));

export async function readForecast(signal: AbortSignal): Promise<void> {
  useForecast.setState({ forecast: await station().storage.forecast({}, { signal }) });
}
