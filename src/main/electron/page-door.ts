import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { BrowserWindow, dialog, ipcMain, type IpcMainInvokeEvent, Notification, screen } from 'electron';
import { z } from 'zod';
import { type ShellDisplay, ShellFile, ShellNotification, ShellWindow } from '#contract/shell.ts';
import { channels } from './channels.ts';
import { isOwnPage } from './navigation.ts';
import { monitors } from './windows.ts';

const Mode = z.enum(['full', 'kiosk']).nullable();

/** Answers the pages' calls: each only from a top frame of the station's origin, each argument checked. Returns the stop. */
export function openPageDoor(deps: {
  origin: () => string | null;
  openWindow: (path: string, displayId: number) => Promise<void>;
  showPath: (window: BrowserWindow, path: string) => void;
}): () => void {
  const shown = new Set<Notification>();

  function answer<T>(channel: string, schema: z.ZodType<T>, run: (value: T, window: BrowserWindow) => unknown): void {
    ipcMain.handle(channel, (event: IpcMainInvokeEvent, given: unknown) => {
      const window = BrowserWindow.fromWebContents(event.sender);
      const frame = event.senderFrame;
      if (window === null || frame === null || frame.parent !== null || !isOwnPage(frame.url, deps.origin()))
        throw new Error('refused: not a page of this station');
      const value = schema.safeParse(given);
      if (!value.success) throw new Error(`refused: ${value.error.issues[0]?.message ?? 'not valid'}`);
      return run(value.data, window);
    });
  }

  answer(channels.notify, ShellNotification, ({ title, body, urgent, path }, window) => {
    if (!Notification.isSupported()) return;
    const notification = new Notification({
      title,
      body,
      urgency: urgent ? 'critical' : 'normal',
      timeoutType: urgent ? 'never' : 'default',
    });
    // Held until it is over: a collected notification loses its click.
    shown.add(notification);
    const over = (): void => void shown.delete(notification);
    notification.on('close', over);
    notification.on('click', () => {
      over();
      if (window.isDestroyed()) return;
      window.show();
      window.focus();
      if (path !== null) deps.showPath(window, path);
    });
    notification.show();
  });

  answer(channels.saveFile, ShellFile, async ({ name, bytes }, window) => {
    const extension = extname(name).slice(1);
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      defaultPath: name,
      filters: extension === '' ? [] : [{ name: extension.toUpperCase(), extensions: [extension] }],
    });
    if (canceled || filePath === '') return 'cancelled';
    await writeFile(filePath, bytes);
    return 'saved';
  });

  answer(channels.displays, z.undefined(), (_none, window): ShellDisplay[] => {
    const current = screen.getDisplayMatching(window.getBounds()).id;
    const primary = screen.getPrimaryDisplay().id;
    const labels = new Map(screen.getAllDisplays().map((d) => [d.id, d.label]));
    return monitors().map((m) => ({
      id: m.id,
      label: labels.get(m.id) ?? '',
      width: m.bounds.width,
      height: m.bounds.height,
      primary: m.id === primary,
      current: m.id === current,
    }));
  });

  answer(channels.openWindow, ShellWindow, ({ path, displayId }) => deps.openWindow(path, displayId));

  answer(channels.setScreen, Mode, (mode, window) => {
    window.setKiosk(mode === 'kiosk');
    if (mode !== 'kiosk') window.setFullScreen(mode === 'full');
  });

  return () => {
    for (const channel of Object.values(channels)) ipcMain.removeHandler(channel);
  };
}
