import { WebSocket } from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TalkDoor, TalkEnd } from '../../src/main/engine/talk-port.ts';
import { openSite, person } from './command-rig.ts';
import { until } from './engine-rig.ts';
import { cameraId, createRig, password, type Rig } from './http-rig.ts';

describe('talking through a camera', { timeout: 60_000 }, () => {
  type Site = Awaited<ReturnType<typeof openSite>>;
  let site: Site;
  beforeAll(async () => {
    site = await openSite(['Corridor', 'Gate']);
  });
  afterAll(() => site.close(), 30_000);

  const ear = () => {
    const there = site.site.ear('Corridor');
    if (there === null) throw new Error('no loudspeaker');
    return there;
  };
  /** A tone as µ-law would have it: every frame is another, so that a lost or doubled one shows. */
  const tone = (n: number): Uint8Array =>
    Uint8Array.from({ length: 160 }, (_, i) => (128 + Math.round(100 * Math.sin((i + n) / 3)) + n) & 0xff);
  function talk(name: string, who = person(0)) {
    let opened = false;
    let end: TalkEnd | null = null;
    const line = site.engine.talks.talk(site.id(name), who, {
      open: () => {
        opened = true;
      },
      ended: (why) => {
        end = why;
      },
    });
    return { line, opened: () => opened, end: () => end };
  }

  test('a tone arrives whole and in time; one talks at a time, and others see who', async () => {
    ear().forget();
    const t = talk('Corridor');
    expect(() => talk('Corridor', person(1))).toThrow(
      expect.objectContaining({ code: 'CONFLICT', data: { what: 'talk', name: person(0).name } }),
    );
    const abort = new AbortController();
    const seen: { name: string; mine: boolean }[][] = [];
    const watching = (async () => {
      for await (const { value } of site.engine.talks.watch(person(1), abort.signal)) seen.push(value);
    })();
    await until('the others see who', () => seen.at(-1)?.[0]?.name === person(0).name && !seen.at(-1)?.[0]?.mine);
    await until('the camera listens', () => t.opened());
    // Two seconds, in bundles of 60 ms as they leave a browser that is busy.
    const frames = 100;
    const begunMs = performance.now();
    for (let n = 0; n < frames; n++) {
      if (n % 3 === 0) await until('it is time', () => performance.now() - begunMs >= n * 20);
      t.line.sound(tone(n));
    }
    t.line.end();
    expect(await until('it ends', () => t.end())).toEqual({ is: 'released' });
    const heard = ear().heard();
    expect([heard.packets, heard.samples, heard.lost]).toEqual([frames, frames * 160, 0]);
    const sent = Buffer.concat(Array.from({ length: frames }, (_, n) => tone(n)));
    expect(Buffer.from(heard.recent).equals(sent)).toBe(true);
    expect(performance.now() - begunMs).toBeLessThan(3_000);
    await until('nobody talks', () => seen.at(-1)?.length === 0);
    abort.abort();
    await watching;
  });

  test('a second without sound ends it, and the next may talk', async () => {
    const t = talk('Corridor');
    await until('the camera listens', () => t.opened());
    t.line.sound(tone(0));
    expect(await until('it ends', () => t.end(), 4_000)).toEqual({ is: 'silent' });
    const next = talk('Corridor', person(1));
    await until('the camera listens to the next', () => next.opened());
    next.line.end();
    await until('that ends too', () => next.end());
  });

  test('a camera without a loudspeaker says so; one whose cable is pulled ends it', async () => {
    const none = talk('Gate');
    expect(await until('it is refused', () => none.end())).toMatchObject({
      is: 'camera',
      detail: expect.stringContaining('no loudspeaker') as string,
    });
    const t = talk('Corridor');
    await until('the camera listens', () => t.opened());
    t.line.sound(tone(0));
    await site.site.cut('Corridor');
    expect(await until('it ends', () => t.end())).toMatchObject({ is: 'camera' });
    await site.site.restore('Corridor');
  });
});

describe('the socket for talking', () => {
  let rig: Rig | null = null;
  const open = new Set<WebSocket>();
  afterEach(async () => {
    for (const socket of open) socket.terminate();
    open.clear();
    await rig?.stop();
    rig = null;
  });
  function dial(at: Rig, path: string, headers: Record<string, string>) {
    const socket = new WebSocket(`${at.url.replace('http', 'ws')}${path}`, { headers });
    open.add(socket);
    const notices: string[] = [];
    socket.on('message', (data) => notices.push(Buffer.isBuffer(data) ? data.toString('utf8') : ''));
    socket.on('error', () => undefined);
    const closed = new Promise<number>((done) => {
      socket.once('close', (code) => done(code));
      socket.once('unexpected-response', (_, answer) => {
        done(answer.statusCode ?? 0);
        socket.terminate();
      });
    });
    return { socket, closed, notices };
  }

  test('takes sound of operators on its own page, says when the camera listens, and ends with the socket', async () => {
    const heard: Uint8Array[] = [];
    let ended = 0;
    const talks: TalkDoor = {
      talk(_, __, on) {
        on.open();
        return {
          sound: (sound) => heard.push(sound),
          end() {
            ended += 1;
            on.ended({ is: 'released' });
          },
        };
      },
    };
    rig = await createRig({ talks });
    const admin = await rig.setup();
    await rig.call('POST', '/api/users', { token: admin, body: { name: 'eve', password, role: 'viewer' } });
    const path = `/media/talk?camera=${cameraId}`;
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    expect(await dial(rig, path, {}).closed).toBe(4401);
    expect(await dial(rig, path, bearer(await rig.login('eve'))).closed).toBe(4403);
    expect(await dial(rig, '/media/talk?camera=x', bearer(admin)).closed).toBe(4400);
    expect(await dial(rig, path, { ...bearer(admin), origin: 'https://elsewhere.example' }).closed).toBe(403);
    expect(heard).toEqual([]);

    const mine = dial(rig, path, bearer(admin));
    await until('the camera listens', () => mine.notices.includes('{"op":"talking"}'));
    mine.socket.send(Buffer.alloc(160, 7));
    await until('it is heard', () => heard.length === 1 && heard[0]?.length === 160);
    mine.socket.close();
    await until('it ends with the socket', () => ended >= 1);

    const odd = dial(rig, path, bearer(admin));
    await until('it is open', () => odd.notices.length > 0);
    odd.socket.send(Buffer.alloc(1_601));
    expect(await odd.closed).toBe(4400);
    const flood = dial(rig, path, bearer(admin));
    await until('it is open', () => flood.notices.length > 0);
    for (let i = 0; i < 60; i++) flood.socket.send(Buffer.alloc(1_600));
    expect(await flood.closed).toBe(4400);
  });

  test('says who is told to wait', async () => {
    rig = await createRig();
    const token = await rig.setup();
    // The rig's engine has no cameras.
    const { closed } = dial(rig, `/media/talk?camera=${cameraId}`, { authorization: `Bearer ${token}` });
    expect(await closed).toBe(4404);
  });
});
