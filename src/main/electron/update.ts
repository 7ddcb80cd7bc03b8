import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'electron';
import type { Log } from '#lib/log.ts';

const dayMs = 86_400_000;

/**
 * Looks for a newer release now and daily, where the package says where to look (`app-update.yml`, written at packing time). It
 * is fetched in the background and installed when the app quits: an update never stops a recording by itself. Returns the stop.
 */
export function watchUpdates(app: App, log: Log): () => void {
  if (!app.isPackaged || !existsSync(join(process.resourcesPath, 'app-update.yml'))) return () => undefined;
  let stopped = false;
  const look = async (): Promise<void> => {
    const { autoUpdater } = await import('electron-updater');
    if (stopped) return;
    autoUpdater.autoInstallOnAppQuit = true;
    await autoUpdater.checkForUpdates();
  };
  const run = (): void => {
    look().catch((error: unknown) => log.warn('looking for updates failed', { error: String(error) }));
  };
  run();
  const timer = setInterval(run, dayMs);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
