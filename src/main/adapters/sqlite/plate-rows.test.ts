import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '#contract/call.ts';
import { PlateEntryDraft, PlateListDraft } from '#domain/plate-list.ts';
import { StationId, UserId } from '#domain/id.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { createPlateLists } from '../../engine/plate-lists.ts';
import { openWriteStore } from './index.ts';

const t0 = Date.UTC(2026, 0, 1);
const clock = { nowMs: () => t0, monoMs: () => 0, nowUs: () => t0 * 1000 };
const newId = createUlids(() => t0);
const ana: Caller = { userId: UserId.parse(newId()), name: 'ana', role: 'administrator', local: false, sessionId: 's' };
const plate = (text: string, more: object = {}) => PlateEntryDraft.parse({ text, ...more });
const list = (name: string, kind: string, more: object = {}) => PlateListDraft.parse({ name, kind, ...more });

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-plates-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** A room over what is on the disk. */
function open() {
  const store = openWriteStore(join(dir, 'index.db'), {
    clock,
    log: quietLog,
    newStation: () => ({ id: StationId.parse(newId()), name: 'Test' }),
  });
  const room = createPlateLists({ clock, log: quietLog, newId, store: store.plate, zone: () => 'Europe/Paris' });
  return { room, close: () => store.close(), faults: () => store.faults() };
}

describe('lists of plates', () => {
  it('are kept, changed and removed with what is on them', () => {
    const first = open();
    const { id } = first.room.addList(list('Neighbours', 'allow'), ana);
    const other = first.room.addList(list('Thieves', 'deny'), ana);
    const entry = first.room.addEntry(id, plate('b-101 gsb', { label: 'Popescu' }), ana);
    first.room.addEntry(other.id, plate('XY99ZZ'), ana);
    expect(entry).toMatchObject({ text: 'B101GSB', changedBy: 'ana', changedMs: t0 });
    expect(() => first.room.addEntry(id, plate('B101 GSB'), ana)).toThrow(/already/);
    expect(() => first.room.addList(list('neighbours', 'deny'), ana)).toThrow(/already/);
    const old = plate('OLD1', { toMs: t0 });
    first.room.addEntry(id, old, ana);
    first.room.changeEntry(entry.id, plate('B102GSB', { note: 'new car' }), ana);
    first.room.removeList(other.id, ana);
    first.close();

    const { room, close, faults } = open();
    expect(room.lists()).toMatchObject([{ name: 'Neighbours', plates: 2, valid: 1 }]);
    expect(room.entries(id, { text: null, after: null, limit: 1 })).toMatchObject({
      entries: [{ text: 'B102GSB', note: 'new car', label: '' }],
      more: true,
    });
    expect(room.entries(id, { text: null, after: 'B102GSB', limit: 9 }).entries.map((e) => e.text)).toEqual(['OLD1']);
    // Part of a plate as somebody remembers it.
    expect(room.entries(id, { text: 'lo2', after: null, limit: 9 }).entries.map((e) => e.text)).toEqual(['B102GSB']);
    room.removeEntry(entry.id, ana);
    expect(() => room.removeEntry(entry.id, ana)).toThrow(/not on the list/);
    expect(() => room.changeList(other.id, list('x', 'deny'), ana)).toThrow(/no such list/);
    expect(faults()).toEqual([]);
    close();
  });

  it('find what a plate goes with: the closest first, then what matters most; not before and after it counts', () => {
    const { room, close } = open();
    const allow = room.addList(list('Neighbours', 'allow'), ana);
    const deny = room.addList(list('Thieves', 'deny'), ana);
    const strict = room.addList(list('Exactly', 'watch', { tolerant: false }), ana);
    room.addEntry(allow.id, plate('CJ05XYT'), ana);
    room.addEntry(deny.id, plate('CJ05XYK'), ana);
    room.addEntry(strict.id, plate('CJO5XYT'), ana);
    const found = (text: string, atMs: number | null = null) =>
      room.find(text, atMs).map((f) => `${f.list.name} ${f.match}`);
    expect(found('CJ05XYT')).toEqual(['Neighbours exact', 'Thieves near']);
    expect(found('cj-05-xyk')).toEqual(['Thieves exact', 'Neighbours near']);
    expect(found('CJO5XYT')).toEqual(['Exactly exact', 'Neighbours alike', 'Thieves near']);
    expect(found('TM77ABC')).toEqual([]);
    room.addEntry(deny.id, plate('TM77ABC', { fromMs: t0 + 10, toMs: t0 + 20 }), ana);
    expect([t0 + 9, t0 + 10, t0 + 19, t0 + 20].map((atMs) => found('TM77ABC', atMs).length)).toEqual([0, 1, 1, 0]);
    close();
  });

  it('take in a spreadsheet as a whole or not at all', () => {
    const { room, close } = open();
    const { id } = room.addList(list('Staff', 'allow'), ana);
    const kept = room.addEntry(id, plate('AA11AAA', { label: 'old' }), ana);
    room.addEntry(id, plate('BB22BBB'), ana);
    expect(room.readCsv(id, 'plate,label\nAA11AAA,new\nCC33CCC,c\n')).toMatchObject({ ok: true, known: 1 });
    expect(() => room.importCsv(id, { text: 'plate\nDD44DDD\n?\n', replace: true }, ana)).toThrow(/Nothing was taken/);
    expect(room.lists()[0]?.plates).toBe(2);
    const text = 'plate,label\nAA11AAA,new\nCC33CCC,c\n';
    expect(room.importCsv(id, { text, replace: false }, ana)).toEqual({ added: 1, changed: 1, removed: 0 });
    expect(room.all(id).entries.map((e) => [e.text, e.label])).toEqual([
      ['AA11AAA', 'new'],
      ['BB22BBB', ''],
      ['CC33CCC', 'c'],
    ]);
    expect(room.all(id).entries[0]?.id).toBe(kept.id);
    expect(room.importCsv(id, { text, replace: true }, ana)).toEqual({ added: 0, changed: 2, removed: 1 });
    expect(room.all(id).entries).toHaveLength(2);
    close();
  });
});
