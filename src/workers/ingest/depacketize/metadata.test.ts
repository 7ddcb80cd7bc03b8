import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyPacket } from '../rtp/packet.ts';
import { createMetadataDepacketizer, mostUnitBytes, splitDocuments } from './metadata.ts';

function listen() {
  const units: string[] = [];
  let damaged = 0;
  const depacketizer = createMetadataDepacketizer({
    unit: (bytes) => units.push(bytes.toString()),
    damaged: () => damaged++,
  });
  return {
    units,
    damaged: () => damaged,
    loss: () => depacketizer.loss(),
    send(text: string | Buffer, marker: boolean, time = 0) {
      // the payload lies somewhere in a receive buffer that is used again
      const buffer = Buffer.concat([Buffer.from('head'), Buffer.from(text), Buffer.from('tail')]);
      depacketizer.packet({ ...emptyPacket(), buffer, from: 4, to: buffer.length - 4, marker }, time);
      buffer.fill(0);
    },
  };
}

const text = (n: number): string => `<tt:MetadataStream xmlns:tt="x"><a n="${String(n)}"/></tt:MetadataStream>`;

describe('units', () => {
  test('split at every byte, a document comes whole', () => {
    for (let at = 0; at <= text(1).length; at++) {
      const heard = listen();
      heard.send(text(1).slice(0, at), false);
      heard.send(text(1).slice(at), true);
      expect(heard.units).toEqual([text(1)]);
    }
  });
  test('split anywhere, one after another, each comes once', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(70), { maxLength: 6 }), { minLength: 1, maxLength: 8 }), (documents) => {
        const heard = listen();
        documents.forEach((cuts, n) => {
          const ends = [...new Set(cuts)].sort((a, b) => a - b);
          const parts = [0, ...ends].map((from, i) => text(n).slice(from, ends[i] ?? undefined));
          parts.forEach((part, i) => heard.send(part, i === parts.length - 1, n * 3_000));
        });
        expect(heard.units).toEqual(documents.map((_, n) => text(n)));
      }),
    );
  });
  test('without a marker the change of time ends a document', () => {
    const heard = listen();
    heard.send(text(1), false, 0);
    heard.send(text(2), false, 3_000);
    heard.send(text(3), true, 6_000);
    expect(heard.units).toEqual([text(1), text(2), text(3)]);
  });
  test('what misses a packet is not told, and the next is whole', () => {
    const heard = listen();
    heard.send(text(1).slice(0, 9), false, 0);
    heard.loss();
    heard.send(text(1).slice(20), true, 0);
    heard.send(text(2), true, 3_000);
    expect(heard.units).toEqual([text(2)]);
    expect(heard.damaged()).toBe(1);
  });
  test('a document without an end costs what one may be, and the next is whole', () => {
    const heard = listen();
    const packet = Buffer.alloc(1_400, 'x');
    for (let sent = 0; sent < 8 * mostUnitBytes; sent += packet.length) heard.send(packet, false, 0);
    expect(heard.units).toEqual([]);
    heard.send(text(2), true, 3_000);
    expect(heard.units).toEqual([text(2)]);
    expect(heard.damaged()).toBe(1);
  });
  test('empty packets are nothing', () => {
    const heard = listen();
    heard.send('', false);
    heard.send('', true);
    heard.send('', true, 9);
    expect([heard.units, heard.damaged()]).toEqual([[], 0]);
  });
});

const split = (bytes: string | Buffer): string[] => splitDocuments(Buffer.from(bytes)).map((d) => d.toString());

describe('documents of a unit', () => {
  test('one, several, with declarations and without, under any prefix', () => {
    const other = '<?xml version="1.0"?>\n<m:MetadataStream>x</m:MetadataStream >';
    const bare = '<MetadataStream/>';
    expect(split(text(1))).toEqual([text(1)]);
    expect(split(text(1) + other + bare + text(2))).toEqual([text(1), other, bare, text(2)]);
  });
  test('garbage around and between is left out', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 3, maxLength: 3 }), (junk) => {
        const [before = '', between = '', after = ''] = junk.map((j) =>
          Buffer.from(j).toString('latin1').replace(/[<?]/g, ' '),
        );
        const bytes = Buffer.from(before + text(1) + between + text(2) + after);
        expect(split(bytes)).toEqual([text(1), text(2)]);
      }),
    );
  });
  test('a DOCTYPE before the root stays with the document, to be refused', () => {
    const bad = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><MetadataStream>&b;</MetadataStream>';
    expect(split(bad)).toEqual([bad]);
  });
  test('cut at every byte: never a part of a document', () => {
    for (let at = 0; at < text(1).length; at++) {
      expect(split(text(1).slice(0, at))).toEqual([]);
      if (at > 0) expect(split(text(1).slice(at))).toEqual([]);
    }
  });
  test('whatever comes takes time that grows with its bytes', () => {
    for (const piece of [
      'MetadataStream',
      '<MetadataStream',
      '</MetadataStream',
      '<a:MetadataStream>',
      '</MetadataStream>',
      '<?xml',
      'a:MetadataStream',
      '>',
    ]) {
      const bytes = Buffer.alloc(mostUnitBytes, piece);
      const begun = performance.now();
      splitDocuments(bytes);
      expect(performance.now() - begun).toBeLessThan(500);
    }
  });
});
