import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Draft,
  draftsOf,
  type FineLook,
  foreignHostsOf,
  numberDrafts,
  problemsOf,
  streamUrlOf,
  toAdd,
} from './draft.ts';

const profile = (token: string, streamUrl: string) => ({
  token,
  name: token,
  source: 'v',
  video: null,
  audio: null,
  ptz: false,
  metadata: false,
  streamUrl,
  snapshotUrl: null,
});

/** A device of `sources` pictures; the third stream of each comes from another host. */
function look(url: string, sources = 1): FineLook {
  const host = new URL(url).host;
  return {
    ok: true,
    url,
    certificate: null,
    foreignHosts: ['10.9.9.9'],
    facts: {
      identity: { endpoint: null, serial: null, macs: [], maker: null, model: null, firmware: null },
      services: {},
      profiles: [
        profile('main', `rtsp://${host}/main`),
        profile('sub', `rtsp://${host}/sub`),
        profile('far', 'rtsp://10.9.9.9:8554/far'),
      ],
      ptz: false,
      imaging: false,
      events: false,
      microphone: false,
      talk: false,
      storage: false,
      relays: [],
      inputs: 0,
      auxiliary: [],
      network: { addresses: [], gateway: null },
      clock: { offsetMs: null, source: null, zone: null },
      users: [],
      askedMs: 0,
    },
    cameras: Array.from({ length: sources }, (_, i) => ({
      source: `v${String(i)}`,
      name: `Camera ${String(i)}`,
      main: { profile: 'main', url: `rtsp://${host}/main` },
      sub: { profile: 'sub', url: `rtsp://${host}/sub` },
      profiles: ['main', 'sub', 'far'],
      advice: [],
    })),
  };
}
const urlOf = (n: number): string => `http://10.0.0.${String(n)}/onvif`;

test('numbers that nobody typed are free, different, ascending in the order of choosing; typed ones stay', () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 20 });
  const devices = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(devices, numbers, fc.option(fc.integer({ min: 1, max: 40 })), (sources, taken, typed) => {
      const urls = sources.map((_, i) => urlOf(i));
      const drafts = sources.flatMap((n, i) => draftsOf(look(urlOf(i), n), urlOf(i)));
      const last = drafts.at(-1)!;
      if (typed !== null) Object.assign(last, { number: typed, ownNumber: true } satisfies Partial<Draft>);
      const out = numberDrafts([...drafts].reverse(), urls, new Set(taken));
      expect(out.map((d) => d.url)).toEqual(drafts.map((d) => d.url));
      const given = out.filter((d) => !d.ownNumber).map((d) => Number(d.number));
      expect([...given].sort((a, b) => a - b)).toEqual(given);
      expect(new Set(given).size).toBe(given.length);
      for (const n of given) expect(taken.includes(n) || n === typed).toBe(false);
      if (typed !== null) expect(out.find((d) => d.key === last.key)?.number).toBe(typed);
    }),
  );
});

test('a stream of another host: not before a person trusts it, and only that host is told to the station', () => {
  const seen = look(urlOf(1));
  const [draft] = draftsOf(seen, urlOf(1));
  expect(foreignHostsOf(seen, draft!)).toEqual([]);
  const far: Draft = { ...draft!, mainProfile: 'far' };
  expect(streamUrlOf(seen, far, 'far')).toBe('rtsp://10.9.9.9:8554/far');
  const problems = (d: Draft) => problemsOf([d], () => seen, []).get(d.key);
  expect(problems(far)).toEqual([{ field: 'hosts', why: 'untrusted', host: '10.9.9.9' }]);
  const trusted = { ...far, trusted: true };
  expect(problems(trusted)).toEqual([]);
  const nobody = { username: null, password: null };
  expect(toAdd(trusted, seen, nobody).trustedHosts).toEqual(['10.9.9.9']);
  expect(toAdd({ ...draft!, trusted: true }, seen, nobody).trustedHosts).toEqual([]);
});

test('clashes are told for what is wanted only', () => {
  const seen = look(urlOf(1), 3);
  const [a, b, c] = draftsOf(seen, urlOf(1)).map((d, i) => ({ ...d, number: i < 2 ? 7 : 3 }));
  const there = [{ number: 3, name: 'Gate' }];
  const all = problemsOf([{ ...a!, name: ' ' }, b!, c!], () => seen, there);
  expect(all.get(a!.key)).toEqual([
    { field: 'name', why: 'missing' },
    { field: 'number', why: 'taken', number: 7, by: 'Camera 1' },
  ]);
  expect(all.get(c!.key)).toEqual([{ field: 'number', why: 'taken', number: 3, by: 'Gate' }]);
  const left = problemsOf([{ ...a!, wanted: false }, b!, { ...c!, wanted: false }], () => seen, there);
  expect([...left.values()].flat()).toEqual([]);
});
