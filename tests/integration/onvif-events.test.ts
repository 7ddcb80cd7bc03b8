import { afterEach, expect, test } from 'vitest';
import { createDevices } from '../../src/main/adapters/onvif/index.ts';
import { systemClock } from '../../src/main/lib/clock.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import type { DeviceEvent } from '../../src/main/domain/device-event.ts';
import { fault, startScriptedDevice, type Reply, type ScriptedDevice } from '../support/onvif/scripted-device.ts';
import { smallDevice } from '../support/onvif/small-device.ts';
import { until } from '../support/until.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const iso = (ms: number): string => new Date(ms).toISOString();
const message = (topic: string, name: string, value: string, operation = 'Changed'): string =>
  `<wsnt:NotificationMessage><wsnt:Topic Dialect="x">${topic}</wsnt:Topic><wsnt:Message><tt:Message UtcTime="${iso(Date.now())}" PropertyOperation="${operation}"><tt:Source><tt:SimpleItem Name="Source" Value="s0"/></tt:Source><tt:Data><tt:SimpleItem Name="${name}" Value="${value}"/></tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`;

type Rig = ScriptedDevice & { push(message: string): void; waiting(): number; lifeMs: number };
/** A device with PullPoint events: holds an empty request until something is pushed or the asked time is over. */
async function eventDevice(
  answers: Record<string, Reply> = {},
  made: { lifeMs?: number; host?: string } = {},
): Promise<Rig> {
  const waiting = new Set<(messages: string) => void>();
  const queue: string[] = [];
  const rig = { lifeMs: made.lifeMs ?? 60_000 };
  const times = (space: string): string =>
    `<${space}:CurrentTime>${iso(Date.now())}</${space}:CurrentTime><${space}:TerminationTime>${iso(Date.now() + rig.lifeMs)}</${space}:TerminationTime>`;
  const usual: Record<string, Reply> = {
    ...smallDevice('/onvif/services', ['device', 'media2', 'events']),
    CreatePullPointSubscription: () =>
      `<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><wsa:Address>http://192.168.7.7/onvif/sub/1</wsa:Address><wsa:ReferenceParameters><ax:SubscriptionId xmlns:ax="http://www.axis.com/2009/event">41</ax:SubscriptionId></wsa:ReferenceParameters></tev:SubscriptionReference>${times('wsnt')}</tev:CreatePullPointSubscriptionResponse>`,
    PullMessages: async (asked, response) => {
      const holdMs = Number(/Timeout>PT([\d.]+)S/.exec(asked.body)?.[1]) * 1000;
      if (queue.length === 0)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(done, holdMs);
          function done(): void {
            clearTimeout(timer);
            waiting.delete(done);
            resolve();
          }
          waiting.add(done);
          response.once('close', done); // nobody hears what is told then
        });
      return `<tev:PullMessagesResponse>${times('tev')}${queue.splice(0).join('')}</tev:PullMessagesResponse>`;
    },
    SetSynchronizationPoint: '<tev:SetSynchronizationPointResponse/>',
    Renew: () => `<wsnt:RenewResponse>${times('wsnt')}</wsnt:RenewResponse>`,
    Unsubscribe: '<wsnt:UnsubscribeResponse/>',
  };
  const server = await startScriptedDevice({ answers: { ...usual, ...answers } });
  open.push({
    close: () => {
      for (const done of waiting) done('');
      return server.close();
    },
  });
  return Object.assign(server, rig, {
    push(text: string) {
      queue.push(text);
      for (const done of waiting) done(text);
    },
    waiting: () => waiting.size,
  });
}

const devices = createDevices({ clock: systemClock, log: quietLog });
function follow(server: ScriptedDevice): {
  events: DeviceEvent[];
  states: { up: boolean; trouble: string | null }[];
  stop(): Promise<void>;
} {
  const device = devices.connect({ url: server.url, username: null, password: null, certificate: null });
  const events: DeviceEvent[] = [];
  const states: { up: boolean; trouble: string | null }[] = [];
  const follower = device.events({ event: (e) => events.push(e), state: (s) => states.push(s) });
  open.push({
    async close() {
      await follower.stop();
      device.close();
    },
  });
  return { events, states, stop: follower.stop };
}

test('tells what happens, at once, and takes the subscription down at the stop', async () => {
  const server = await eventDevice();
  const { events, states, stop } = follow(server);
  await until('a request waits at the device', () => server.waiting() === 1);
  server.push(message('tns1:VideoSource/MotionAlarm', 'State', 'true'));
  await until('the event', () => events.length === 1);
  expect(events[0]).toMatchObject({ kind: 'motion', source: 's0', active: true, initial: false });
  expect(states).toEqual([{ up: true, trouble: null }]);
  expect(server.count('SetSynchronizationPoint')).toBe(1);
  // the subscription's own address came back as To with its parameter, though another host was asked
  const pull = server.asked.find((a) => a.operation === 'PullMessages')!;
  expect(pull.path).toBe('/onvif/sub/1');
  expect(pull.body).toContain('>http://192.168.7.7/onvif/sub/1</wsa:To>');
  expect(pull.body).toMatch(
    /<SubscriptionId xmlns="http:\/\/www.axis.com\/2009\/event" wsa:IsReferenceParameter="true"[^>]*>41</,
  );
  await stop();
  expect(server.count('Unsubscribe')).toBe(1);
});

test('names the video source as the profiles do, though the device names its configuration', async () => {
  const server = await eventDevice();
  const { events } = follow(server);
  await until(
    'a request waits at the device, and the profiles are known',
    () => server.waiting() === 1 && server.count('GetProfiles') > 0,
  );
  server.push(
    message('tns1:RuleEngine/CellMotionDetector/Motion', 'IsMotion', 'true').replace(
      'Name="Source" Value="s0"',
      'Name="VideoSourceConfigurationToken" Value="vsc_src0"',
    ),
  );
  await until('the event', () => events.length === 1);
  expect(events[0]).toMatchObject({ videoSource: 'src0', source: 'vsc_src0' });
});

test('renews before the end', async () => {
  const server = await eventDevice({}, { lifeMs: 4_000 });
  follow(server);
  await until('two renewals', () => server.count('Renew') >= 2);
  expect(server.count('CreatePullPointSubscription')).toBe(1);
});

test('lives with a device that knows no Renew and no synchronisation', async () => {
  const server = await eventDevice(
    { Renew: fault('ActionNotSupported', 'no', 500), SetSynchronizationPoint: fault('ActionNotSupported', 'no', 500) },
    { lifeMs: 3_000 },
  );
  const { states } = follow(server);
  await until('it goes on pulling', () => server.count('PullMessages') >= 3);
  expect(server.count('CreatePullPointSubscription')).toBe(1);
  expect(states).toEqual([{ up: true, trouble: null }]);
});

test('never asks in a tight loop, whatever the device does', async () => {
  const server = await eventDevice({
    PullMessages: `<tev:PullMessagesResponse><tev:CurrentTime>2000-01-01T00:00:00Z</tev:CurrentTime><tev:TerminationTime>2000-01-01T01:00:00Z</tev:TerminationTime></tev:PullMessagesResponse>`,
  });
  follow(server);
  await until('some requests', () => server.count('PullMessages') >= 2);
  const before = server.count('PullMessages');
  const from = performance.now();
  await until('two more', () => server.count('PullMessages') >= before + 2, 15_000);
  expect(performance.now() - from).toBeGreaterThan(1_500);
  // neither when it refuses everything
  const rude = await eventDevice({ PullMessages: fault('InvalidArgVal', 'no such subscription') });
  const { states } = follow(rude);
  await until('it says so', () => states.some((s) => !s.up && s.trouble === 'refused'));
  expect(rude.asked.length).toBeLessThan(12);
});

test('asks for shorter waits where long ones are refused', async () => {
  const server = await eventDevice({}, { lifeMs: 600_000 });
  const usual = server.answers['PullMessages']!;
  server.answers['PullMessages'] = (asked) =>
    Number(/Timeout>PT([\d.]+)S/.exec(asked.body)?.[1]) > 30 ? fault('InvalidArgVal', 'Timeout too long') : usual;
  const { states, events } = follow(server);
  await until('a request waits at the device', () => server.waiting() === 1);
  server.push(message('tns1:Device/Trigger/Relay', 'LogicalState', 'active'));
  await until('the event', () => events.length === 1);
  expect(events[0]).toMatchObject({ kind: 'relay', active: true });
  expect(states).toEqual([{ up: true, trouble: null }]);
});

test('comes back by itself after a fault, and says what was wrong', { timeout: 30_000 }, async () => {
  const server = await eventDevice();
  const { events, states } = follow(server);
  await until('a request waits at the device', () => server.waiting() === 1);
  const usual = server.answers['PullMessages']!;
  server.answers['PullMessages'] = (_asked, response) => void response.destroy();
  server.cut();
  await until('it is told', () => states.at(-1)?.up === false);
  expect(states.at(-1)?.trouble).toBe('unreachable');
  server.answers['PullMessages'] = usual;
  await until(
    'a request waits again',
    () => server.count('CreatePullPointSubscription') >= 2 && server.waiting() >= 1,
    15_000,
  );
  server.push(message('tns1:RuleEngine/FieldDetector/ObjectsInside', 'IsInside', 'true'));
  await until('the event', () => events.length === 1);
  expect(events[0]?.kind).toBe('field-entered');
  expect(states.at(-1)).toEqual({ up: true, trouble: null });
});

test('asks for a shorter life where a long one is refused', async () => {
  const server = await eventDevice();
  const usual = server.answers['CreatePullPointSubscription']!;
  server.answers['CreatePullPointSubscription'] = (asked) =>
    asked.body.includes('InitialTerminationTime')
      ? fault('InvalidArgVal', 'UnacceptableInitialTerminationTime')
      : usual;
  const { states } = follow(server);
  await until('a request waits at the device', () => server.waiting() === 1);
  expect(states.every((s) => s.up)).toBe(true);
  expect(server.count('CreatePullPointSubscription')).toBe(3);
});

test('a device without events costs one question', async () => {
  const server = await eventDevice({ ...smallDevice('/onvif/services', ['device', 'media2']) });
  const { states } = follow(server);
  await until('it is told', () => states.length === 1);
  expect(states).toEqual([{ up: false, trouble: 'unsupported' }]);
  expect(server.count('CreatePullPointSubscription')).toBe(0);
});
