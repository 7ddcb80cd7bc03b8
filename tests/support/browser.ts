import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable'];

/** The browser that `npm test` found (CHROMIUM_BIN), or one on the PATH; the error says what to install. */
export function chromiumPath(): string {
  const found =
    process.env.CHROMIUM_BIN ??
    (process.env.PATH ?? '')
      .split(delimiter)
      .flatMap((dir) => names.map((name) => join(dir, name)))
      .find((file) => existsSync(file));
  if (found === undefined)
    throw new Error('No Chrome, Chromium or Edge found: install one, or name it in CHROMIUM_BIN.');
  return found;
}

/** Switches that keep a test browser quiet, alone and alike on every machine. */
export const chromiumArgs = [
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--autoplay-policy=no-user-gesture-required',
  '--password-store=basic',
  '--no-proxy-server',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** A real browser without a window. Close it. */
export function openBrowser(args: string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: [...chromiumArgs, ...args] });
}
