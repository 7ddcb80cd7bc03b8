/** What `require('electron')` gives the main process under the stand-in. */
export { app } from './app.ts';
export { BrowserWindow } from './browser-window.ts';
export {
  dialog,
  Menu,
  MenuItem,
  nativeImage,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
} from './desktop.ts';
export { ipcMain } from './ipc.ts';
export { utilityProcess } from './utility-process.ts';
