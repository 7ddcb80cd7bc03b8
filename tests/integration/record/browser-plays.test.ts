/** A recorded segment plays in Chromium as it is: whole as a file, and by fragments through Media Source Extensions. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StreamId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import { systemClock } from '#lib/clock.ts';
import { aacTrack, buildAacConfig } from '#media/aac.ts';
import type { AccessUnit } from '#media/format.ts';
import { createRecordDisk } from '#workers/ingest/record/disk.ts';
import { createRecorder } from '#workers/ingest/record/recorder.ts';
import { createSegmentFiles } from '../../../src/main/adapters/files/index.ts';
import { openBrowser } from '../../support/browser.ts';
import { encode, encodeAudio, hasFfmpeg, unitsOf } from '../../support/encoded.ts';
import { tempVolume } from '../../support/volume.ts';
import { join } from 'node:path';

const t0 = Date.UTC(2026, 10, 22, 14, 0, 0);

describe.skipIf(!hasFfmpeg)('Chromium (input needs ffmpeg)', () => {
  const temp = tempVolume();
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    temp.remove();
  });

  it.each(['silent', 'sound'])('%s', async (kind) => {
    const encoded = encode({ codec: 'h264', frames: 80 });
    const audio = kind === 'sound' ? aacTrack(buildAacConfig(2, 48_000, 1)) : null;
    let monoMs = 0;
    const recorder = createRecorder({
      streamId: StreamId.parse(1),
      kind: 'main',
      target: { volume: 1, root: temp.path, folder: kind },
      notBeforeMs: 0,
      maxPendingBytes: 16 << 20,
      clock: { ...systemClock, monoMs: () => monoMs },
      disk: createRecordDisk(),
      report: () => undefined,
    });
    recorder.format(encoded.track, audio);
    const units: AccessUnit[] = unitsOf(encoded, t0 * 1000);
    if (audio) {
      const { frames, frameUs } = encodeAudio('aac', 4);
      for (const [i, data] of frames.entries()) {
        const at = t0 * 1000 + Math.round(i * frameUs) + 1;
        units.push({ track: 'audio', key: true, ptsUs: at, dtsUs: at, data: [data], bytes: data.length });
      }
      units.sort((a, b) => a.dtsUs - b.dtsUs);
    }
    for (const unit of units) {
      monoMs = unit.dtsUs / 1000 - t0;
      recorder.unit(unit, 0);
    }
    await recorder.stop();

    const files = createSegmentFiles(temp.path);
    const content = await files.inspect(files.path(kind, 'main', t0));
    if (content === null) throw new Error('nothing was recorded');
    const bytes = await readFile(join(temp.path, segmentPath(kind, 'main', t0)));
    const server = createServer((request, response) => {
      response.setHeader('content-type', request.url === '/' ? 'text/html' : 'video/mp4');
      response.end(request.url === '/' ? '<video></video>' : bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      // The page's own script is text: this file knows no DOM types.
      const seen: unknown = await page.evaluate(`(async () => {
        const bytes = await (await fetch('/segment.mp4')).arrayBuffer();
        const fragments = ${JSON.stringify(content.fragments)};
        const until = (target, name) => new Promise((resolve, reject) => {
          target.addEventListener(name, resolve, { once: true });
          target.addEventListener('error', () => reject(new Error(name + ': ' + (target.error?.message ?? 'error'))), { once: true });
        });
        const video = document.querySelector('video');
        video.muted = true;
        const source = new MediaSource();
        video.src = URL.createObjectURL(source);
        await until(source, 'sourceopen');
        const buffer = source.addSourceBuffer('video/mp4; codecs="${content.format.codecs}"');
        const append = async (from, to) => { buffer.appendBuffer(bytes.slice(from, to)); await until(buffer, 'updateend'); };
        await append(0, ${content.format.initBytes});
        // The second half first: every group of pictures can be entered by itself.
        const keyed = fragments.findIndex((f, i) => i > 0 && f[4]);
        for (const [offset, size] of [...fragments.slice(keyed), ...fragments.slice(0, keyed)]) await append(offset, offset + size);
        source.endOfStream();
        const ranges = [];
        for (let i = 0; i < video.buffered.length; i += 1) ranges.push([video.buffered.start(i), video.buffered.end(i)]);
        video.currentTime = 2.51;
        await until(video, 'seeked');
        video.playbackRate = 8;
        await video.play();
        await until(video, 'ended');
        const mse = { width: video.videoWidth, ranges, dropped: video.getVideoPlaybackQuality().droppedVideoFrames >= 0 };
        const file = document.createElement('video');
        file.muted = true;
        file.src = '/segment.mp4';
        await until(file, 'loadeddata');
        file.playbackRate = 8;
        await file.play();
        await until(file, 'ended');
        return { mse, file: { width: file.videoWidth, end: file.currentTime } };
      })()`);
      const result = seen as {
        mse: { width: number; ranges: [number, number][] };
        file: { width: number; end: number };
      };
      expect(result.mse.width).toBe(320);
      expect(result.mse.ranges).toHaveLength(1);
      expect(result.mse.ranges[0]?.[0]).toBeCloseTo(0, 2);
      expect(result.mse.ranges[0]?.[1]).toBeCloseTo(4, 1);
      expect(result.file.width).toBe(320);
      expect(result.file.end).toBeCloseTo(4, 1);
      await page.close();
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
