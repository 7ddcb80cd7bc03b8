import { Menu, nativeImage, Tray } from 'electron';
import type { StationState } from './station-process.ts';
import type { Text } from './text.ts';

/** The station's state in one line of words. */
export function stateLine(text: Text, state: StationState): string {
  if (state.state !== 'ready') return text.down;
  return state.recording > 0 ? text.recording(state.recording) : text.idle;
}

/** The icon beside the clock: says whether recording runs, opens the window, quits. Some Linux desktops show none. */
export function createTray(deps: { icon: string; text: Text; open: () => void; quit: () => void }): {
  update(line: string): void;
  close(): void;
} {
  const tray = new Tray(nativeImage.createFromPath(deps.icon));
  tray.on('click', deps.open);
  return {
    update(line) {
      tray.setToolTip(line);
      tray.setContextMenu(
        Menu.buildFromTemplate([
          { id: 'state', label: line, enabled: false },
          { type: 'separator' },
          { id: 'open', label: deps.text.show, click: deps.open },
          { id: 'quit', label: deps.text.quit, click: deps.quit },
        ]),
      );
    },
    close: () => tray.destroy(),
  };
}
