import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { apart, frameMs, goTo, look, openRig, settled, type Rig } from './playback-rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig(24_000);
}, 150_000);
afterAll(async () => {
  await rig.stop();
});

const hourMs = 3_600_000;
const strip = () => rig.page.locator('.tl-canvas');
const moment = async (): Promise<number> => Number(await strip().getAttribute('aria-valuenow'));

describe('timeline', () => {
  it('is a slider that says its moment in words and moves by keys', async () => {
    expect(await strip().getAttribute('role')).toBe('slider');
    await goTo(rig.page, '15s ago');
    await rig.page.keyboard.press('k');
    await until('the words', async () => (await strip().getAttribute('aria-valuetext'))?.includes('paused') === true);
    const before = await moment();
    await strip().focus();
    await rig.page.keyboard.press('ArrowLeft');
    await until('an earlier moment', async () => (await moment()) < before);
    await rig.page.keyboard.press('Home');
    await until('live', async () => (await strip().getAttribute('aria-valuetext'))?.startsWith('Live') === true);
  });

  it('scrubs: the picture under a dragged playhead is that of its moment', async () => {
    await goTo(rig.page, '10s ago');
    await rig.page.keyboard.press('k');
    const start = await settled(rig.page);
    // Close enough that the drag stays on what was recorded.
    await strip().focus();
    for (let i = 0; i < 6; i++) await rig.page.keyboard.press('+');
    const box = await strip().boundingBox();
    if (!box) throw new Error('no timeline');
    const y = box.y + 44;
    const from = box.x + box.width / 2;
    await rig.page.mouse.move(from, y);
    await rig.page.mouse.down();
    const waits: number[] = [];
    let last = start[0]?.shownMs ?? 0;
    for (let i = 1; i <= 8; i++) {
      await rig.page.mouse.move(from + i * 22, y);
      const began = performance.now();
      const seen = await until(
        'another key frame',
        async () => {
          const first = (await look(rig.page))[0];
          return first && first.shownMs !== last ? first : null;
        },
        5_000,
      ).catch(() => null);
      if (!seen) continue; // still the same group of pictures
      waits.push(performance.now() - began);
      // The picture and its moment reach the page by two ways: they are compared once both have come to rest and agree.
      last = await until('the picture of its moment', async () => {
        const still = (await settled(rig.page))[0];
        if (!still) throw new Error('the first tile went away');
        const frames = Math.round((still.shownMs - (start[0]?.shownMs ?? 0)) / frameMs);
        return Math.abs(apart(start[0]?.frame ?? 0, still.frame) - apart(0, frames)) <= 1 && still.shownMs;
      });
    }
    await rig.page.mouse.up();
    expect(waits.length).toBeGreaterThan(1);
    console.log(`scrub, pointer to picture in hand: ${waits.map((w) => w.toFixed(0)).join(' ')} ms`);
    await rig.page.keyboard.press('Home');
  });

  it('shows a picture of the moment under the pointer', async () => {
    const box = await strip().boundingBox();
    if (!box) throw new Error('no timeline');
    await goTo(rig.page, '12s ago');
    await rig.page.keyboard.press('k');
    await settled(rig.page);
    await rig.page.mouse.move(box.x + box.width / 2, box.y + 44);
    await rig.page.locator('.tl-preview').waitFor();
    await until('the preview', () => rig.page.locator('.tl-preview-picture[data-near]').isVisible());
  });

  it('marks a span with [ and ]', async () => {
    await goTo(rig.page, '14s ago');
    await rig.page.keyboard.press('k');
    await rig.page.keyboard.press('[');
    await goTo(rig.page, '+6s');
    await rig.page.keyboard.press(']');
    await until(
      'the selection',
      async () => (await rig.page.locator('.tl-selected').textContent())?.includes('6 sec') === true,
    );
    await rig.page.keyboard.press('Escape');
    await until('none', async () => (await rig.page.locator('.tl-selected').count()) === 0);
  });

  it('knows in the calendar which days have footage', async () => {
    await rig.page.locator('.tl-daypicker [aria-haspopup="dialog"]').click();
    await until('today with video', () => rig.page.locator('.tl-day[data-today][data-has]').isVisible());
    expect(await rig.page.locator('.tl-day[data-has]:not([data-today])').count()).toBeLessThanOrEqual(1); // over midnight
    await rig.page.keyboard.press('Escape');
  });

  it('says what a typed time will jump to, and refuses what is none', async () => {
    const input = rig.page.locator('.tl-goto input');
    await input.fill('yesterday 9pm');
    expect(await rig.page.locator('.tl-goto-hint').textContent()).toContain('21:00:00');
    await input.fill('nonsense');
    expect(await input.getAttribute('aria-invalid')).toBe('true');
    await input.fill('');
    await input.blur();
  });

  it('asks which is meant of a time that came twice, by keyboard', async () => {
    // The last time that clocks in Paris were set back: 3:00 on the last Sunday of October.
    const lastSunday = (year: number): Date => {
      const end = new Date(Date.UTC(year, 9, 31));
      return new Date(end.getTime() - end.getUTCDay() * 24 * hourMs);
    };
    const thisYear = lastSunday(new Date().getUTCFullYear());
    const day = thisYear.getTime() + 2 * hourMs < Date.now() ? thisYear : lastSunday(thisYear.getUTCFullYear() - 1);
    const firstMs = day.getTime() + 0.5 * hourMs; // 2:30 of summer time
    const context = await rig.browser.newContext({
      viewport: { width: 1400, height: 900 },
      locale: 'en-GB',
      timezoneId: 'Europe/Paris',
      storageState: await rig.page.context().storageState(),
    });
    try {
      const paris = await context.newPage();
      paris.setDefaultTimeout(15_000);
      await paris.goto(rig.station.url);
      const slider = paris.locator('.tl-canvas');
      const momentMs = async (): Promise<number> => Number(await slider.getAttribute('aria-valuenow')) * 1000;
      const input = paris.locator('.tl-goto input');
      const choice = paris.getByRole('group', { name: /came twice/ });
      // Playing, it would leave what was never recorded at once, for what was.
      await slider.waitFor();
      await paris.keyboard.press('k');
      await until('a pause', async () => (await slider.getAttribute('aria-valuetext'))?.includes('paused') === true);
      for (const [keys, wantedMs] of [
        [['Enter'], firstMs],
        [['Tab', 'Enter'], firstMs + hourMs],
      ] as const) {
        await input.fill(`${day.toISOString().slice(0, 10)} 02:30`);
        await paris.locator('.tl-goto output').getByText('comes twice').waitFor();
        await input.press('Enter');
        await choice.waitFor();
        await choice.getByRole('button', { name: 'The first (CEST)' }).waitFor();
        await choice.getByRole('button', { name: 'The second (CET)' }).waitFor();
        for (const key of keys) await paris.keyboard.press(key);
        await choice.waitFor({ state: 'detached' });
        await until('that moment', async () => (await momentMs()) === wantedMs);
      }
      // Escape goes back to what was typed.
      await input.fill(`${day.toISOString().slice(0, 10)} 02:30`);
      await input.press('Enter');
      await choice.waitFor();
      await paris.keyboard.press('Escape');
      await choice.waitFor({ state: 'detached' });
      expect(await input.evaluate((element) => element === document.activeElement)).toBe(true);
    } finally {
      await context.close();
    }
  });

  it('is searched by pictures: from a span into its parts, and to the wall at a moment, by keyboard', async () => {
    const { page } = rig;
    await page.getByRole('button', { name: 'Search by pictures' }).click();
    await page.getByText('Last hour').click();
    const recorded = page.locator('.pictures-cell:not([data-empty])');
    await until(
      'pictures',
      async () => (await recorded.count()) > 0 && (await recorded.first().locator('img').count()) > 0,
    );
    const seen = (): Promise<number> =>
      recorded
        .first()
        .locator('img')
        .evaluateAll((images: HTMLImageElement[]) => images[0]?.naturalWidth ?? 0);
    await until('a picture that can be seen', async () => (await seen()) > 0);
    const address = page.url();
    await recorded.first().focus();
    await page.keyboard.press('Enter');
    await until('the part', () => page.url() !== address);
    await until('its pictures', async () => (await recorded.count()) > 1);
    await recorded.first().focus();
    await page.keyboard.press('Backspace');
    await until('the way back', () => page.url() === address);
    await recorded.last().focus();
    await page.keyboard.press(' ');
    await until('the wall', async () => (await page.locator('.tile[data-camera]').count()) > 0);
    await until(
      'a moment of the past',
      async () => (await strip().getAttribute('aria-valuetext'))?.startsWith('Live') === false,
    );
    await page.keyboard.press('Home');
  });
});
