/** The metadata beside the pictures, on the wire: whatever a camera does with it, its pictures go on. */
import { afterEach, describe, expect, test } from 'vitest';
import type { CameraId, StreamId } from '#domain/id.ts';
import { systemClock } from '#lib/clock.ts';
import { createIngest } from '#workers/ingest/ingest.ts';
import type { IngestReport, MetadataLine, MetadataWant } from '#workers/ingest/port.ts';
import { type Script, startScriptedCamera } from '../support/rtsp-server/scripted-camera.ts';
import { until } from '../support/until.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const streamId = 1 as StreamId;
const sdpWith = (form: string | null): string =>
  [
    'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\na=control:*',
    'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1',
    ...(form === null ? [] : [`m=application 0 RTP/AVP 107\r\na=rtpmap:107 ${form}/90000\r\na=control:track2`]),
    '',
  ].join('\r\n');
const plain = 'vnd.onvif.metadata';

/** One RTP packet in its interleaved frame, on the channel of the second track. */
function packet(text: string, sequence: number, ticks: number, marker: boolean): Buffer {
  const payload = Buffer.from(text);
  const bytes = Buffer.alloc(16 + payload.length);
  bytes.set([0x24, 2], 0);
  bytes.writeUInt16BE(12 + payload.length, 2);
  bytes.set([0x80, 107 | (marker ? 0x80 : 0)], 4);
  bytes.writeUInt16BE(sequence & 0xffff, 6);
  bytes.writeUInt32BE(ticks, 8);
  bytes.writeUInt32BE(0x4321, 12);
  payload.copy(bytes, 16);
  return bytes;
}

const motion = (active: boolean): string =>
  `<tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema"><tt:Event><wsnt:NotificationMessage xmlns:wsnt="b"><wsnt:Topic>tns1:VideoSource/MotionAlarm</wsnt:Topic><wsnt:Message><tt:Message UtcTime="2026-03-04T05:06:07Z" PropertyOperation="Changed"><tt:Data><tt:SimpleItem Name="State" Value="${String(active)}"/></tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage></tt:Event></tt:MetadataStream>`;

async function open(script: Script, want: MetadataWant | null = { events: true, objects: 'none' }) {
  const camera = await startScriptedCamera(script);
  cleanups.push(() => camera.close());
  const reports: IngestReport[] = [];
  let drained = false;
  const ingest = createIngest({
    setup: { ffmpeg: null, boot: 'test', maxPendingBytes: 8e6, maxPreRollBytes: 64e6, maxCachedGopBytes: 4e6 },
    clock: systemClock,
    post: (report) => void reports.push(report),
    usage: () => ({ cpuSeconds: 0, heapBytes: 0 }),
    drained: () => {
      drained = true;
    },
  });
  cleanups.push(async () => {
    ingest.command({ op: 'drain' });
    await until('drained', () => drained);
  });
  ingest.command({
    op: 'start',
    stream: {
      streamId,
      cameraId: '01JD0000000000000000000000' as CameraId,
      kind: 'main',
      label: 'test',
      url: camera.url(),
      transport: 'tcp',
      username: null,
      password: null,
      record: null,
      notBeforeMs: 0,
      metadata: want,
    },
  });
  const status = () => reports.flatMap((r) => (r.op === 'status' ? r.streams : [])).at(-1)?.status;
  const lines = (): MetadataLine['is'][] => reports.flatMap((r) => (r.op === 'metadata-line' ? [r.line.is] : []));
  const leftOut = (): number =>
    Math.max(0, ...reports.flatMap((r) => (r.op === 'metadata-line' ? [r.line.leftOut] : [])));
  return {
    camera,
    ingest,
    status,
    lines,
    leftOut,
    events: () => reports.flatMap((r) => (r.op === 'metadata' ? r.events : [])),
    live: () => until('pictures', () => status()?.state === 'live'),
    asked: (): number => camera.requests.filter((q) => q.method === 'SETUP' && q.uri.endsWith('track2')).length,
  };
}

describe('metadata', () => {
  test('is read from its track, split over packets or several in one, and nothing else is taken for it', async () => {
    const r = await open({ sdp: sdpWith(plain) });
    await r.live();
    expect(r.lines()).toEqual(['reading']);
    let n = 0;
    const text = motion(true);
    for (let at = 0; at < text.length; at += 50)
      r.camera.inject(packet(text.slice(at, at + 50), n++, 9_000, at + 50 >= text.length));
    r.camera.inject(packet(motion(false) + motion(true), n++, 18_000, true));
    await until('three events', () => r.events().length === 3);
    expect(r.events().map((e) => e.active)).toEqual([true, false, true]);
    expect(r.status()).toMatchObject({ state: 'live', packetsLost: 0 });
  });

  test('that is hostile costs no picture and does not keep the next from being read', async () => {
    const r = await open({ sdp: sdpWith(plain) });
    await r.live();
    let n = 0;
    const laughs = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]><MetadataStream>&b;NotificationMessage</MetadataStream>`;
    r.camera.inject(packet(laughs, n++, 1, true));
    // a document that never ends, 2 MB of it
    for (let i = 0; i < 1_500; i++) r.camera.inject(packet('<MetadataStream>'.padEnd(1_400, 'x'), n++, 2, false));
    // a flood of large ones, each whole
    const large = `<MetadataStream>NotificationMessage${'<a/>'.repeat(10_000)}</MetadataStream>`;
    for (let i = 0; i < 40; i++)
      for (let at = 0; at < large.length; at += 8_000)
        r.camera.inject(packet(large.slice(at, at + 8_000), n++, 10 + i, at + 8_000 >= large.length));
    r.camera.inject(packet(motion(true), n++, 100, true));
    r.camera.inject(packet('', n + 7, 101, true)); // five packets are missing before this one
    await until('a good one, when the flood is over', () => {
      r.camera.inject(packet(motion(true), ++n + 7, 200 + n, true));
      return r.events().length > 0;
    });
    await until('what was left out', () => r.leftOut() > 0, 15_000);
    expect(r.status()).toMatchObject({ state: 'live', packetsLost: 0, reconnects: 0 });
  });

  test.each([`${plain}.gzip`, `${plain}.exi.onvif`, `${plain}.exi.ext`])('as %s is known and left', async (form) => {
    const r = await open({ sdp: sdpWith(form) });
    await r.live();
    expect([r.lines(), r.asked()]).toEqual([['compressed'], 0]);
  });

  test('that nobody wants is left, and where there is none there is none', async () => {
    const unwanted = await open({ sdp: sdpWith(plain) }, null);
    await unwanted.live();
    expect([unwanted.lines(), unwanted.asked()]).toEqual([['left'], 0]);
    const none = await open({ sdp: sdpWith(null) });
    await none.live();
    expect([none.lines(), none.asked()]).toEqual([['none'], 0]);
  });

  test('that the camera offers and refuses costs no picture', async () => {
    const r = await open({
      sdp: sdpWith(plain),
      answer: (q) => (q.method === 'SETUP' && q.uri.endsWith('track2') ? { status: '459 Aggregate' } : 'usual'),
    });
    await r.live();
    expect([r.lines(), r.asked(), r.status()?.reconnects]).toEqual([['refused'], 1, 0]);
  });

  test('that ends the stream is asked for once, and not again while it is known', async () => {
    const asking = new Set<unknown>();
    const r = await open({
      sdp: sdpWith(plain),
      answer(q) {
        if (q.method === 'SETUP' && q.uri.endsWith('track2')) asking.add(q.from);
        if (q.method !== 'PLAY' || !asking.has(q.from)) return 'usual';
        q.from.destroy();
        return 'silence';
      },
    });
    await r.live();
    expect(r.asked()).toBe(1);
    expect(r.lines().at(-1)).toBe('refused');
    r.camera.cut();
    await until('the loss', () => r.status()?.state !== 'live');
    await r.live();
    expect(r.asked()).toBe(1);
    expect(r.lines().at(-1)).toBe('refused');
  });

  test('is read as it is wanted now', async () => {
    const r = await open({ sdp: sdpWith(plain) }, { events: false, objects: 'none' });
    await r.live();
    r.camera.inject(packet(motion(true), 0, 1, true));
    r.ingest.command({ op: 'metadata', streamId, want: { events: true, objects: 'none' } });
    r.camera.inject(packet(motion(false), 1, 2, true));
    await until('an event', () => r.events().length > 0);
    expect(r.events().at(-1)?.active).toBe(false);
  });
});
