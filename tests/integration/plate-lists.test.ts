/** Lists of plates over REST: who may read and who may write, and a spreadsheet out and in again. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRig } from './http-rig.ts';

let rig: Awaited<ReturnType<typeof createRig>>;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.stop());

it('are read by operators and written by administrators, and a spreadsheet comes back as it went', async () => {
  const admin = await rig.setup();
  const make = async (name: string, role: string): Promise<string> => {
    const made = await rig.call('POST', '/api/users', {
      token: admin,
      body: { name, role, password: 'correct horse battery' },
    });
    expect(made.status).toBe(201);
    return rig.login(name);
  };
  const [operator, viewer] = [await make('otto', 'operator'), await make('vera', 'viewer')];
  const draft = { name: 'Neighbours, "ours"', kind: 'allow' };
  expect((await rig.call('POST', '/api/plates/lists', { token: operator, body: draft })).status).toBe(403);
  const made = await rig.call('POST', '/api/plates/lists', { token: admin, body: draft });
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as { id: string };
  const twice = await rig.call('POST', '/api/plates/lists', { token: admin, body: draft });
  expect([twice.status, await twice.json()]).toMatchObject([409, { data: { what: 'name' } }]);

  const wrong = 'plate,label\r\nAB 12 CDE,=SUM(A1)\r\n??,x\r\n';
  const refused = await rig.call('POST', `/api/plates/lists/${id}/csv`, { token: admin, body: { text: wrong } });
  expect([refused.status, await refused.json()]).toMatchObject([
    422,
    { data: { issues: [{ path: 'line 3 plate', message: 'bad-plate' }] } },
  ]);
  const right = 'plate,label,note,from,to\r\nAB 12 CDE,"a, b",,2026-07-01,2026-07-02\r\nXY99ZZZ,c,,,\r\n';
  const taken = await rig.call('POST', `/api/plates/lists/${id}/csv`, { token: admin, body: { text: right } });
  expect(await taken.json()).toEqual({ added: 2, changed: 0, removed: 0 });

  expect((await rig.call('GET', `/api/plates/lists/${id}/csv`, { token: viewer })).status).toBe(403);
  expect((await rig.call('GET', '/api/plates/lists', { token: viewer })).status).toBe(403);
  const out = await rig.call('GET', `/api/plates/lists/${id}/csv`, { token: operator });
  expect(out.headers.get('content-type')).toMatch(/^text\/csv/);
  const text = await out.text();
  expect(text).toBe(
    'plate,label,note,from,to\r\nAB12CDE,"a, b",,2026-06-30T22:00:00.000Z,2026-07-02T22:00:00.000Z\r\nXY99ZZZ,c,,,\r\n',
  );
  const again = await rig.call('POST', `/api/plates/lists/${id}/csv`, { token: admin, body: { text, replace: true } });
  expect(await again.json()).toEqual({ added: 0, changed: 2, removed: 0 });
  const match = await rig.call('GET', '/api/plates/match?text=xy99z22', { token: operator });
  expect(await match.json()).toMatchObject([{ match: 'alike', entry: { text: 'XY99ZZZ' } }]);
  const entries = await rig.call('GET', `/api/plates/lists/${id}/entries?text=12c`, { token: operator });
  expect(await entries.json()).toMatchObject({ more: false, entries: [{ text: 'AB12CDE', changedBy: 'ada' }] });
  expect((await rig.call('DELETE', `/api/plates/lists/${id}`, { token: admin })).status).toBe(200);
  expect((await rig.call('GET', `/api/plates/lists/${id}/csv`, { token: operator })).status).toBe(404);
});
