/** Who is given whole video of cameras with private zones. */
import { create } from 'zustand';
import type { PrivacyNow, PrivacySettings } from '#domain/privacy.ts';
import { station } from './line.ts';

export const usePrivacy = create<{ settings: PrivacyNow | null }>(() => ({ settings: null }));

export async function readPrivacy(): Promise<void> {
  usePrivacy.setState({ settings: await station().privacy.settings({}) });
}
export async function setPrivacy(settings: PrivacySettings): Promise<void> {
  usePrivacy.setState({ settings: await station().privacy.set(settings) });
}
