import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathOf, readXml, XmlError } from './xml-read.ts';
import { el, joined } from './xml-write.ts';
import { isoDuration, isoTime, readDuration, readTime } from './xsd-time.ts';

describe('the XML reader of the demo devices', () => {
  it('reads back whatever the writer wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 }), (text, value) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no such characters
        const allowed = (t: string): string => t.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '');
        const root = readXml(joined(el('p:a', { 'xmlns:p': 'urn:p', v: value }, el('p:b', text), el('p:c'))));
        expect(root).toMatchObject({ ns: 'urn:p', name: 'a' });
        expect(root.attributes.get('v')).toBe(allowed(value));
        expect(pathOf(root, 'b')?.text).toBe(allowed(text).trim());
      }),
      { numRuns: 60 },
    );
  });

  it('ends with an answer or an XmlError, whatever comes, and quickly', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        '<a>',
        '</a>',
        '<a',
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        '&',
        '&#x;',
        '&#xD800;',
        '<!DOCTYPE a>',
        '<?',
        'xmlns:p="u"',
        '"',
        "'",
        '<p:a/>',
        '>',
      ),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        try {
          readXml(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(XmlError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['an entity nobody defined', '<a>&b;</a>'],
    ['depth without end', '<a>'.repeat(100) + '</a>'.repeat(100)],
    ['elements without end', `<a>${'<b/>'.repeat(10_000)}</a>`],
    ['a crossed end', '<a><b></a></b>'],
    ['an unbound prefix', '<p:a/>'],
    ['half a document', '<a><b>'],
    ['two documents', '<a/><b/>'],
  ])('refuses %s', (_, text) => {
    expect(() => readXml(text)).toThrow(XmlError);
  });

  it('reads times and durations it wrote, and refuses others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 0, max: 1e9 }), (at, ms) => {
        expect(readTime(isoTime(at))).toBe(at);
        expect(readDuration(isoDuration(ms))).toBe(ms);
      }),
    );
    for (const none of ['', 'P', 'PT', 'P1M', 'PT-1S', '10']) expect(readDuration(none)).toBeNull();
    expect(readTime('2026-01-01T00:00:00+01:00')).toBe(Date.UTC(2025, 11, 31, 23));
    expect(readTime('yesterday')).toBeNull();
  });
});
