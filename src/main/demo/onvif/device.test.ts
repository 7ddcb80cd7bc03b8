import { createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { deviceUser, plainDevice } from '../../../../tests/support/onvif/plain-device.ts';
import type { OnvifDevice, OnvifDeviceOptions } from './device.ts';
import { createOnvifDevice } from './device.ts';
import { ns } from './namespaces.ts';
import { createPtzHead } from './ptz-head.ts';
import type { XmlElement } from './xml-read.ts';
import { childOf, pathOf, readXml } from './xml-read.ts';

let device: OnvifDevice | null = null;
let url = '';
afterEach(async () => {
  await device?.close();
  device = null;
});

async function start(options: Partial<OnvifDeviceOptions> = {}): Promise<OnvifDevice> {
  device = createOnvifDevice({ ...plainDevice(), ...options });
  url = `http://127.0.0.1:${await device.start()}`;
  return device;
}

function token(password = deviceUser.password, atMs = Date.now()): string {
  const nonce = randomBytes(16);
  const created = new Date(atMs).toISOString();
  const digest = createHash('sha1').update(nonce).update(created).update(password).digest('base64');
  return `<w:Security xmlns:w="${ns.wsse}" s:mustUnderstand="1"><w:UsernameToken><w:Username>demo</w:Username><w:Password>${digest}</w:Password><w:Nonce>${nonce.toString('base64')}</w:Nonce><Created xmlns="urn:utility">${created}</Created></w:UsernameToken></w:Security>`;
}

async function post(body: string, header = token(), path = '/onvif/device_service', signal?: AbortSignal) {
  const prefixes = Object.entries(ns).map(([p, u]) => `xmlns:${p}="${u}"`);
  const response = await fetch(url + path, {
    method: 'POST',
    body: `<s:Envelope ${prefixes.join(' ')}><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`,
    ...(signal && { signal }),
  });
  const text = await response.text();
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    text,
    body: childOf(readXml(text), 'Body')?.children[0],
  };
}
const ask = async (body: string, path?: string): Promise<XmlElement> => {
  const { status, body: answer, text } = await post(body, token(), path);
  if (status !== 200 || !answer) throw new Error(`${status}: ${text}`);
  return answer;
};
/** Subcodes and reason of a fault. */
const faultOf = (body: XmlElement | undefined): string => {
  const codes: string[] = [];
  for (let at = childOf(body, 'Code'); at; at = childOf(at, 'Subcode')) codes.push(childOf(at, 'Value')?.text ?? '');
  return codes.join(' ');
};

describe('a virtual ONVIF device', () => {
  it('tells the time and its services to anybody, and nothing else without a password', async () => {
    await start();
    for (const open of [
      'GetSystemDateAndTime',
      'GetServices',
      'GetCapabilities',
      'GetHostname',
      'GetEndpointReference',
    ])
      expect((await post(`<tds:${open}/>`, '')).status, open).toBe(200);
    const closed = await post('<tds:GetDeviceInformation/>', '');
    expect(closed.status).toBe(401);
    expect(closed.challenge).toMatch(/Digest .*algorithm=MD5.*Digest .*algorithm=SHA-256/);
    expect(faultOf(closed.body)).toBe('s:Sender ter:NotAuthorized');
    expect(device?.refusals().count).toBe(0);
  });

  it('refuses a wrong password, an old token and a token seen before', async () => {
    const d = await start();
    const info = '<tds:GetDeviceInformation/>';
    const good = token();
    expect((await post(info, good)).status).toBe(200);
    for (const bad of [good, token('wrong'), token('secret', Date.now() - 600_000)]) {
      const { status, body } = await post(info, bad);
      expect(status).toBe(400);
      expect(faultOf(body)).toBe('s:Sender ter:NotAuthorized');
    }
    expect(d.refusals().count).toBe(3);
  });

  it('judges tokens by its own clock, which can be set', async () => {
    const d = await start();
    await ask(
      '<tds:SetSystemDateAndTime><tds:DateTimeType>Manual</tds:DateTimeType><tds:DaylightSavings>false</tds:DaylightSavings><tds:UTCDateTime><tt:Time><tt:Hour>3</tt:Hour><tt:Minute>4</tt:Minute><tt:Second>5</tt:Second></tt:Time><tt:Date><tt:Year>2020</tt:Year><tt:Month>2</tt:Month><tt:Day>29</tt:Day></tt:Date></tds:UTCDateTime></tds:SetSystemDateAndTime>',
    );
    expect(Math.abs(d.deviceClock.nowMs() - Date.UTC(2020, 1, 29, 3, 4, 5))).toBeLessThan(2000);
    const info = '<tds:GetDeviceInformation/>';
    expect((await post(info, token())).status).toBe(400);
    expect((await post(info, token('secret', d.deviceClock.nowMs()))).status).toBe(200);
  });

  it('answers nonsense with faults and goes on', async () => {
    await start();
    const raw = async (body: string | Uint8Array<ArrayBuffer>) => {
      const response = await fetch(`${url}/onvif/device_service`, { method: 'POST', body });
      return { status: response.status, fault: faultOf(childOf(readXml(await response.text()), 'Body')?.children[0]) };
    };
    expect(await raw('<a>')).toEqual({ status: 400, fault: 's:Sender ter:WellFormed' });
    expect(await raw('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')).toEqual({
      status: 400,
      fault: 's:Sender ter:WellFormed',
    });
    expect(await raw(new Uint8Array([0xff, 0xfe, 0x80]))).toEqual({ status: 400, fault: 's:Sender ter:WellFormed' });
    expect(await raw('<html/>')).toEqual({ status: 400, fault: 's:Sender ter:TagMismatch' });
    expect(await raw('<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>')).toEqual({
      status: 400,
      fault: 's:VersionMismatch',
    });
    expect(await raw('x'.repeat(300_000)).catch(() => 'cut')).toMatchObject({ status: 413 });
    expect(faultOf((await post('<tds:StartSystemRestore/>')).body)).toBe('s:Receiver ter:ActionNotSupported');
    expect(faultOf((await post('<a xmlns="urn:b"/>')).body)).toBe('s:Sender ter:UnknownAction');
    expect(faultOf((await post('<tds:toString/>')).body)).toBe('s:Receiver ter:ActionNotSupported');
    expect((await post('<tds:GetHostname/>', '<x:Odd xmlns:x="urn:x" s:mustUnderstand="1"/>')).status).toBe(400);
    expect((await fetch(`${url}/onvif/device_service`)).status).toBe(405);
    expect((await fetch(`${url}/`)).status).toBe(404);
    await ask('<tds:GetDeviceInformation/>');
  });

  it('speaks of H.265 only where there is a word for it', async () => {
    await start();
    const old = await ask('<trt:GetProfiles/>');
    expect(old.children.map((p) => p.attributes.get('token'))).toEqual(['profile-sub']);
    const all = await ask('<tr2:GetProfiles><tr2:Type>All</tr2:Type></tr2:GetProfiles>');
    expect(all.children.map((p) => pathOf(p, 'Configurations', 'VideoEncoder', 'Encoding')?.text)).toEqual([
      'H265',
      'H264',
    ]);
    const bare = await ask('<tr2:GetProfiles/>');
    expect(bare.children.map((p) => p.children.length)).toEqual([1, 1]);
    const uri = await ask(
      '<tr2:GetStreamUri><tr2:Protocol>RTSP</tr2:Protocol><tr2:ProfileToken>profile-main</tr2:ProfileToken></tr2:GetStreamUri>',
    );
    expect(childOf(uri, 'Uri')?.text).toBe('rtsp://127.0.0.1:554/main');
    const none = await post(
      '<tr2:GetStreamUri><tr2:Protocol>RTSP</tr2:Protocol><tr2:ProfileToken>x</tr2:ProfileToken></tr2:GetStreamUri>',
    );
    expect(faultOf(none.body)).toBe('s:Sender ter:InvalidArgVal ter:NoProfile');
  });

  it('keeps encoder settings within what it offers and refuses what a clip cannot follow', async () => {
    await start();
    const set = (width: number, kbps: number) =>
      post(
        `<tr2:SetVideoEncoderConfiguration><tr2:Configuration token="encoder-sub" GovLength="30"><tt:Name>n</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>360</tt:Height></tt:Resolution><tt:RateControl><tt:FrameRateLimit>15</tt:FrameRateLimit><tt:BitrateLimit>${kbps}</tt:BitrateLimit></tt:RateControl><tt:Quality>5</tt:Quality></tr2:Configuration></tr2:SetVideoEncoderConfiguration>`,
      );
    expect((await set(640, 512)).status).toBe(200);
    for (const [width, kbps] of [
      [320, 512],
      [640, 1e6],
      [640, 0],
    ] as const)
      expect(faultOf((await set(width, kbps)).body)).toBe('s:Receiver ter:Action ter:ConfigModify');
    const now = await ask(
      '<tr2:GetVideoEncoderConfigurations><tr2:ConfigurationToken>encoder-sub</tr2:ConfigurationToken></tr2:GetVideoEncoderConfigurations>',
    );
    expect(pathOf(now, 'Configurations', 'RateControl', 'BitrateLimit')?.text).toBe('512');
  });

  it('switches relays, tells inputs and motion to a PullPoint, and is renewed', async () => {
    const d = await start();
    const made = await ask(
      '<tev:CreatePullPointSubscription><tev:InitialTerminationTime>PT10S</tev:InitialTerminationTime></tev:CreatePullPointSubscription>',
      '/onvif/event_service',
    );
    const path = new URL(pathOf(made, 'SubscriptionReference', 'Address')?.text ?? '').pathname;
    const pull = async (seconds: number): Promise<string[]> => {
      const answer = await ask(
        `<tev:PullMessages><tev:Timeout>PT${seconds}S</tev:Timeout><tev:MessageLimit>50</tev:MessageLimit></tev:PullMessages>`,
        path,
      );
      return answer.children
        .filter((c) => c.name === 'NotificationMessage')
        .map((m) => {
          const message = pathOf(m, 'Message', 'Message');
          return `${message?.attributes.get('PropertyOperation')} ${childOf(m, 'Topic')?.text} ${pathOf(message, 'Data', 'SimpleItem')?.attributes.get('Value')}`;
        });
    };
    const first = await pull(1);
    expect(first).toContain('Initialized tns1:VideoSource/MotionAlarm false');
    expect(first).toContain('Initialized tns1:Device/Trigger/Relay inactive');
    const waiting = pull(20);
    d.setMotion(true);
    expect(await waiting).toEqual([
      'Changed tns1:VideoSource/MotionAlarm true',
      'Changed tns1:RuleEngine/CellMotionDetector/Motion true',
    ]);
    d.setMotion(true);
    d.terminals.setInput('input-1', true);
    await ask(
      '<tds:SetRelayOutputState><tds:RelayOutputToken>relay-1</tds:RelayOutputToken><tds:LogicalState>active</tds:LogicalState></tds:SetRelayOutputState>',
    );
    expect(await pull(1)).toEqual([
      'Changed tns1:Device/Trigger/DigitalInput true',
      'Changed tns1:Device/Trigger/Relay active',
    ]);
    expect(await pull(0)).toEqual([]);
    await ask('<tev:SetSynchronizationPoint/>', path);
    expect(await pull(1)).toContain('Initialized tns1:VideoSource/MotionAlarm true');
    await ask('<wsnt:Renew><wsnt:TerminationTime>PT60S</wsnt:TerminationTime></wsnt:Renew>', path);
    await ask('<wsnt:Unsubscribe/>', path);
    expect(faultOf((await post('<wsnt:Renew/>', token(), path)).body)).toContain('ter:ResourceUnknownFault');
  });

  it('lets through only the topics that were asked for, and keeps what an abandoned request did not take', async () => {
    const d = await start();
    const made = await ask(
      `<tev:CreatePullPointSubscription><tev:Filter><wsnt:TopicExpression Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">tns1:VideoSource//.|tns1:Device/Trigger/Relay</wsnt:TopicExpression></tev:Filter></tev:CreatePullPointSubscription>`,
    );
    const path = new URL(pathOf(made, 'SubscriptionReference', 'Address')?.text ?? '').pathname;
    const pull =
      '<tev:PullMessages><tev:Timeout>PT20S</tev:Timeout><tev:MessageLimit>50</tev:MessageLimit></tev:PullMessages>';
    const topics = (body: XmlElement | undefined): string[] =>
      (body?.children ?? []).flatMap((c) => childOf(c, 'Topic')?.text ?? []);
    expect(new Set(topics(await ask(pull, path)))).toEqual(
      new Set([
        'tns1:VideoSource/MotionAlarm',
        'tns1:VideoSource/GlobalSceneChange/ImagingService',
        'tns1:Device/Trigger/Relay',
      ]),
    );
    const given = new AbortController();
    const lost = post(pull, token(), path, given.signal).catch(() => 'gone');
    await new Promise((resolve) => setImmediate(resolve));
    given.abort();
    expect(await lost).toBe('gone');
    d.setTamper(true);
    d.terminals.setInput('input-1', true);
    expect(topics(await ask(pull, path))).toEqual(['tns1:VideoSource/GlobalSceneChange/ImagingService']);
    const bad = await post(
      '<tev:CreatePullPointSubscription><tev:Filter><wsnt:TopicExpression>not//a::topic</wsnt:TopicExpression></tev:Filter></tev:CreatePullPointSubscription>',
    );
    expect(faultOf(bad.body)).toContain('ter:InvalidFilterFault');
  });

  it('moves its head at a real speed, stops at its ends and by itself', async () => {
    const at = { ms: 0 };
    const head = createPtzHead({ monoMs: () => at.ms });
    await start({ head });
    const move = (x: number, seconds: number) =>
      ask(
        `<tptz:ContinuousMove><tptz:ProfileToken>profile-main</tptz:ProfileToken><tptz:Velocity><tt:PanTilt x="${x}" y="0"/></tptz:Velocity><tptz:Timeout>PT${seconds}S</tptz:Timeout></tptz:ContinuousMove>`,
      );
    const status = async () => {
      const s = await ask('<tptz:GetStatus><tptz:ProfileToken>profile-main</tptz:ProfileToken></tptz:GetStatus>');
      const pan = pathOf(s, 'PTZStatus', 'Position', 'PanTilt')?.attributes.get('x');
      return [Number(pan), pathOf(s, 'PTZStatus', 'MoveStatus', 'PanTilt')?.text];
    };
    await move(0.5, 1);
    at.ms = 500;
    expect(await status()).toEqual([0.1, 'MOVING']);
    at.ms = 60_000;
    expect(await status()).toEqual([0.2, 'IDLE']);
    await move(1, 60);
    at.ms = 100_000;
    expect(await status()).toEqual([1, 'IDLE']);
    await ask(
      '<tptz:GotoPreset><tptz:ProfileToken>profile-main</tptz:ProfileToken><tptz:PresetToken>2</tptz:PresetToken></tptz:GotoPreset>',
    );
    at.ms = 101_000;
    expect(await status()).toEqual([0.6, 'MOVING']);
    at.ms = 110_000;
    expect(await status()).toEqual([-0.5, 'IDLE']);
    const beyond = await post(
      '<tptz:AbsoluteMove><tptz:ProfileToken>profile-main</tptz:ProfileToken><tptz:Position><tt:PanTilt x="1.5" y="0"/></tptz:Position></tptz:AbsoluteMove>',
    );
    expect(faultOf(beyond.body)).toBe('s:Sender ter:InvalidArgVal ter:InvalidPosition');
  });
});
