/** A station that listens: sound from ingest workers to the listen worker, levels, and events of loud sound, silence and speech. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordAlways } from '#domain/recording-plan.ts';
import { SoundSettings, type SoundLook } from '#domain/sound.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createFfmpeg } from '../../src/main/adapters/ffmpeg/index.ts';
import { inferenceWorkers } from '../../src/main/station/inference-workers.ts';
import { noFfmpeg } from '../support/grey.ts';
import { builtIn, hasMedia, mediaDir } from '../support/media.ts';
import { startSoundCamera, tone, type Sound } from '../support/sound-camera.ts';
import { draftOf, openCameras, openEngine, root, tempFolder, until } from './engine-rig.ts';

type Opened = Awaited<ReturnType<typeof openEngine>>['engine'];
type Id = Parameters<Opened['sounds']['of']>[0];

describe('a station', () => {
  let folder: ReturnType<typeof tempFolder>;
  let stops: (() => unknown)[];
  beforeEach(() => {
    folder = tempFolder();
    stops = [];
  });
  afterEach(async () => {
    for (const stop of stops.reverse()) await stop();
    folder.remove();
  });
  const open = async (models: Parameters<typeof openEngine>[5] = null) => {
    const given = process.env['FFMPEG_BIN'] ?? null;
    const ffmpeg = await createFfmpeg({ given, searchPath: process.env['PATH'] ?? '', log: quietLog });
    stops.push(() => ffmpeg.stop());
    const { engine, close } = await openEngine(folder.path, undefined, undefined, ffmpeg, undefined, models);
    stops.push(close);
    return engine;
  };
  const addMicrophone = async (engine: Opened) => {
    const camera = await startSoundCamera();
    stops.push(() => camera.stop());
    const main = { url: camera.url, transport: 'auto' as const, plan: recordAlways };
    const added = await engine.cameras.add({
      ...{ name: 'Yard', group: null, enabled: true, main, sub: null, username: null, password: null },
    });
    return { id: added.id, say: (sound: Sound) => camera.say(sound) };
  };
  const follow = (engine: Opened, id: Id): SoundLook[] => {
    const looks: SoundLook[] = [];
    const ending = new AbortController();
    const following = (async () => {
      for await (const { value } of engine.sounds.watch(id, ending.signal)) looks.push(value);
    })();
    stops.push(() => {
      ending.abort();
      return following;
    });
    return looks;
  };
  const events = async (engine: Opened, id: Id, kind: 'sound' | 'speech' | 'silence') =>
    (await engine.events.list({ cameraId: [id], kind: [kind], limit: 20 })).events;
  const newest = (looks: SoundLook[]): number => looks.at(-1)?.levels.at(-1)?.rmsDb ?? Number.NaN;

  it('hears nothing of a camera that nobody told it to listen to, nor of one whose sound is not to be recorded', async () => {
    const engine = await open();
    const { id, say } = await addMicrophone(engine);
    say(tone(0.5));
    await until('its sound', () => engine.cameras.get(id)?.streams[0]?.audio, 20_000);
    expect(engine.sounds.of(id)).toMatchObject({
      settings: { on: false },
      state: { listening: false, trouble: null, heardS: 0 },
    });
    const camera = engine.cameras.get(id)!;
    await engine.cameras.update(id, { main: { ...camera.main, plan: { ...recordAlways, audio: false } } });
    const { state } = engine.sounds.set(id, SoundSettings.parse({ on: true }));
    expect(state).toMatchObject({ listening: false, trouble: 'audio-off' });
    await engine.cameras.update(id, { main: { ...camera.main, plan: recordAlways } });
    await until('it is listened to', () => engine.sounds.of(id).state.listening, 20_000);
  });

  it('tells how loud a microphone is, that it is loud, and that it fell silent', async () => {
    const engine = await open();
    const { id, say } = await addMicrophone(engine);
    say(tone(0.01));
    engine.sounds.set(id, SoundSettings.parse({ on: true, loudDb: -20, loudMs: 300, tellSilence: true, silenceS: 5 }));
    const looks = follow(engine, id);
    await until('a quiet tone', () => Math.abs(newest(looks) + 40) < 1, 20_000);
    // Heard for long enough to be missed.
    await until('three seconds', () => looks.reduce((n, l) => n + l.levels.length, 0) > 30, 20_000);
    const loudMs = say(tone(0.5));
    const began = await until('loud', async () => (await events(engine, id, 'sound'))[0]);
    expect(Math.abs(began.fromMs - loudMs)).toBeLessThan(1_500);
    expect(began).toMatchObject({ severity: 'warning', toMs: null, data: { matter: 'loud', camera: 'Yard' } });
    await until('the meter says so', () => looks.at(-1)?.goingOn.includes('loud'));
    expect(newest(looks)).toBeCloseTo(-6, 0);
    say(tone(0));
    const ended = await until('not loud', async () => (await events(engine, id, 'sound')).find((e) => e.toMs !== null));
    expect(ended.data['peakDb']).toBeCloseTo(-6, 0);
    await until('silence', async () => (await events(engine, id, 'silence'))[0], 20_000);
    say(tone(0.01));
    await until('heard again', async () => (await events(engine, id, 'silence'))[0]?.toMs != null, 20_000);
    expect(engine.sounds.of(id).state).toMatchObject({ trouble: null, stream: 'main', droppedS: 0 });
    say(tone(0.5));
    await until('loud again', async () => (await events(engine, id, 'sound')).some((e) => e.toMs === null), 20_000);
    // Off: what goes on is over, as far as anybody knows.
    engine.sounds.set(id, SoundSettings.parse({ on: false }));
    await until('its end', async () => (await events(engine, id, 'sound')).every((e) => e.toMs !== null));
  });

  it.skipIf(noFfmpeg)(
    'hears AAC, A-weighted, and learns what is usual there',
    async () => {
      const engine = await open();
      const { site, cameras } = await openCameras();
      stops.push(() => site.stop());
      const corridor = cameras.find((c) => c.name === 'Corridor')!;
      const { id } = await engine.cameras.add(draftOf(corridor));
      engine.sounds.set(id, SoundSettings.parse({ on: true, tellLoud: false, weighting: 'a' }));
      const looks = follow(engine, id);
      await until('levels', () => looks.reduce((n, l) => n + l.levels.length, 0) > 80, 30_000);
      const levels = looks.flatMap((l) => l.levels.map((v) => v.rmsDb));
      expect(Math.max(...levels)).toBeGreaterThan(-60);
      expect(Math.max(...levels)).toBeLessThan(0);
      const background = await until('the background', () => looks.at(-1)?.backgroundDb ?? null, 30_000);
      expect(background).toBeLessThan(Math.max(...levels));
      expect(engine.sounds.of(id).state).toMatchObject({ listening: true, trouble: null, codec: 'mp4a.40.2' });
    },
    90_000,
  );

  it.skipIf(!hasMedia)(
    'hears that somebody speaks',
    async () => {
      const places = { worker: (name: string) => join(root, 'src', 'workers', name, 'worker.ts') };
      const start = inferenceWorkers(places, systemClock, quietLog);
      const engine = await open({ builtIn: [builtIn('silero-vad')], start });
      const { id, say } = await addMicrophone(engine);
      say(tone(0.005));
      engine.sounds.set(id, SoundSettings.parse({ on: true, tellLoud: false, tellSpeech: true }));
      const looks = follow(engine, id);
      await until('no speech', () => (looks.at(-1)?.speech ?? 1) < 0.3, 30_000);
      // 16 kHz, 16 bit, mono; every other sample is 8 kHz enough for a telephone.
      const wav = readFileSync(join(mediaDir, 'audio', 'speech_1.wav'));
      const words = new Int16Array(wav.buffer.slice(wav.byteOffset + 44, wav.byteOffset + (wav.length & ~1)));
      const spokenMs = say((n) => ((words[2 * n] ?? 0) + (words[2 * n + 1] ?? 0)) / 65_536);
      const began = await until('speech', async () => (await events(engine, id, 'speech'))[0], 30_000);
      expect(began.fromMs).toBeGreaterThan(spokenMs - 1_500);
      say(tone(0.005));
      const ended = await until(
        'its end',
        async () => (await events(engine, id, 'speech')).find((e) => e.toMs),
        30_000,
      );
      expect(ended.toMs).toBeGreaterThan(ended.fromMs);
    },
    120_000,
  );
});
