/** On every page, in every language, at the sizes of usual screens: no words are cut off. */
import type { Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutText, expectUncut } from '../support/cut-text.ts';
import { leaveUnwatched } from '../support/unwatched.ts';
import { until } from '../support/until.ts';
import { goTo, openRig, type Rig } from './playback-rig.ts';

let rig: Rig;
let cameraId = '';
beforeAll(async () => {
  rig = await openRig(20_000, { watched: true });
  const answer = await rig.page.context().request.get(`${rig.station.url}/api/cameras`);
  const cameras = (await answer.json()) as { id: string; name: string }[];
  cameraId = cameras.find((c) => c.name === 'Yard')?.id ?? '';
  // It has told some events by now.
  await leaveUnwatched(rig.page.request, rig.station.url, ['Yard']);
  // A wall that nobody looks at decodes as much as one that is looked at.
  await rig.page.goto(`${rig.station.url}/settings`);
}, 150_000);
afterAll(async () => {
  await rig.stop();
});

const sizes = [
  { width: 1280, height: 720 },
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
];
const languages = ['en', 'fr', 'pt'];
const paths = (): string[] => [
  '/',
  '/events',
  '/bookmarks',
  '/holds',
  `/pictures?camera=${cameraId}`,
  `/search/motion?camera=${cameraId}`,
  `/search/footage?camera=${cameraId}`,
  '/reports/coverage',
  '/cameras',
  ...['', '?way=range', '?way=rtsp', '?way=list'].map((way) => `/cameras/add${way}`),
  '/cameras/recording',
  `/cameras/${cameraId}`,
  `/cameras/${cameraId}/device`,
  `/cameras/${cameraId}/watching`,
  ...['', '/forecast', '/archive', '/retention', '/integrity', '/encryption', '/pictures'].map((t) => `/storage${t}`),
  '/health/cameras',
  '/settings/health',
  ...['', '/plates', '/models'].map((tab) => `/settings/analysis${tab}`),
  '/settings',
];

const speak = (page: Page, language: string): Promise<void> =>
  page.evaluate(`localStorage.setItem('vigie.language', '${language}')`);
/**
 * What a theme changes that is no colour, and so could cut words in it alone: there is nothing of the kind, and no need to look at
 * each page in each theme.
 */
const themedBeyondColour = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`(() => {
    const colours = (style, name) => ['color', 'color-scheme', '--shadow'].includes(name) || (name.startsWith('--') && CSS.supports('color', style.getPropertyValue(name).trim()));
    const odd = (rule, inTheme) => {
      const themed = inTheme || (rule.selectorText ?? '').includes('[data-theme');
      const own = themed && rule.style ? [...rule.style].filter((name) => !colours(rule.style, name)) : [];
      return [...own.map((name) => rule.selectorText + ' ' + name), ...[...(rule.cssRules ?? [])].flatMap((inner) => odd(inner, themed))];
    };
    return [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].flatMap((rule) => odd(rule, false)));
  })()`);
async function look(page: Page, where: string): Promise<void> {
  for (const size of sizes) {
    await page.setViewportSize(size);
    await expectUncut(page, `${where}, ${String(size.width)} × ${String(size.height)}`);
  }
}

/** A page of its own, signed in, with a language of its own. */
async function openIn(language: string): Promise<{ page: Page; idle: () => Promise<unknown> }> {
  const { browser, page: signedIn, station } = rig;
  const context = await browser.newContext({ locale: 'en-GB', storageState: await signedIn.context().storageState() });
  const page = await context.newPage();
  // What is asked for and not answered yet, and when that changed last.
  const open = new Set<unknown>();
  let changedMs = performance.now();
  page.on('request', (request) => {
    open.add(request);
    changedMs = performance.now();
  });
  const over = (request: Request): void => {
    open.delete(request);
    changedMs = performance.now();
  };
  page.on('requestfinished', over).on('requestfailed', over);
  await page.goto(`${station.url}/settings`);
  await speak(page, language);
  await page.reload();
  const quietMs = 300;
  const idle = () => until('all is answered', () => open.size === 0 && performance.now() - changedMs > quietMs, 30_000);
  return { page, idle };
}

// They wait for answers of the station for much of their time.
describe.concurrent('on no page', () => {
  it.each(languages)('(%s)', async (language) => {
    const { page, idle } = await openIn(language);
    for (const path of paths()) {
      // As a link does it: all is loaded once.
      await page.evaluate(`history.pushState(null, '', '${path}')`);
      await page.locator('h1, .tl-canvas').first().waitFor();
      await idle();
      expect(await page.evaluate('document.documentElement.lang + " " + location.pathname + location.search')).toBe(
        `${language} ${path}`,
      );
      await look(page, `${language} ${path}`);
    }
    // Whatever styles those pages brought with them.
    expect(await themedBeyondColour(page)).toEqual([]);
    await page.context().close();
  });
});

it.each(languages)('in the bar of the timeline, with a marked span (%s)', async (language) => {
  const { page, station } = rig;
  await speak(page, language);
  await page.goto(station.url);
  await page.locator('.tl-canvas').waitFor();
  await goTo(page, '14s ago');
  await page.keyboard.press('k');
  await page.keyboard.press('[');
  await goTo(page, '+6s');
  await page.keyboard.press(']');
  await page.locator('.tl-selected').waitFor();
  await look(page, `${language}, a marked span`);
  await page.keyboard.press('Escape');
});

it('is found where there is some', async () => {
  const { page, station } = rig;
  await page.goto(`${station.url}/settings`);
  await page.locator('h1').first().waitFor();
  for (const content of ['h1 { width: 20px; overflow: hidden; white-space: nowrap; }', '.bar { width: 200px; }']) {
    const style = await page.addStyleTag({ content });
    await until('a cut word', async () => (await cutText(page)).length > 0);
    await style.evaluate((tag) => {
      tag.parentNode?.removeChild(tag);
    });
    await until('none', async () => (await cutText(page)).length === 0);
  }
});

it('no theme changes more than colours, and one that does is found', async () => {
  const { page } = rig;
  expect(await themedBeyondColour(page)).toEqual([]);
  for (const content of [
    ':root[data-theme="contrast"] { --s1: 2rem; }',
    '@media all { :root[data-theme="light"] { & .bar { color: #fff; padding-left: 9px; } } }',
  ]) {
    const style = await page.addStyleTag({ content });
    expect(await themedBeyondColour(page)).toHaveLength(1);
    await style.evaluate((tag) => {
      tag.parentNode?.removeChild(tag);
    });
  }
});
