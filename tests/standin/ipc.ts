/** `ipcMain`, for calls that are answered. */
import { strict } from './note.ts';

type Handler = (event: unknown, ...args: unknown[]) => unknown;
class IpcMain {
  handlers = new Map<string, Handler>();
  handle(channel: string, handler: Handler): void {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.handlers.set(channel, handler);
  }
  removeHandler(channel: string): void {
    this.handlers.delete(channel);
  }
}
export const ipcObject = new IpcMain();
export const ipcMain = strict('ipcMain', ipcObject);
ipcObject satisfies Pick<Electron.IpcMain, 'removeHandler'>;
