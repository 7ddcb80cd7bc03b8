/** A station, a demo site that the test can stop, and a browser that is signed in. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { quietLog } from '#lib/log.ts';
import { systemClock } from '#lib/clock.ts';
import { createDemoSite, type DemoCamera, type DemoSite } from '../../src/main/demo/index.ts';
import { openBrowser } from '../support/browser.ts';
import { type RunningStation, startStation } from '../support/station.ts';
import { leaveUnwatched } from '../support/unwatched.ts';
import { until } from '../support/until.ts';

export const password = 'a long sentence for tests';
const demoDir = join(import.meta.dirname, '../../resources/demo');

/** Cameras that do nothing odd, on free ports. */
export function site(): DemoSite {
  return createDemoSite({
    clock: systemClock,
    log: quietLog,
    dir: demoDir,
    portBase: 0,
    faults: [],
    password: 'demo-site-pw',
    // Sites of other files run at the same time: a station must not take their cameras for its own that moved.
    site: randomUUID(),
  });
}

export type Rig = { station: RunningStation; browser: Browser; page: Page; faults: string[]; close(): Promise<void> };

export type SiteRig = Rig & { demo: DemoSite };

export async function openRig(args: string[] = []): Promise<Rig> {
  const station = await startStation({ args });
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  page.setDefaultTimeout(15_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  return {
    station,
    browser,
    page,
    faults,
    async close() {
      await browser.close();
      await station.stop();
    },
  };
}

export async function createAdministrator({ station, page }: Rig): Promise<void> {
  await page.goto(station.url);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password again').fill(password);
  await page.getByRole('button', { name: 'Create the administrator' }).click();
  await page.getByRole('navigation').waitFor();
}

/**
 * A station with these cameras of a demo site, added by its administrator over the form with their small streams too; `watched`:
 * those of them that the station's own analysis looks at.
 */
export async function openRigWith(
  names: string[],
  { watched = [] }: { watched?: readonly string[] } = {},
): Promise<SiteRig> {
  const demo = site();
  const cameras = (await demo.start()).filter((c) => names.includes(c.name));
  const rig = await openRig();
  await createAdministrator(rig);
  for (const camera of cameras) await addByForm(rig.page, camera, { sub: true });
  await leaveUnwatched(rig.page.request, rig.station.url, watched);
  return {
    ...rig,
    demo,
    async close() {
      await rig.close();
      await demo.stop();
    },
  };
}

/** The form for a camera by its RTSP address. */
export async function openForm(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add a camera' }).click();
  await page.getByRole('tab', { name: 'By RTSP address' }).click();
}

/** Adds a camera as a person does, over the form. */
export async function addByForm(page: Page, camera: DemoCamera, with_: { sub?: boolean } = {}): Promise<void> {
  await page.getByRole('link', { name: 'Cameras' }).click();
  await openForm(page);
  await page.getByLabel('RTSP address', { exact: true }).fill(camera.main.url);
  await page.getByLabel('User', { exact: true }).fill(camera.username);
  await page.getByLabel('Password').fill(camera.password);
  await page.getByLabel('Name').fill(camera.name);
  if (with_.sub === true && camera.sub) await page.getByLabel('Sub stream address').fill(camera.sub.url);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForURL('**/cameras');
}

export const tile = (page: Page, name: string): Locator => page.locator('.tile', { hasText: name });

/** Two looks at an element differ. */
export async function expectMoving(element: Locator): Promise<void> {
  const first = await element.screenshot();
  await until('moving pictures', async () => !first.equals(await element.screenshot()), 8000);
}

export async function expectLive(element: Locator): Promise<void> {
  await until('a live picture', async () => (await element.getAttribute('data-live')) === 'live', 20_000);
  expect(await element.getAttribute('data-live')).toBe('live');
}
