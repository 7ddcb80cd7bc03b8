/** How the station is doing; read every few seconds while somebody looks. */
import { create } from 'zustand';
import type { Outputs } from '#contract/call.ts';
import { station } from './line.ts';

export type Health = Outputs['station']['health'];
export const useHealth = create<{ health: Health | null }>(() => ({ health: null }));

export async function readHealth(signal: AbortSignal): Promise<void> {
  useHealth.setState({ health: await station().station.health({}, { signal }) });
}
