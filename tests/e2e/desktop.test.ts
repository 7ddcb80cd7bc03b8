/** The desktop app as a person has it: the built shell, the real station with the demo site, its real pages. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import '../standin/globals.ts';
import { type LaunchedApp, launchApp } from '../standin/launch.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';

const temp = tempFolder('vigie-desktop-');
const data = join(temp.path, 'data');
let app: LaunchedApp;
let page: Page;

async function open(): Promise<void> {
  app = await launchApp({ profile: join(temp.path, 'p'), args: ['--demo', '--data', data, '--port', '0'] });
  page = await until(
    `the station's page; ${app.output()}`,
    () => app.windows().find((p) => p.url().startsWith('http://127.0.0.1:')),
    40_000,
  );
}
const session = (): Promise<{ status: number; local?: boolean }> =>
  page.evaluate(async () => {
    const response = await fetch('/api/session');
    return { status: response.status, ...(response.ok ? ((await response.json()) as { local: boolean }) : {}) };
  });
const recording = (): Promise<boolean> =>
  app.evaluate(() => /recording \d+ stream/.test(globalThis.standin.trays[0]?.tip ?? ''));
const segments = (): string[] =>
  existsSync(data) ? readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.mp4')) : [];

beforeAll(open, 60_000);
afterAll(async () => {
  await app.close();
  temp.remove();
});

test('the first start offers an administrator, or no log-in on this PC', async () => {
  await page.getByRole('button', { name: 'No log-in on this PC' }).click();
  await page.getByText('Gate').first().waitFor({ timeout: 40_000 });
  expect((await session()).local).toBe(true);
  // The ticket is used up and gone from the address.
  expect(page.url()).not.toContain('ticket');
});

test('the demo site records, and the desktop knows it', async () => {
  await until('recording in the tray', recording, 30_000);
  await until('a segment on disk', () => segments().length > 0, 30_000);
});

test('the page has no Node, and its content security policy is in force', async () => {
  expect(
    await page.evaluate(() => [
      typeof (globalThis as { require?: unknown }).require,
      typeof (globalThis as { process?: unknown }).process,
    ]),
  ).toEqual(['undefined', 'undefined']);
  const directive = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', (e) => resolve(e.effectiveDirective), { once: true });
        const script = document.createElement('script');
        script.textContent = 'globalThis.injected = 1';
        document.head.append(script);
      }),
  );
  expect(directive).toBe('script-src-elem');
  expect(await page.evaluate(() => 'injected' in globalThis)).toBe(false);
});

test('a killed station is back, records on, and the session still holds', async () => {
  const [pid] = await app.evaluate(() => globalThis.standin.utilityPids());
  process.kill(pid!, 'SIGKILL');
  await until('another station', async () => {
    const [now] = await app.evaluate(() => globalThis.standin.utilityPids());
    return now !== undefined && now !== pid;
  });
  await until(
    'the session after the restart',
    async () =>
      session().then(
        (s) => s.local === true,
        () => false,
      ),
    40_000,
  );
  await until('recording again', recording, 30_000);
  expect(page.url()).toContain('http://127.0.0.1:');
});

test('quitting while recording asks', async () => {
  await app.evaluate(({ app: a }) => a.quit());
  await until('the question', () =>
    app.evaluate(() => globalThis.standin.asked.some((a) => a.what === 'dialog.showMessageBox')),
  );
  expect(await recording()).toBe(true);
});

test('the next start is signed in by its ticket, and everything recorded is still there', async () => {
  const before = segments();
  await app.close();
  await open();
  await page.getByText('Gate').first().waitFor({ timeout: 40_000 });
  expect((await session()).local).toBe(true);
  expect(segments()).toEqual(expect.arrayContaining(before));
});
