import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '#contract/error.ts';
import { makerReply, makerReplyNames } from '../../../../tests/support/onvif/maker-replies.ts';
import { at, numberAt, within } from './element.ts';
import { envelope, faultError, isAboutSender, isLocked, readReply } from './envelope.ts';
import { readNotification } from './events-topic.ts';
import { readXml } from './read-xml.ts';
import { readDatagram } from './discovery/message.ts';
import { escaped, xml } from './write-xml.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
/** What reading gives, or the error's code; anything but a `DEVICE` error fails the test. */
function outcome(read: () => unknown): 'read' | 'refused' {
  try {
    read();
    return 'read';
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'DEVICE') throw error;
    return 'refused';
  }
}

test('whatever arrives, it is read or refused with DEVICE', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      '<a>',
      '</a>',
      '<a b="',
      '"',
      '&',
      '&amp;',
      '&#x41;',
      '&#99999999;',
      '&lol;',
      '<!DOCTYPE a [',
      '<!ENTITY x "y">',
      ']>',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<?xml version="1.0"?>',
      '<s:Envelope>',
      '<s:Body>',
      '</s:Body></s:Envelope>',
      'xmlns:a="b"',
      '\u0000',
      '\uFEFF',
      '=',
      "'",
      '<__proto__ constructor="1">',
      '</__proto__>',
      '&constructor;',
    ),
    fc.string({ maxLength: 20 }),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }),
      fc.option(fc.constantFrom('utf-8', 'gb2312', 'nonsense', 'utf-16le'), { nil: null }),
      (pieces, charset) => {
        outcome(() => readXml(bytes(pieces.join('')), charset));
        outcome(() => readReply(bytes(pieces.join('')), 'application/soap+xml'));
        readDatagram(bytes(pieces.join('')), '192.0.2.1', 0);
      },
    ),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (raw) => {
      outcome(() => readXml(raw));
      outcome(() => readReply(raw, null));
      readDatagram(raw, '::1', 0);
    }),
    { numRuns: 1_000 },
  );
});

test('what is written is read back as it was', () => {
  const text = fc
    .string({ unit: 'grapheme', maxLength: 60 })
    .map((t) => t.replace(/[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''));
  fc.assert(
    fc.property(text, text, (a, b) => {
      const root = readXml(bytes(xml`<r x="${a}"><t>${b}</t></r>`.xml));
      expect(root.attributes.get('x')).toBe(a);
      expect(at(root, 't')?.text).toBe(b.trim());
    }),
  );
  expect(escaped('\u0000<&>"\'\uD800')).toBe('&lt;&amp;&gt;&quot;&apos;');
});

test('damaged replies of real devices never do harm', () => {
  for (const name of makerReplyNames()) {
    const whole = makerReply(name);
    expect(
      outcome(() => readReply(whole, 'application/soap+xml')),
      name,
    ).toBe('read');
    for (const share of [0.1, 0.5, 0.9, 0.99])
      outcome(() => readReply(whole.subarray(0, Math.floor(whole.length * share)), null));
  }
  const reply = makerReply('GetServices');
  fc.assert(
    fc.property(fc.nat(reply.length - 1), fc.integer({ min: 0, max: 255 }), (place, value) => {
      const damaged = Buffer.from(reply);
      damaged[place] = value;
      outcome(() => readReply(damaged, 'text/xml'));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['a billion laughs', '<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><l>&b;</l>'],
  ['an outside entity', '<!DOCTYPE l SYSTEM "http://192.0.2.1/x.dtd"><l/>'],
  ['an unknown entity', '<l>&nbsp;</l>'],
  ['two roots', '<a/><b/>'],
  ['half of one', '<a><b></b>'],
  ['crossed tags', '<a><b></a></b>'],
  ['65 levels', '<a>'.repeat(65) + '</a>'.repeat(65)],
  ['30,001 elements', `<a>${'<b/>'.repeat(30_000)}</a>`],
  ['2 MB and a byte', `<a>${'x'.repeat(2 * 1024 * 1024 - 6)}</a>`],
  ['nothing', ''],
])('refuses %s', (_what, text) => {
  const from = performance.now();
  expect(outcome(() => readXml(bytes(text)))).toBe('refused');
  expect(performance.now() - from).toBeLessThan(2_000);
});

test('reads other charsets, blanks and NULs around, makers who forget to declare prefixes', () => {
  expect(readXml(Buffer.from('\uFEFF  <?xml version="1.0"?>\n<x:a>\u00e9</x:a>\u0000\u0000\n')).text).toBe('é');
  expect(readXml(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\u00e9</a>', 'latin1')).text).toBe('é');
  expect(readXml(Buffer.from('<a>\u00e9</a>', 'latin1')).text).toBe('é');
  const root = readXml(
    bytes('<p:a xmlns:p="urn:one"><b xmlns="urn:two"><p:c xmlns:token="x" token="t"/></b><q:d/></p:a>'),
  );
  expect([...within(root)].map((e) => [e.name, e.space])).toEqual([
    ['a', 'urn:one'],
    ['b', 'urn:two'],
    ['c', 'urn:one'],
    ['d', null],
  ]);
  expect(at(root, 'b', 'c')?.attributes.get('token')).toBe('t');
});

test('tells faults of SOAP 1.2 and 1.1', () => {
  const read = (body: string) => readReply(bytes(envelope({ xml: body })), null);
  expect(
    read(
      '<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:InvalidArgVal</s:Value><s:Subcode><s:Value>ter:NoProfile</s:Value></s:Subcode></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">no\nsuch</s:Text></s:Reason></s:Fault>',
    ),
  ).toEqual({ kind: 'fault', fault: { codes: ['Sender', 'InvalidArgVal', 'NoProfile'], reason: 'no such' } });
  expect(read('<s:Fault><faultcode>s:Client</faultcode><faultstring>bad</faultstring></s:Fault>')).toEqual({
    kind: 'fault',
    fault: { codes: ['Client'], reason: 'bad' },
  });
});

/** Texts that make careless expressions take quadratic time; two megabytes of each must take no more than reading them does. */
const long = (text: string): string => text.repeat(Math.floor(1_900_000 / text.length));
test.each([
  ['blanks after the end', `<a/>${long(' ')}<!-- -->`],
  ['blanks within', `<a>${long(' ')}x</a>`],
  ['NULs and blanks', `<a/>${long('\u0000 ')}`],
  ['digits', `<a><b>${long('1')}x</b></a>`],
  ['one attribute', `<a b="${long('1')}"/>`],
  [
    'faults',
    `<s:Envelope><s:Body><s:Fault><s:Code><s:Value>${long('Method ')}</s:Value></s:Code><s:Reason><s:Text>${long('max number ')}</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>`,
  ],
  [
    'declarations',
    `<a ${Array.from({ length: 60_000 }, (_, i) => `xmlns:p${i}="u"`).join(' ')}>${'<b xmlns:q="v"/>'.repeat(50_000)}</a>`,
  ],
  ['comments', `<a>${long('<!-- -->')}</a>`],
  ['character references', `<a>${long('&#65;')}</a>`],
])('takes no long time over %s', (_what, text) => {
  const from = performance.now();
  outcome(() => {
    const root = readXml(bytes(text));
    numberAt(root, 'b');
  });
  outcome(() => {
    const reply = readReply(bytes(text), 'application/soap+xml');
    if (reply.kind === 'fault') {
      isAboutSender(reply.fault);
      isLocked(reply.fault);
      faultError(reply.fault, 'x');
    }
  });
  expect(performance.now() - from).toBeLessThan(3_000);
});

test('takes no long time over a topic', () => {
  const from = performance.now();
  readNotification(readXml(bytes(`<n><Topic>${long('recordingconfig')}</Topic><Message/></n>`)), 0);
  expect(performance.now() - from).toBeLessThan(3_000);
});
