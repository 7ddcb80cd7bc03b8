import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import {
  apart,
  frameMs,
  goTo,
  look,
  loopFrames,
  openRig,
  settled,
  steady,
  together,
  type Rig,
} from './playback-rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig(26_000);
}, 150_000);
afterAll(async () => {
  await rig.stop();
});

const pause = async (): Promise<void> => {
  await rig.page.keyboard.press('k');
};

describe('playback', () => {
  it('shows the picture of the moment that was typed, on all cameras at once', async () => {
    await goTo(rig.page, '18s ago');
    await pause();
    const first = await together(rig.page);
    for (const tile of first.slice(0, steady)) {
      expect(Math.abs(tile.shownMs - (first[0]?.shownMs ?? 0))).toBeLessThan(frameMs * 1.5);
    }
    // Another moment: the numbers in the pictures are as far apart as the moments are.
    await goTo(rig.page, '-5s');
    const second = await settled(rig.page);
    for (let i = 0; i < steady; i++) {
      const [a, b] = [first[i], second[i]];
      if (!a || !b) throw new Error('a tile went away');
      const frames = Math.round((b.shownMs - a.shownMs) / frameMs);
      expect(frames).toBeLessThan(-70);
      expect(Math.abs(apart(a.frame, b.frame) - frames)).toBeLessThanOrEqual(1);
    }
  });

  it('is marked as the past on every tile, with its moment, and a snapshot is named by it', async () => {
    const { page } = rig;
    await goTo(page, '14s ago');
    await pause();
    const [first] = await settled(page);
    const marks = await page.locator('.tile .tile-past').allInnerTexts();
    expect(marks).toEqual(['playback', 'playback', 'playback', 'playback']);
    await page.locator('.tile').first().click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('s')]);
    const moment = new Date(first?.shownMs ?? 0).toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-');
    expect(file.suggestedFilename()).toBe(`gate_${moment}.jpg`);
  });

  it('goes one picture on and back', async () => {
    await goTo(rig.page, '16s ago');
    await pause();
    let before = (await settled(rig.page))[0]?.frame ?? -1;
    for (const [key, by] of [
      ['.', 1],
      ['.', 1],
      ['.', 1],
      [',', -1],
      [',', -1],
      [',', -1],
      [',', -1],
      [',', -1],
      ['.', 1],
    ] as const) {
      await rig.page.keyboard.press(key);
      const next = (before + by + loopFrames) % loopFrames;
      await until(
        `picture ${String(next)} after ${key}`,
        async () => (await look(rig.page))[0]?.frame === next,
        10_000,
      );
      before = next;
    }
    // Back over key frames too: fifteen pictures are one group.
    for (let i = 0; i < 17; i++) {
      await rig.page.keyboard.press(',');
      const next = (before - 1 + loopFrames) % loopFrames;
      await until(
        `picture ${String(next)} further back`,
        async () => (await look(rig.page))[0]?.frame === next,
        10_000,
      );
      before = next;
    }
  });

  it('plays backward: the numbers fall, the cameras stay together', async () => {
    await goTo(rig.page, '8s ago');
    await pause();
    await settled(rig.page);
    await rig.page.keyboard.press('j');
    const seen: number[] = [];
    await until(
      'the numbers to fall by thirty',
      async () => {
        const tiles = await look(rig.page);
        const frame = tiles[0]?.frame ?? null;
        if (frame !== null && frame !== seen.at(-1)) seen.push(frame);
        return seen.length > 3 && apart(seen[0] ?? 0, frame ?? 0) <= -30;
      },
      30_000,
    );
    for (let i = 1; i < seen.length; i++) expect(apart(seen[i - 1] ?? 0, seen[i] ?? 0)).toBeLessThan(0);
    await pause();
    await together(rig.page);
  });

  it('plays forward and ends in live by itself', async () => {
    await goTo(rig.page, '6s ago');
    await rig.page.keyboard.press('l');
    await rig.page.keyboard.press('l'); // 2×: 1× would stay six seconds behind
    await until('live again', () => rig.page.locator('.tl-live[data-live]').isVisible(), 30_000);
    expect(await rig.page.locator('.tile [data-playback]').count()).toBe(0);
  });

  it('says why there is no picture where nothing was recorded, and when there is one', async () => {
    // Playing, it would go on at what was recorded next.
    await pause();
    await goTo(rig.page, '2 days ago');
    await until(
      'the words',
      async () => (await rig.page.locator('.tile .playback-note').first().textContent())?.includes('No video') === true,
    );
    await rig.page.keyboard.press('Home');
    await until('live again', () => rig.page.locator('.tl-live[data-live]').isVisible());
  });
});
