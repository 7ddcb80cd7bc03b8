import { contextBridge, ipcRenderer } from 'electron';
import type { ShellApi } from '#contract/shell.ts';
import { channels } from './channels.ts';

const version = process.argv.find((a) => a.startsWith('--vigie-version='))?.slice('--vigie-version='.length) ?? '';

const api: ShellApi = {
  version,
  platform: process.platform,
  notify: (notification) => ipcRenderer.invoke(channels.notify, notification) as Promise<void>,
  saveFile: (file) => ipcRenderer.invoke(channels.saveFile, file) as Promise<'saved' | 'cancelled'>,
  displays: () => ipcRenderer.invoke(channels.displays) as ReturnType<ShellApi['displays']>,
  openWindow: (window) => ipcRenderer.invoke(channels.openWindow, window) as Promise<void>,
  setScreen: (mode) => ipcRenderer.invoke(channels.setScreen, mode) as Promise<void>,
};

contextBridge.exposeInMainWorld('vigieShell', api);
