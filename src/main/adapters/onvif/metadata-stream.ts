/**
 * One document of a metadata stream (`tt:MetadataStream`, ONVIF Streaming Specification §5.2; frames and objects: Analytics
 * Service §5.3), read into our words. As with every answer of a device, names decide and prefixes do not.
 */
import { mostObjects, type CameraObject } from '#domain/camera-objects.ts';
import type { DeviceEvent } from '#domain/device-event.ts';
import { all, at, attribute, numberAt, numberOf, short, textAt, type Element } from './element.ts';
import { readNotification } from './events-topic.ts';
import { parseXml, XmlRefusal, type XmlLimits } from './parse-xml.ts';
import { momentMs } from './time-text.ts';

/** A document is small: what is larger is none, or is meant to hurt. */
export const streamLimits: XmlLimits = { bytes: 128 * 1024, depth: 32, elements: 4_000, attributes: 12_000 };
const mostEvents = 64;

export type MetadataDocument = {
  events: DeviceEvent[];
  /** Everything that the newest picture of the document shows; null: it tells of no picture. */
  objects: CameraObject[] | null;
};

/** Reads a whole document; `nowMs`: the time of events that have none. Throws for what is not taken. */
export function readMetadataDocument(bytes: Uint8Array, nowMs: number): MetadataDocument {
  const root = parseXml(bytes, streamLimits);
  if (root.name !== 'MetadataStream') throw new XmlRefusal('it is no metadata stream', false);
  return { events: readEvents(root, nowMs), objects: readObjects(root) };
}

function readEvents(root: Element, nowMs: number): DeviceEvent[] {
  return all(root, 'Event')
    .flatMap((event) => all(event, 'NotificationMessage'))
    .slice(0, mostEvents)
    .flatMap((message) => readNotification(message, nowMs) ?? []);
}

/** Some cameras write one frame for each object of a picture: frames of one time are one picture. */
function readObjects(root: Element): CameraObject[] | null {
  const frames = all(root, 'VideoAnalytics').flatMap((analytics) => all(analytics, 'Frame'));
  const newest = frames.at(-1);
  if (newest === undefined) return null;
  const time = attribute(newest, 'UtcTime');
  const timeMs = momentMs(time);
  return frames
    .filter((f) => f === newest || (timeMs !== null && momentMs(attribute(f, 'UtcTime')) === timeMs))
    .flatMap((frame) => {
      const toPicture = transformation(frame, same);
      return all(frame, 'Object').flatMap((object) => readObject(object, toPicture) ?? []);
    })
    .slice(0, mostObjects);
}

/** From a node's own coordinates to the normalised ones, in which the picture reaches from −1 to 1, upwards. */
type Transformation = (x: number, y: number) => [x: number, y: number];
const same: Transformation = (x, y) => [x, y];

/** What a node's `tt:Transformation` does, and then that of the node around it: first it scales, then it moves. */
function transformation(node: Element | null, outer: Transformation): Transformation {
  const own = at(node, 'Transformation');
  if (own === null) return outer;
  const number = (name: string, axis: string, otherwise: number): number =>
    numberOf(attribute(at(own, name), axis)) ?? otherwise;
  const [kx, ky] = [number('Scale', 'x', 1), number('Scale', 'y', 1)];
  const [dx, dy] = [number('Translate', 'x', 0), number('Translate', 'y', 0)];
  return (x, y) => outer(x * kx + dx, y * ky + dy);
}

function readObject(object: Element, toPicture: Transformation): CameraObject | null {
  const appearance = at(object, 'Appearance');
  const shape = at(appearance, 'Shape');
  const box = boxOf(corners(shape), transformation(shape, transformation(appearance, toPicture)));
  if (box === null) return null;
  return { id: (attribute(object, 'ObjectId') ?? '').slice(0, 64), ...classOf(at(appearance, 'Class')), box };
}

/** Two opposite corners, or all of a polygon. */
function corners(shape: Element | null): [x: number | null, y: number | null][] {
  const box = at(shape, 'BoundingBox');
  const side = (name: string): number | null => numberOf(attribute(box, name));
  if (box !== null)
    return [
      [side('left'), side('top')],
      [side('right'), side('bottom')],
    ];
  return all(at(shape, 'Polygon'), 'Point')
    .slice(0, 256)
    .map((p) => [numberOf(attribute(p, 'x')), numberOf(attribute(p, 'y'))]);
}

/** The part of the picture that a shape covers; null for none, and for coordinates that cannot be normalised ones. */
function boxOf(points: [x: number | null, y: number | null][], toPicture: Transformation): CameraObject['box'] | null {
  if (points.length < 2) return null;
  const xs: number[] = [];
  const ys: number[] = [];
  for (const [x, y] of points) {
    if (x === null || y === null) return null;
    const [nx, ny] = toPicture(x, y);
    // An object may reach over the edge, but pixels without a transformation are no parts of a picture.
    if (!(Math.abs(nx) <= 2 && Math.abs(ny) <= 2)) return null;
    xs.push((nx + 1) / 2);
    ys.push((1 - ny) / 2);
  }
  const within = (v: number): number => Math.min(1, Math.max(0, v));
  const [left, right] = [within(Math.min(...xs)), within(Math.max(...xs))];
  const [top, bottom] = [within(Math.min(...ys)), within(Math.max(...ys))];
  return right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : null;
}

/** Percent where it cannot be a part: seen in firmware. */
const likelihoodOf = (said: number | null): number | null =>
  said === null || said < 0 || said > 100 ? null : said > 1 ? said / 100 : said;

/** The likeliest class, from the older `ClassCandidate` and the newer `Type` (Analytics Service §5.3.5). */
function classOf(element: Element | null): Pick<CameraObject, 'class' | 'likelihood'> {
  const candidates = [
    ...all(element, 'Type').map((e) => ({
      name: e.text,
      likelihood: likelihoodOf(numberOf(attribute(e, 'Likelihood'))),
    })),
    ...all(element, 'ClassCandidate').map((e) => ({
      name: textAt(e, 'Type') ?? '',
      likelihood: likelihoodOf(numberAt(e, 'Likelihood')),
    })),
    ...all(at(element, 'Extension'), 'OtherTypes').map((e) => ({
      name: textAt(e, 'Type') ?? '',
      likelihood: likelihoodOf(numberAt(e, 'Likelihood')),
    })),
  ].filter((c) => c.name !== '' && c.name !== 'Other');
  const best = candidates.reduce<(typeof candidates)[number] | null>(
    (a, b) => (a === null || (b.likelihood ?? 0) > (a.likelihood ?? 0) ? b : a),
    null,
  );
  return { class: short(best?.name ?? null, 40), likelihood: best?.likelihood ?? null };
}
