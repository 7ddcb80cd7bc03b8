/** Whether recordings and index are sound; read every few seconds while somebody looks. */
import { create } from 'zustand';
import type { Outputs } from '#contract/call.ts';
import type { IntegrityPlan } from '#domain/integrity.ts';
import { station } from './line.ts';

export type IntegrityState = Outputs['integrity']['state'];
export const useIntegrity = create<{ state: IntegrityState | null }>(() => ({ state: null }));

export async function readIntegrity(signal?: AbortSignal): Promise<void> {
  useIntegrity.setState({ state: await station().integrity.state({}, signal === undefined ? {} : { signal }) });
}
export async function checkNow(): Promise<void> {
  await station().integrity.checkNow({});
  await readIntegrity();
}
export async function setIntegrityPlan(plan: IntegrityPlan): Promise<void> {
  await station().integrity.plan(plan);
  await readIntegrity();
}
export async function backUpIndex(): Promise<void> {
  await station().integrity.backUp({});
  await readIntegrity();
}
