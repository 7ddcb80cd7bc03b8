/**
 * The metadata of a virtual camera beside its pictures (ONVIF Streaming Specification §5.2): what its analysis sees in them, a few
 * times a second, and its events as they happen. While nobody has set it up it costs nothing.
 */
import type { Clip } from './clip.ts';
import type { ClipObjects, SeenObject } from './clip-objects.ts';
import type { Mount } from './mount.ts';
import type { EventHub, Happening } from './onvif/event-hub.ts';
import { messageXml } from './onvif/event-hub.ts';
import { ns } from './onvif/namespaces.ts';
import { el, joined, type Xml } from './onvif/xml-write.ts';
import { isoTime } from './onvif/xsd-time.ts';
import { burstOf, maxPayloadBytes, payloadType, type Burst } from './packetize.ts';

export type MetadataTrack = {
  /** With the pictures from now on, in their media time; the state of all that can happen first. Returns the end. */
  subscribe(mount: Mount, send: (burst: Burst, ticks: number) => void): () => void;
};

/** A document as packets: the marker is on its last. */
export function metadataBurst(inner: Xml): Burst {
  const spaces = { 'xmlns:tt': ns.tt, 'xmlns:wsnt': ns.wsnt, 'xmlns:tns1': ns.tns1 };
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n${joined(el('tt:MetadataStream', spaces, inner))}`;
  const bytes = Buffer.from(text);
  const payloads: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += maxPayloadBytes) payloads.push(bytes.subarray(at, at + maxPayloadBytes));
  return burstOf(payloads, payloadType.metadata, true);
}

/** Pixels, counted downwards, with the transformation that normalises them, as cameras write it. */
function frameXml(clip: Clip, objects: SeenObject[], timeMs: number): Xml {
  const { width, height } = clip;
  const across = (thousandths: number, of: number): number => Math.round((thousandths * of) / 1000);
  return el(
    'tt:VideoAnalytics',
    el(
      'tt:Frame',
      { UtcTime: isoTime(timeMs), Source: 'VideoSourceConfig' },
      el('tt:Transformation', el('tt:Translate', { x: -1, y: 1 }), el('tt:Scale', { x: 2 / width, y: -2 / height })),
      objects.map(([id, kind, likelihood, left, top, right, bottom]) =>
        el(
          'tt:Object',
          { ObjectId: id },
          el(
            'tt:Appearance',
            el(
              'tt:Shape',
              el('tt:BoundingBox', {
                left: across(left, width),
                top: across(top, height),
                right: across(right, width),
                bottom: across(bottom, height),
              }),
              el('tt:CenterOfGravity', { x: across((left + right) / 2, width), y: across((top + bottom) / 2, height) }),
            ),
            el('tt:Class', el('tt:Type', { Likelihood: likelihood / 100 }, kind)),
          ),
        ),
      ),
    ),
  );
}

/** `objects`: by view of the mount; `wanted`: what the device is set to send. */
export function createMetadataTrack(options: {
  objects: ClipObjects[];
  hub: () => EventHub;
  deviceMs: () => number;
  wanted: () => { analytics: boolean; events: boolean };
}): MetadataTrack {
  const { deviceMs, wanted } = options;
  return {
    subscribe(mount, send) {
      let waiting: Happening[] = [];
      const leaveHub = options.hub().follow((happening) => {
        waiting.push(happening);
      });
      const leaveMount = mount.subscribe({
        // With the next picture: what happened is in one document, and its time is a picture's.
        picture(_, __, ticks) {
          const { analytics, events } = wanted();
          const happened = waiting;
          waiting = [];
          if (events && happened.length > 0) send(metadataBurst(el('tt:Event', happened.map(messageXml))), ticks);
          const now = mount.present();
          const objects = now === null ? undefined : options.objects[now.view];
          if (!analytics || now === null || objects === undefined || now.frame % objects.every !== 0) return;
          send(metadataBurst(frameXml(mount.clip, objects.at(now.frame), deviceMs())), ticks);
        },
        sound() {
          // Nothing listens for sounds.
        },
      });
      return () => {
        leaveHub();
        leaveMount();
      };
    },
  };
}
