/** What was said, written down: the sound of an event from the recordings, a model, and text that is found by a search. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordAlways } from '#domain/recording-plan.ts';
import { SoundSettings } from '#domain/sound.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { inferenceWorkers } from '../../src/main/station/inference-workers.ts';
import { startSoundCamera, tone } from '../support/sound-camera.ts';
import { builtIn } from '../support/media.ts';
import { spell, writeToneModel } from '../support/tone-model.ts';
import { sayText } from '../support/voice.ts';
import { openEngine, root, tempFolder, until } from './engine-rig.ts';

const noLook = {
  ...{ class: null, score: null, box: null, zoneId: null, lineId: null, trackId: null, text: null },
  hasPicture: false,
};

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

  it('writes down what was said in an event, by a model of a person, and finds it again', async () => {
    const places = { worker: (name: string) => join(root, 'src', 'workers', name, 'worker.ts') };
    const builtIn = [writeToneModel(join(folder.path, 'tones'))];
    const start = inferenceWorkers(places, systemClock, quietLog);
    const rig = await openEngine(folder.path, undefined, undefined, undefined, undefined, { builtIn, start });
    stops.push(rig.close);
    const { engine, store } = rig;
    const camera = await startSoundCamera();
    stops.push(() => camera.stop());
    const main = { url: camera.url, transport: 'auto' as const, plan: recordAlways };
    const { id } = await engine.cameras.add({
      ...{ name: 'Yard', group: null, enabled: true, main, sub: null, username: null, password: null },
    });
    const told = engine.sounds.set(id, SoundSettings.parse({ on: true, tellSpeech: true, transcribe: true }));
    expect(told.transcriber).toBe('tones');
    camera.say(tone(0));
    await until('it is listened to', () => engine.sounds.of(id).state.listening, 20_000);
    const text = 'AB BA';
    const fromMs = camera.say(spell(text, 8_000));
    const toMs = fromMs + 600 * text.length;
    await until('it was said', () => (engine.sounds.of(id).state.lastMs ?? 0) > toMs + 500, 20_000);
    // Somebody spoke, as far as the event says; nothing in it knows what.
    const event = engine.events.add({ kind: 'speech', severity: 'info', cameraId: id, fromMs, toMs, look: noLook });
    store.work.add({ kind: 'transcription', eventId: event.id, cameraId: id, madeMs: toMs, dueMs: toMs, tries: 0 });
    const written = await until(
      'the text',
      async () => (await engine.events.list({ cameraId: [id], text: 'ab ba', limit: 5 })).events[0],
      // Where recording is strained it waits by design, and what failed once is tried again after a minute.
      240_000,
    );
    expect(written).toMatchObject({ id: event.id, look: { text } });
    expect(engine.work.queues().slice(0, 1)).toMatchObject([
      { kind: 'transcription', waiting: 0, done: 1, failed: 0, hold: null, fault: null },
    ]);
    // Of what was never recorded nothing is written, and it is not tried for ever.
    const before = engine.events.add({
      kind: 'speech',
      severity: 'info',
      cameraId: id,
      fromMs: 1e12,
      toMs: 1e12 + 5_000,
      look: noLook,
    });
    store.work.add({ kind: 'transcription', eventId: before.id, cameraId: id, madeMs: toMs, dueMs: toMs, tries: 0 });
    await until('it is given up', () => engine.work.queues()[0]?.failed === 1, 120_000);
  }, 480_000);

  it('hears a voice at a camera, tells that somebody speaks, and writes down and finds what was said', async () => {
    const places = { worker: (name: string) => join(root, 'src', 'workers', name, 'worker.ts') };
    const models = [builtIn('silero-vad'), writeToneModel(join(folder.path, 'tones'))];
    const start = inferenceWorkers(places, systemClock, quietLog);
    const rig = await openEngine(folder.path, undefined, undefined, undefined, undefined, { builtIn: models, start });
    stops.push(rig.close);
    const { engine } = rig;
    const camera = await startSoundCamera();
    stops.push(() => camera.stop());
    const main = { url: camera.url, transport: 'auto' as const, plan: recordAlways };
    const { id } = await engine.cameras.add({
      ...{ name: 'Yard', group: null, enabled: true, main, sub: null, username: null, password: null },
    });
    camera.say(tone(0));
    engine.sounds.set(id, SoundSettings.parse({ on: true, tellLoud: false, tellSpeech: true, transcribe: true }));
    await until('it is listened to', () => engine.sounds.of(id).state.heardS > 1, 30_000);
    const text = 'ABBA BAB';
    const spokenMs = camera.say(sayText(text, 8_000));
    const speech = async () => (await engine.events.list({ cameraId: [id], kind: ['speech'], limit: 9 })).events;
    const began = await until('speech', async () => (await speech())[0], 30_000);
    expect(Math.abs(began.fromMs - spokenMs)).toBeLessThan(1_500);
    const { why } = engine.events.why(began.id);
    expect(why).toMatchObject({ is: 'sound', matter: 'speech', neededChance: 0.5 });
    const written = await until(
      'the text',
      async () => (await engine.events.list({ cameraId: [id], text: 'abba bab', limit: 5 })).events[0],
      240_000,
    );
    // One talk, and all of it.
    expect(written).toMatchObject({ id: began.id, kind: 'speech', look: { text } });
    expect((await speech()).map((e) => e.id)).toEqual([began.id]);
    expect(engine.work.queues().find((q) => q.kind === 'transcription')).toMatchObject({
      ...{ waiting: 0, done: 1, retried: 0, failed: 0, fault: null },
    });
  }, 360_000);
});
