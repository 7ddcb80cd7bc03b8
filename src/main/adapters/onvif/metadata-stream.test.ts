import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMetadataDocument, streamLimits } from './metadata-door.ts';

const nowMs = 1_700_000_000_000;
const document = (inner: string, root = 'tt:MetadataStream'): Buffer =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:tns1="http://www.onvif.org/ver10/topics">${inner}</${root}>`,
  );
const frame = (inner: string, attributes = 'UtcTime="2026-03-04T05:06:07.250Z"'): string =>
  `<tt:VideoAnalytics><tt:Frame ${attributes}>${inner}</tt:Frame></tt:VideoAnalytics>`;
const object = (shape: string, more = ''): string =>
  `<tt:Object ObjectId="12"><tt:Appearance>${more}<tt:Shape>${shape}</tt:Shape></tt:Appearance></tt:Object>`;
const objects = (inner: string) => readMetadataDocument(document(inner), nowMs).objects;
const read = (text: string | Buffer) => readMetadataDocument(Buffer.from(text), nowMs);

describe('objects', () => {
  test('a box in normalised coordinates is a part of the picture, upwards', () => {
    expect(objects(frame(object('<tt:BoundingBox left="-1" top="1" right="0" bottom="0.5"/>')))).toEqual([
      { id: '12', class: null, likelihood: null, box: { x: 0, y: 0, width: 0.5, height: 0.25 } },
    ]);
  });
  test('the transformations of frame and object bring pixels there, whichever way they count', () => {
    // 640 × 480, counted downwards; the object has its own corner at 320, 240
    const pixels =
      '<tt:Transformation><tt:Translate x="-1" y="1"/><tt:Scale x="0.003125" y="-0.0041666667"/></tt:Transformation>';
    const own = '<tt:Transformation><tt:Translate x="320" y="240"/></tt:Transformation>';
    const box = '<tt:BoundingBox left="0" top="0" right="160" bottom="120"/>';
    const [plain] =
      objects(frame(`${pixels}${object('<tt:BoundingBox left="320" top="240" right="480" bottom="360"/>')}`)) ?? [];
    const [nested] = objects(frame(`${pixels}${object(box, own)}`)) ?? [];
    for (const seen of [plain, nested]) {
      expect(seen?.box.x).toBeCloseTo(0.5, 6);
      expect(seen?.box.y).toBeCloseTo(0.5, 6);
      expect(seen?.box.width).toBeCloseTo(0.25, 6);
      expect(seen?.box.height).toBeCloseTo(0.25, 6);
    }
  });
  test('a polygon is taken by its bounds', () => {
    const points = [
      [-0.5, 0],
      [0, 0.5],
      [0.5, 0],
      [0, -0.5],
    ].map(([x, y]) => `<tt:Point x="${String(x)}" y="${String(y)}"/>`);
    expect(objects(frame(object(`<tt:Polygon>${points.join('')}</tt:Polygon>`)))?.[0]?.box).toEqual({
      x: 0.25,
      y: 0.25,
      width: 0.5,
      height: 0.5,
    });
  });
  test.each([
    [
      '<tt:ClassCandidate><tt:Type>Vehicle</tt:Type><tt:Likelihood>0.2</tt:Likelihood></tt:ClassCandidate><tt:ClassCandidate><tt:Type>Human</tt:Type><tt:Likelihood>0.7</tt:Likelihood></tt:ClassCandidate>',
      'Human',
      0.7,
    ],
    ['<tt:Type Likelihood="0.91">Bike</tt:Type>', 'Bike', 0.91],
    ['<tt:Type Likelihood="88">Car</tt:Type>', 'Car', 0.88],
    [
      '<tt:ClassCandidate><tt:Type>Other</tt:Type><tt:Likelihood>0.9</tt:Likelihood></tt:ClassCandidate><tt:Extension><tt:OtherTypes><tt:Type>Forklift</tt:Type><tt:Likelihood>0.6</tt:Likelihood></tt:OtherTypes></tt:Extension>',
      'Forklift',
      0.6,
    ],
    ['<tt:Type>Human</tt:Type>', 'Human', null],
    ['', null, null],
  ])('the likeliest class of %s', (classes, name, likelihood) => {
    const shape = '<tt:BoundingBox left="-1" top="1" right="1" bottom="-1"/>';
    const xml = frame(
      `<tt:Object ObjectId="1"><tt:Appearance><tt:Shape>${shape}</tt:Shape><tt:Class>${classes}</tt:Class></tt:Appearance></tt:Object>`,
    );
    expect(objects(xml)?.[0]).toMatchObject({ class: name, likelihood });
  });
  test('frames of one time are one picture, an older one is past, an empty one is an empty picture', () => {
    const one = (left: number): string =>
      object(`<tt:BoundingBox left="${String(left)}" top="1" right="1" bottom="-1"/>`);
    const at = (s: number): string => `UtcTime="2026-03-04T05:06:0${String(s)}Z"`;
    expect(objects(frame(one(-1), at(1)) + frame(one(-0.5), at(2)) + frame(one(0), at(2)))).toHaveLength(2);
    expect(objects(frame('', at(3)))).toEqual([]);
    expect(objects('')).toBeNull();
  });
  test('what cannot be a box is left out', () => {
    for (const box of [
      'left="100" top="200" right="300" bottom="100"',
      'left="a" top="1" right="1" bottom="0"',
      'left="0.5" top="1" right="0.5" bottom="0"',
      'left="0.5"',
      `left="1e400" top="1" right="0" bottom="0"`,
    ])
      expect(objects(frame(object(`<tt:BoundingBox ${box}/>`)))).toEqual([]);
    expect(objects(frame(`<tt:Object ObjectId="1"/>`))).toEqual([]);
  });
  test('any numbers give boxes inside of the picture, or none', () => {
    const number = fc.oneof(fc.double(), fc.double({ min: -2, max: 2, noNaN: true }));
    const side = fc.tuple(number, number, number, number, number, number);
    fc.assert(
      fc.property(side, ([left, top, right, bottom, scale, move]) => {
        const xml = `<tt:Transformation><tt:Translate x="${String(move)}" y="0"/><tt:Scale x="${String(scale)}" y="1"/></tt:Transformation>`;
        const sides = `left="${String(left)}" top="${String(top)}" right="${String(right)}" bottom="${String(bottom)}"`;
        for (const { box } of objects(frame(xml + object(`<tt:BoundingBox ${sides}/>`))) ?? []) {
          expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
          expect(Math.max(box.x + box.width, box.y + box.height)).toBeLessThanOrEqual(1 + 1e-9);
          expect(Math.min(box.width, box.height)).toBeGreaterThan(0);
        }
      }),
    );
  });
});

const message = (operation: string, state: boolean): string =>
  `<tt:Event><wsnt:NotificationMessage><wsnt:Topic Dialect="x">tns1:VideoSource/MotionAlarm</wsnt:Topic><wsnt:Message><tt:Message UtcTime="2026-03-04T05:06:07Z" PropertyOperation="${operation}"><tt:Source><tt:SimpleItem Name="Source" Value="video-1"/></tt:Source><tt:Data><tt:SimpleItem Name="State" Value="${String(state)}"/></tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage></tt:Event>`;

test('events are read as those of a PullPoint are', () => {
  const { events, objects: none } = read(document(message('Changed', true) + message('Initialized', false)));
  expect(none).toBeNull();
  expect(events).toMatchObject([
    { kind: 'motion', source: 'video-1', active: true, initial: false, deviceMs: Date.UTC(2026, 2, 4, 5, 6, 7) },
    { kind: 'motion', source: 'video-1', active: false, initial: true },
  ]);
});

describe('hostile documents', () => {
  const laughs = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i] ?? ''} "${`&${'abcdefghi'[i] ?? ''};`.repeat(10)}">`).join('')}]><tt:MetadataStream xmlns:tt="x">&j;</tt:MetadataStream>`;
  test.each([
    ['a billion laughs', laughs],
    [
      'an entity from outside',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><MetadataStream>&x;</MetadataStream>',
    ],
    ['an unknown entity', '<MetadataStream>&x;</MetadataStream>'],
    ['another root', '<Envelope/>'],
    ['an open end', '<MetadataStream><VideoAnalytics>'],
    ['too deep', `<MetadataStream>${'<a>'.repeat(40)}${'</a>'.repeat(40)}</MetadataStream>`],
    ['too many elements', `<MetadataStream>${'<a/>'.repeat(streamLimits.elements + 1)}</MetadataStream>`],
    ['too many attributes', `<MetadataStream>${`<a b="" c="" d="" e="" f=""/>`.repeat(3_000)}</MetadataStream>`],
    ['too large', Buffer.concat([Buffer.from('<MetadataStream>'), Buffer.alloc(streamLimits.bytes, ' ')])],
    ['nothing', ''],
  ])('%s is refused, soon', (_, bytes) => {
    const begun = performance.now();
    expect(() => read(bytes)).toThrow();
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
  test('however many, only so many objects and events are taken', () => {
    const many = frame(object('<tt:BoundingBox left="-1" top="1" right="1" bottom="-1"/>').repeat(300));
    expect(objects(many)).toHaveLength(64);
    expect(read(document(message('Changed', true).repeat(100))).events).toHaveLength(64);
  });
  test('whatever comes: a document, or a refusal', () => {
    const piece = fc.constantFrom(
      '<tt:Frame>',
      '</tt:Frame>',
      '<tt:Object ObjectId="1">',
      '&lt;',
      '<!--',
      ']]>',
      '<![CDATA[',
      '\u0000',
      'x',
      '/>',
      '"',
      '<?',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          read(document(pieces.join('')));
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
