import { type ChildProcess, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { tempFolder } from '../../../tests/support/temp.ts';
import { until } from '../../../tests/support/until.ts';
import {
  createStationProcess,
  type HostedProcess,
  type ShellKeychain,
  type StationProcess,
  type StationState,
} from './station-process.ts';

/** A real process that speaks `contract/host.ts` as its last argument says. */
const source = `
const port = process.argv.includes('--port') ? process.argv[process.argv.indexOf('--port') + 1] : '41234';
const how = process.argv[2];
if (how === 'dies') process.exit(3);
if (how === 'fails') { process.send({ type: 'failed', message: 'The disk is read-only.' }); process.exit(1); }
if (process.argv.includes('--keychain')) process.send({ type: 'keychain', id: 7, op: 'unwrap', value: 'w' });
process.send({ type: 'ready', url: 'http://127.0.0.1:' + port, recording: 0 });
process.send({ type: 'recording', streams: 2 });
process.send({ nonsense: true });
process.on('message', (m) => {
  if (m.type === 'ticket' && how !== 'mute') process.send({ type: 'ticket', id: m.id, ticket: 't' + m.id });
  if (m.type === 'keychain') process.send({ type: 'ready', url: 'http://127.0.0.1:1' + m.id, recording: m.value === 'opened' ? 9 : 0 });
  if (m.type === 'stop' && how === 'slow') {
    for (let i = 1; i < 8; i++) setTimeout(() => process.send({ type: 'ending' }), i * 200);
    setTimeout(() => process.exit(0), 1600);
    return;
  }
  if (m.type === 'stop' && how !== 'deaf') process.exit(0);
});
`;
let temp: ReturnType<typeof tempFolder>;
let children: ChildProcess[];
let forks: string[][];
let states: StationState[];
let station: StationProcess;

function open(how: string, keychain?: ShellKeychain): void {
  const file = join(temp.path, 'station.cjs');
  writeFileSync(file, source);
  const start = (args: string[]): HostedProcess => {
    forks.push(args);
    const child = fork(file, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
    children.push(child);
    return {
      postMessage: (m) => void child.send(m),
      kill: () => void child.kill('SIGKILL'),
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => void child.once('exit', (code) => listener(code ?? 1)),
    };
  };
  station = createStationProcess({
    fork: start,
    args: [how, '--data', '/d'],
    clock: systemClock,
    log: quietLog,
    onState: (s) => states.push(s),
    keychain,
  });
  station.start();
}
const ready = (): Promise<unknown> => until('ready', () => station.state().state === 'ready');

beforeEach(() => {
  temp = tempFolder('vigie-shell-');
  [children, forks, states] = [[], [], []];
});
afterEach(async () => {
  await station.stop(200);
  for (const child of children) child.kill('SIGKILL');
  temp.remove();
});

describe('the station as a process', () => {
  test('wraps and unwraps for the station where there is a keychain, and says so', async () => {
    open('lives', (op, value) => Promise.resolve(op === 'unwrap' && value === 'w' ? 'opened' : null));
    await until('answered', () => states.some((s) => s.state === 'ready' && s.recording === 9));
    expect(forks[0]).toContain('--keychain');
  });

  test('becomes ready, tells what it records, gives tickets, ends when asked', async () => {
    open('well');
    await until('recording', () => {
      const s = station.state();
      return s.state === 'ready' && s.recording === 2;
    });
    expect(await Promise.all([station.ticket(), station.ticket()])).toEqual(['t1', 't2']);
    await station.stop();
    expect(station.state()).toEqual({ state: 'stopped' });
    expect(children[0]?.exitCode).toBe(0);
    expect(await station.ticket()).toBeNull();
  });
  test('is waited for while it says that it still writes video', async () => {
    open('slow');
    await ready();
    await station.stop(1_200);
    expect(children[0]).toMatchObject({ exitCode: 0, signalCode: null });
  });
  test('is started again on the same port when it dies', async () => {
    open('well');
    await ready();
    children[0]?.kill('SIGKILL');
    await until('another', () => children.length === 2);
    await ready();
    expect(forks[1]).toEqual(['well', '--data', '/d', '--port', '41234']);
    expect(states.find((s) => s.state === 'waiting')).toMatchObject({ waitMs: expect.any(Number) as number });
  });
  test('its own words end the tries; a person may try again', async () => {
    open('fails');
    await until('its words', () => states.some((s) => s.state === 'failed'));
    expect(station.state()).toEqual({ state: 'failed', message: 'The disk is read-only.' });
    await until('its end', () => children[0]?.exitCode === 1);
    expect(children).toHaveLength(1);
    station.start();
    expect(children).toHaveLength(2);
  });
  test('five deaths without a word end the tries', async () => {
    open('dies');
    await until('giving up', () => station.state().state === 'failed', 25_000);
    expect(children).toHaveLength(5);
  });
  test('one that does not end in time is killed; stop during a wait starts no other', async () => {
    open('deaf');
    await ready();
    await station.stop(100);
    expect(children[0]?.signalCode).toBe('SIGKILL');
    station.start();
    await ready();
    children[1]?.kill('SIGKILL');
    await until('the wait', () => station.state().state === 'waiting');
    await station.stop();
    expect(station.state()).toEqual({ state: 'stopped' });
    expect(children).toHaveLength(2);
  });
  test('a death answers the tickets that wait', async () => {
    open('mute');
    await ready();
    const ticket = station.ticket();
    children[0]?.kill('SIGKILL');
    expect(await ticket).toBeNull();
  });
});
