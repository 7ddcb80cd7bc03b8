import type { MenuItemConstructorOptions } from 'electron';
import type { Text } from './text.ts';

/** What menu entries do. */
export type MenuActions = { newWindow(): void; leaveKiosk(): void; quit(): void };

/**
 * The application menu. Its accelerators stay clear of the app's own keys (single letters, digits, Ctrl+1 … 9, Ctrl+K): those
 * belong to the wall.
 */
export function menuTemplate(
  text: Text,
  mac: boolean,
  packaged: boolean,
  on: MenuActions,
): MenuItemConstructorOptions[] {
  return [
    ...(mac ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    {
      label: text.file,
      submenu: [
        { id: 'new-window', label: text.newWindow, accelerator: 'CmdOrCtrl+Shift+N', click: on.newWindow },
        { type: 'separator' },
        { id: 'quit', label: text.quit, accelerator: 'CmdOrCtrl+Q', click: on.quit },
      ],
    },
    {
      label: text.edit,
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        { type: 'separator' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: text.view,
      submenu: [
        { role: 'reload', label: text.reload, accelerator: 'CmdOrCtrl+R' },
        { role: 'togglefullscreen', label: text.fullScreen, accelerator: mac ? 'Ctrl+Command+F' : 'F11' },
        { id: 'leave-kiosk', label: text.leaveKiosk, accelerator: 'CmdOrCtrl+Shift+Escape', click: on.leaveKiosk },
        { type: 'separator' },
        { role: 'zoomIn', label: text.zoomIn, accelerator: 'CmdOrCtrl+Plus' },
        { role: 'zoomOut', label: text.zoomOut, accelerator: 'CmdOrCtrl+-' },
        { role: 'resetZoom', label: text.zoomReset, accelerator: 'CmdOrCtrl+0' },
        ...(packaged
          ? []
          : [
              { type: 'separator' as const },
              { role: 'toggleDevTools' as const, label: text.devTools, accelerator: 'F12' },
            ]),
      ],
    },
  ];
}
