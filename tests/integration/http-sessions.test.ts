import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../src/main/lib/clock.ts';
import { createRig, password, type Rig } from './http-rig.ts';

let rig: Rig;
let aheadMs = 0;
const clock: Clock = {
  nowMs: () => systemClock.nowMs() + aheadMs,
  nowUs: () => systemClock.nowUs() + aheadMs * 1000,
  monoMs: () => systemClock.monoMs() + aheadMs,
};
beforeEach(async () => {
  aheadMs = 0;
  rig = await createRig({ clock });
});
afterEach(() => rig.stop());

type Refused = { code: string; message: string; data?: { waitMs?: number; what?: string } };
const refused = async (answer: Response): Promise<Refused> => (await answer.json()) as Refused;
const tryLogin = (name: string, pass: string) => rig.call('POST', '/api/session', { body: { name, password: pass } });
const status = async (answer: Promise<Response>): Promise<number> => {
  const got = await answer;
  await got.arrayBuffer();
  return got.status;
};

describe('log-in', () => {
  it('says the same of an unknown user, a wrong password and a disabled user', async () => {
    const admin = await rig.setup();
    const made = await rig.call('POST', '/api/users', {
      token: admin,
      body: { name: 'dan', password, role: 'viewer' },
    });
    const { id } = (await made.json()) as { id: string };
    expect(await status(rig.call('PATCH', `/api/users/${id}`, { token: admin, body: { enabled: false } }))).toBe(200);
    const answers = [
      await tryLogin('nobody', password),
      await tryLogin('ada', 'wrong password'),
      await tryLogin('dan', password),
    ];
    expect(answers.map((a) => a.status)).toEqual([401, 401, 401]);
    const texts = await Promise.all(answers.map((a) => a.text()));
    expect(new Set(texts).size).toBe(1);
  });

  it('slows guessing down for a user, even when tried in parallel, tells so once, and lets the right one in later', async () => {
    await rig.setup();
    const answers = await Promise.all(Array.from({ length: 12 }, () => tryLogin('ada', 'wrong password')));
    expect(answers.filter((a) => a.status === 401)).toHaveLength(5);
    const blocked = answers.filter((a) => a.status === 429);
    expect(blocked).toHaveLength(7);
    const first = blocked[0];
    if (!first) throw new Error('none was blocked');
    expect((await refused(first)).data?.waitMs).toBeGreaterThan(0);
    expect((await tryLogin('ADA', password)).status).toBe(429);
    expect(rig.events.filter((e) => e.kind === 'log-in-blocked')).toHaveLength(1);
    expect(rig.events[0]).toMatchObject({ severity: 'warning', data: { user: 'ada', address: '127.0.0.1' } });
    aheadMs += 1100;
    expect(await rig.login()).toHaveLength(43);
    expect((await tryLogin('ada', 'wrong password')).status).toBe(401); // its failures are forgotten
  });

  it('slows an address down that tries many names', async () => {
    await rig.setup();
    const results: number[] = [];
    for (let i = 0; i < 22; i++) results.push(await status(tryLogin(`user${i}`, 'wrong password')));
    expect(results.slice(0, 20).every((s) => s === 401)).toBe(true);
    expect(results.slice(20)).toEqual([429, 429]);
  });
});

describe('a session', () => {
  it('ends after 12 idle hours, slides while used, and ends after 7 days in any case', async () => {
    const token = await rig.setup();
    const idle = await rig.login();
    for (let hours = 0; hours < 7 * 24 - 10; hours += 10) {
      expect(await status(rig.call('GET', '/api/session', { token })), `after ${hours} h`).toBe(200);
      aheadMs += 10 * 3_600_000;
      if (hours === 10) expect(await status(rig.call('GET', '/api/session', { token: idle }))).toBe(401);
    }
    aheadMs += 10 * 3_600_000;
    expect(await status(rig.call('GET', '/api/session', { token }))).toBe(401);
  });

  it('ends with log-out, and its token is nowhere in the database', async () => {
    const token = await rig.setup();
    const text = JSON.stringify(rig.store.access.users());
    expect(text).not.toContain(token);
    const out = await rig.call('DELETE', '/api/session', { headers: { cookie: `vigie-${rig.port}=${token}` } });
    expect(out.status).toBe(200);
    expect(out.headers.get('set-cookie')).toMatch(/=; Path=\/; HttpOnly; SameSite=Strict; Max-Age=0$/);
    expect(await status(rig.call('GET', '/api/session', { token }))).toBe(401);
  });

  it('is not taken from a cookie that is there twice', async () => {
    const token = await rig.setup();
    const name = `vigie-${rig.port}`;
    expect(await status(rig.call('GET', '/api/session', { headers: { cookie: `${name}=x; ${name}=${token}` } }))).toBe(
      401,
    );
    expect(await status(rig.call('GET', '/api/session', { headers: { cookie: `other=1; ${name}=${token}` } }))).toBe(
      200,
    );
  });

  it('of others ends when the password is changed', async () => {
    const token = await rig.setup();
    const other = await rig.login();
    const wrong = await rig.call('POST', '/api/users/me/password', {
      token,
      body: { old: 'wrong', password: 'another long one' },
    });
    expect(wrong.status).toBe(422);
    const body = { old: password, password: 'another long one' };
    expect(await status(rig.call('POST', '/api/users/me/password', { token, body }))).toBe(200);
    expect(await status(rig.call('GET', '/api/session', { token }))).toBe(200);
    expect(await status(rig.call('GET', '/api/session', { token: other }))).toBe(401);
    expect((await tryLogin('ada', password)).status).toBe(401);
    expect(await rig.login('ada', 'another long one')).toHaveLength(43);
  });
});

describe('users', () => {
  it('always leave an administrator who can come in', async () => {
    const token = await rig.setup();
    const [ada] = rig.store.access.users();
    const path = `/api/users/${ada?.id ?? ''}`;
    for (const answer of [
      await rig.call('DELETE', path, { token }),
      await rig.call('PATCH', path, { token, body: { role: 'viewer' } }),
      await rig.call('PATCH', path, { token, body: { enabled: false } }),
    ]) {
      expect(answer.status).toBe(409);
      expect(await refused(answer)).toMatchObject({ code: 'CONFLICT', data: { what: 'last-administrator' } });
    }
    expect(
      await status(rig.call('POST', '/api/users', { token, body: { name: 'ADA', password, role: 'viewer' } })),
    ).toBe(409);
    await rig.call('POST', '/api/users', { token, body: { name: 'bea', password, role: 'administrator' } });
    expect(await status(rig.call('PATCH', path, { token, body: { role: 'viewer' } }))).toBe(200);
    expect(await status(rig.call('GET', '/api/users', { token }))).toBe(403);
    const bea = await rig.login('bea');
    expect(await status(rig.call('DELETE', path, { token: bea }))).toBe(200);
    expect(await status(rig.call('GET', '/api/session', { token }))).toBe(401);
  });
});

describe('no log-in on this PC', () => {
  const redeem = (ticket: string) =>
    rig.call('POST', '/api/session/ticket', { body: { ticket }, headers: { 'x-vigie-session': 'token' } });
  it('is chosen at first run with a ticket that works once and for a minute', async () => {
    const late = rig.access.mintTicket() ?? '';
    aheadMs += 61_000;
    expect((await redeem(late)).status).toBe(401);
    const ticket = rig.access.mintTicket() ?? '';
    const answer = await redeem(ticket);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ user: { name: 'local', role: 'administrator' }, local: true });
    expect((await redeem(ticket)).status).toBe(401);
    expect((await redeem('made up')).status).toBe(401);
    expect((await rig.call('POST', '/api/setup', { body: { name: 'eve', password } })).status).toBe(409);
    for (const guess of ['', 'local', password]) expect((await tryLogin('local', guess)).status).toBe(401);
    const again = await redeem(rig.access.mintTicket() ?? '');
    expect(await again.json()).toMatchObject({ local: true });
  });

  it('lets the local administrator take a password, and ends when that user goes', async () => {
    const answer = await redeem(rig.access.mintTicket() ?? '');
    const token = answer.headers.get('x-vigie-token') ?? '';
    const { user } = (await answer.json()) as { user: { id: string } };
    expect(await status(rig.call('POST', '/api/users/me/password', { token, body: { old: '', password } }))).toBe(200);
    expect(await rig.login('local')).toHaveLength(43);
    expect(
      await status(rig.call('POST', '/api/users', { token, body: { name: 'ada', password, role: 'administrator' } })),
    ).toBe(201);
    const held = rig.access.mintTicket() ?? '';
    expect(await status(rig.call('DELETE', `/api/users/${user.id}`, { token: await rig.login('ada') }))).toBe(200);
    expect(rig.access.mintTicket()).toBeNull();
    expect((await redeem(held)).status).toBe(401);
  });

  it('is not offered where the administrator has a password', async () => {
    await rig.setup();
    expect(rig.access.mintTicket()).toBeNull();
  });
});
