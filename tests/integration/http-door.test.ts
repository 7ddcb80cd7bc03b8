import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contractRoutes } from '../../src/main/adapters/http/router.ts';
import { includes, type Role } from '../../src/main/domain/user.ts';
import { cameraId, createRig, password, type Rig } from './http-rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.stop());

type Refused = { code: string; message: string; data?: unknown };
const refused = async (answer: Response): Promise<Refused> => (await answer.json()) as Refused;

/** A request exactly as given, which fetch would tidy up. */
function raw(options: { method?: string; path: string; headers?: Record<string, string>; body?: string }) {
  return new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>((done, failed) => {
    const { method = 'GET', path, headers = {}, body } = options;
    const req = request({ host: '127.0.0.1', port: rig.port, method, path, headers }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => {
        text += chunk;
      });
      res.on('end', () => done({ status: res.statusCode ?? 0, body: text, headers: res.headers }));
    });
    req.on('error', failed);
    req.end(body);
  });
}

describe('first run', () => {
  it('makes one administrator however many try at once, and signs in by cookie', async () => {
    expect(await (await rig.call('GET', '/api/station')).json()).toMatchObject({ firstRun: true });
    const answers = await Promise.all(
      ['ada', 'eve', 'bob'].map((name) => rig.call('POST', '/api/setup', { body: { name, password } })),
    );
    expect(answers.map((a) => a.status).sort()).toEqual([200, 409, 409]);
    const won = answers.find((a) => a.status === 200);
    const cookie = won?.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(
      new RegExp(`^vigie-${rig.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800$`),
    );
    const me = await rig.call('GET', '/api/session', { headers: { cookie: cookie.split(';')[0] ?? '' } });
    expect(await me.json()).toMatchObject({ user: { role: 'administrator' }, local: false });
    expect(await (await rig.call('GET', '/api/station')).json()).toMatchObject({ firstRun: false });
  });

  it('says what is wrong with an input, field by field', async () => {
    const answer = await rig.call('POST', '/api/setup', { body: { name: 'a b', password: 'short' } });
    expect(answer.status).toBe(422);
    expect(await refused(answer)).toMatchObject({
      code: 'INVALID',
      data: {
        issues: [
          { path: 'name', why: 'form' },
          { path: 'password', why: 'length', least: 10, message: 'at least 10 characters' },
        ],
      },
    });
  });
});

describe('roles', () => {
  it('denies every procedure to whoever lacks its role, and leaves none without one', async () => {
    const admin = await rig.setup();
    const tokens: Partial<Record<Role, string>> = { administrator: admin };
    for (const role of ['viewer', 'operator'] as const) {
      await rig.call('POST', '/api/users', { token: admin, body: { name: role, password, role } });
      tokens[role] = await rig.login(role);
    }
    const routes = contractRoutes();
    expect(routes.length).toBeGreaterThan(25);
    for (const { noun, name, role, method, path } of routes) {
      expect(role, `${noun}.${name}`).not.toBeNull();
      if (role === 'public' || role === null) continue;
      const address = `/api${path.replace(/\{\w+\}/g, '0')}`;
      const bare = await rig.call(method, address);
      expect(bare.status, `${method} ${path}`).toBe(401);
      expect(await refused(bare)).toMatchObject({ code: 'UNAUTHENTICATED' });
      for (const has of ['viewer', 'operator'] as const) {
        if (includes(has, role)) continue;
        const answer = await rig.call(method, address, { token: tokens[has] ?? '' });
        expect(answer.status, `${has} ${method} ${path}`).toBe(403);
        await answer.text();
      }
    }
  });

  it('shows a password that hides in an address to administrators only', async () => {
    const admin = await rig.setup();
    await rig.call('POST', '/api/users', { token: admin, body: { name: 'vera', password, role: 'viewer' } });
    const viewer = await rig.login('vera');
    for (const path of ['/api/cameras', `/api/cameras/${cameraId}`]) {
      expect(await (await rig.call('GET', path, { token: admin })).text(), path).toContain('geheim');
      const shown = await (await rig.call('GET', path, { token: viewer })).text();
      expect(shown, path).toContain('password=***_channel=1');
      expect(shown, path).not.toContain('geheim');
    }
  });

  it('lets an operator post an event and an administrator see it', async () => {
    const admin = await rig.setup();
    await rig.call('POST', '/api/users', { token: admin, body: { name: 'olga', password, role: 'operator' } });
    const posted = await rig.call('POST', '/api/events', {
      token: await rig.login('olga'),
      body: { title: 'Door open' },
    });
    expect(posted.status).toBe(201);
    const list = await rig.call('GET', '/api/events?limit=1&kind=external&kind=camera-lost', { token: admin });
    expect(await list.json()).toMatchObject({
      events: [{ kind: 'external', data: { title: 'Door open', by: 'olga' } }],
    });
  });

  it('refuses filters of events that cannot be, with what is wrong, rather than tell all or the newest ones', async () => {
    const token = await rig.setup();
    const wrong = async (query: string): Promise<[number, string[]]> => {
      const answer = await rig.call('GET', `/api/events?${query}`, { token });
      const { data } = (await answer.json()) as { data?: { issues: { path: string }[] } };
      return [answer.status, (data?.issues ?? []).map((i) => i.path)];
    };
    expect(await wrong('kinds=plate')).toEqual([422, ['kinds']]);
    expect(await wrong('kind=plates')).toEqual([422, ['kind.0']]);
    expect(await wrong('limit=0')).toEqual([422, ['limit']]);
    expect(await wrong('fromMs=2000&toMs=1000')).toEqual([422, ['toMs']]);
    expect(await wrong('before=zzz')).toEqual([422, ['before']]);
    expect(await wrong('fromMs=1000&toMs=2000')).toEqual([200, []]);
  });
});

describe('other sites', () => {
  const host = () => `127.0.0.1:${rig.port}`;
  it('may not write, whatever cookie the browser adds', async () => {
    const token = await rig.setup();
    const cookie = `vigie-${rig.port}=${token}`;
    const body = JSON.stringify({ name: 'Hacked' });
    const send = (headers: Record<string, string>) =>
      raw({
        method: 'PATCH',
        path: '/api/station',
        body,
        headers: { host: host(), cookie, 'content-type': 'application/json', ...headers },
      });
    expect((await send({ origin: 'http://evil.example' })).status).toBe(403);
    expect((await send({ origin: 'null' })).status).toBe(403);
    expect((await send({ origin: `http://127.0.0.1:${rig.port + 1}` })).status).toBe(403);
    expect((await send({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await send({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await send({ 'content-type': 'text/plain' })).status).toBe(422);
    expect((await send({ 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(422);
    expect(await (await rig.call('GET', '/api/station')).json()).toMatchObject({ name: 'Test' });
    expect((await send({ origin: `http://${host()}`, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect(await (await rig.call('GET', '/api/station')).json()).toMatchObject({ name: 'Hacked' });
  });

  it('may not read data nor embed it, but may link to a page', async () => {
    const headers = { host: host(), 'sec-fetch-site': 'cross-site' };
    expect((await raw({ path: '/api/station', headers: { ...headers, 'sec-fetch-mode': 'no-cors' } })).status).toBe(
      403,
    );
    expect((await raw({ path: '/api/station', headers: { ...headers, 'sec-fetch-mode': 'navigate' } })).status).toBe(
      403,
    );
    expect((await raw({ path: '/events', headers: { ...headers, 'sec-fetch-mode': 'navigate' } })).status).toBe(200);
  });

  it('cannot come in under another name (DNS rebinding)', async () => {
    for (const name of [
      'evil.example',
      `evil.example:${rig.port}`,
      'localhost.evil.example',
      '127.0.0.1@evil',
      '169.254.1.1',
    ]) {
      expect((await raw({ path: '/api/station', headers: { host: name } })).status, name).toBe(403);
    }
    for (const name of ['localhost', `LOCALHOST:${rig.port}`, '127.0.0.1', '[::1]:8710']) {
      expect((await raw({ path: '/api/station', headers: { host: name } })).status, name).toBe(200);
    }
  });

  it('get no way to frame, script or sniff', async () => {
    const { headers } = await raw({ path: '/', headers: { host: host() } });
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/);
    expect(headers['content-security-policy']).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['permissions-policy']).toMatch(/^microphone=\(self\), camera=\(\),/);
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('size and rate', () => {
  it('refuses a body that is too large, before and after sign-in, told or chunked', async () => {
    const big = 'x'.repeat(9 * 1024);
    const answer = await rig.call('POST', '/api/session', { body: { name: 'a', password: big } });
    expect(answer.status).toBe(413);
    expect(await refused(answer)).toMatchObject({ code: 'TOO_LARGE' });
    const token = await rig.setup();
    const headers = {
      host: `127.0.0.1:${rig.port}`,
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    };
    const huge = JSON.stringify({ value: 'x'.repeat(300 * 1024) });
    expect((await raw({ method: 'PUT', path: '/api/preferences/wall', headers, body: huge })).status).toBe(413);
    const chunked = { ...headers, 'transfer-encoding': 'chunked' };
    expect((await raw({ method: 'PUT', path: '/api/preferences/wall', headers: chunked, body: huge })).status).toBe(
      413,
    );
    const over = JSON.stringify({ value: 'x'.repeat(70 * 1024) });
    expect((await raw({ method: 'PUT', path: '/api/preferences/wall', headers, body: over })).status).toBe(413);
  });

  it('takes no half JSON for an input', async () => {
    const headers = { host: `127.0.0.1:${rig.port}`, 'content-type': 'application/json' };
    const answer = await raw({ method: 'POST', path: '/api/session', headers, body: '{"name":' });
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'INVALID' });
  });

  it('slows down whoever asks too often without a session, and nobody else', async () => {
    const token = await rig.setup();
    let last = 0;
    for (let i = 0; i < 260 && last !== 429; i++) {
      const answer = await rig.call('GET', '/api/station');
      last = answer.status;
      if (last === 429) expect(await refused(answer)).toMatchObject({ code: 'TOO_MANY' });
      else await answer.arrayBuffer();
    }
    expect(last).toBe(429);
    expect((await rig.call('GET', '/api/cameras', { token })).status).toBe(200);
    expect((await rig.call('GET', '/')).status).toBe(200);
  });
});

describe('the screen', () => {
  it('has an address for every page and keeps hashed files for ever', async () => {
    for (const page of ['/', '/events', '/cameras/01H/settings?tab=2', '/health/cameras']) {
      const answer = await rig.call('GET', page);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(await answer.text()).toContain('<title>Vigie</title>');
    }
    const file = await rig.call('GET', '/assets/index-a1B2c3D4.js');
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await rig.call('GET', '/assets/gone.js')).status).toBe(404);
    expect(await refused(await rig.call('GET', '/api/nothing'))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('gives nothing from outside its folder', async () => {
    const headers = { host: 'localhost' };
    for (const path of [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/assets/../../secret.txt',
      '/assets/..%5c..%5csecret.txt',
      '/%00',
      '//etc/passwd',
      '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    ]) {
      const answer = await raw({ path, headers });
      expect(answer.body, path).not.toContain('not for everybody');
      expect(answer.body, path).not.toContain('root:');
    }
  });
});

describe('plain routes', () => {
  it('answer alive and ready', async () => {
    expect(await (await rig.call('GET', '/health')).json()).toEqual({ alive: true, version: '0.0.0' });
    expect(await (await rig.call('GET', '/ready')).json()).toEqual({ ready: true, reasons: [] });
  });

  it('say when a camera or its picture is not there', async () => {
    const token = await rig.setup();
    expect((await rig.call('GET', `/api/cameras/${cameraId}/snapshots`)).status).toBe(401);
    const none = await rig.call('GET', `/api/cameras/${cameraId}/snapshots`, { token });
    expect(none.status).toBe(503);
    expect(await refused(none)).toMatchObject({ code: 'UNAVAILABLE', data: { reason: 'no-picture' } });
    expect((await rig.call('GET', '/api/cameras/01HZZZZZZZZZZZZZZZZZZZZZZB/snapshots', { token })).status).toBe(404);
    expect((await rig.call('GET', `/api/cameras/${cameraId}/snapshots?width=9`, { token })).status).toBe(422);
    expect((await rig.call('GET', `/api/cameras/${cameraId}/stream`, { token })).status).toBe(404);
  });
});

describe('a change', () => {
  it('is answered when the disk has kept it, and holds up nobody who only looks', async () => {
    await rig.stop();
    const slow = Promise.withResolvers<undefined>();
    let waits = 0;
    rig = await createRig({
      async durably(work) {
        const done = await work();
        waits += 1;
        await slow.promise;
        return done;
      },
    });
    let answered = false;
    const setup = rig.call('POST', '/api/setup', { body: { name: 'ada', password } }).then((answer) => {
      answered = true;
      return answer.status;
    });
    await expect.poll(() => waits).toBe(1);
    expect(await (await rig.call('GET', '/api/station')).json()).toMatchObject({ firstRun: false });
    expect(answered).toBe(false);
    slow.resolve(undefined);
    expect(await setup).toBe(200);
  });
});
