import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCameraList } from './read-camera-list.ts';
import { readCsv } from './read-csv.ts';

const nothing = { known: () => false, taken: () => false };
const read = (text: string, has: Parameters<typeof readCameraList>[1] = nothing) => readCameraList(text, has);
const quote = (field: string): string => `"${field.replaceAll('"', '""')}"`;

describe('comma-separated values', () => {
  it('give back what was written, whatever is in the fields, with each separator and line end', () => {
    // The first record decides the separator; it holds no sign of the others.
    const field = fc.string({
      maxLength: 12,
      unit: fc.constantFrom('a', 'é', '"', ',', ';', '\t', '\n', '\r', ' ', '😀'),
    });
    const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 5 }), { maxLength: 6 });
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (all, s, end, bom) => {
          const text = [['a', 'b'], ...all].map((r) => r.map(quote).join(s)).join(end);
          const got = readCsv(`${bom ? '\ufeff' : ''}${text}`);
          expect(got.every((r) => !r.broken)).toBe(true);
          expect(got.slice(1).map((r) => r.fields)).toEqual(all.filter((r) => r.some((f) => f.trim() !== '')));
        },
      ),
    );
  });

  it('never fail, loop or lose a record silently, whatever the text', () => {
    const ch = fc.constantFrom('"', ',', ';', '\n', '\r', 'a', ' ');
    fc.assert(
      fc.property(fc.string({ unit: ch, maxLength: 60 }), (text) => {
        const rows = readCsv(text);
        expect(rows.every((r, i) => i === 0 || r.line > (rows[i - 1]?.line ?? 0))).toBe(true);
        expect(rows.length).toBeLessThanOrEqual(text.split(/[\r\n]/).length);
        if (text.includes('a')) expect(rows.some((r) => r.fields.join('').includes('a'))).toBe(true);
      }),
    );
  });
});

describe('a list of cameras', () => {
  it('is read with heads in three languages, each separator, and addresses of each kind', () => {
    const text = [
      '\ufeffNom;Adresse;Utilisateur;Mot de passe;Sous-flux;Groupe;Numéro;Enregistrer',
      'Portail;rtsp://192.0.2.7:554/main;viewer; s3cret ;rtsp://192.0.2.7/sub;Rez;12;oui',
      '"Cour ""nord"";";rtsp://u%40x:p%3Aw@192.0.2.8/1;;;;;;non',
      ';192.0.2.9;admin;x;;;;',
      ';;;;;;;',
      'Gate;[2001:db8::5]:8080;;;;;;',
    ].join('\r\n');
    const list = read(text);
    expect(list.lines.flatMap((l) => l.issues)).toEqual([]);
    expect(list.ok).toBe(true);
    expect(list.cameras).toEqual([
      {
        line: 2,
        name: 'Portail',
        device: null,
        main: 'rtsp://192.0.2.7:554/main',
        sub: 'rtsp://192.0.2.7/sub',
        username: 'viewer',
        password: ' s3cret ',
        group: 'Rez',
        number: 12,
        recording: 'always',
      },
      {
        line: 3,
        name: 'Cour "nord";',
        device: null,
        main: 'rtsp://192.0.2.8/1',
        sub: null,
        username: 'u@x',
        password: 'p:w',
        group: null,
        number: null,
        recording: 'never',
      },
      {
        line: 4,
        name: null,
        device: 'http://192.0.2.9/onvif/device_service',
        main: null,
        sub: null,
        username: 'admin',
        password: 'x',
        group: null,
        number: null,
        recording: 'always',
      },
      {
        line: 6,
        name: 'Gate',
        device: 'http://[2001:db8::5]:8080/onvif/device_service',
        main: null,
        sub: null,
        username: null,
        password: null,
        group: null,
        number: null,
        recording: 'always',
      },
    ]);
    expect(JSON.stringify(list.lines)).not.toContain('p%3Aw');
    expect(read('nome,endereço,senha,gravar\nPátio,10.0.0.5,x,não').cameras).toMatchObject([
      { name: 'Pátio', recording: 'never' },
    ]);
    const chosen = (word: string) => read(`address,record\n10.0.0.5,${word}`).cameras[0]?.recording;
    expect(['', 'Toujours', 'événements', 'motion', 'low-high', 'Nunca'].map(chosen)).toEqual([
      'always',
      'always',
      'events',
      'events',
      'low-high',
      'never',
    ]);
  });

  it('says line by line what is wrong, and takes none of those lines', () => {
    const text = [
      'name,address,number,record,colour',
      ',rtsp://192.0.2.1/a,1,,',
      'A,ftp://192.0.2.1/a,,,',
      'B,,0,maybe,',
      'C,rtsp://192.0.2.2/a,7,,',
      'D,RTSP://192.0.2.2/a,7,,',
      'E,rtsp://192.0.2.3/a,8,,,,',
      'F "quoted",rtsp://192.0.2.4/a,,,',
      `${'x'.repeat(81)},10.0.0.1,,,`,
      'G,"10.0.0.2,,,',
    ].join('\n');
    const list = read(text, { known: (a) => a.includes('192.0.2.3'), taken: (n) => n === 8 });
    const issues = list.lines.map((l) => [l.line, ...l.issues.map((i) => `${i.column} ${i.message}`)]);
    expect(issues).toEqual([
      [1, 'colour unknown-value'],
      [2, 'name missing'],
      [3, 'address bad-address'],
      [4, 'address missing', 'number bad-number', 'record unknown-value'],
      [5],
      [6, 'address address-twice', 'number number-twice'],
      [7, ' too-many-fields', 'address known-already', 'number number-taken'],
      [8, ' broken-quotes'],
      [9, 'name too-long'],
      [10, ' broken-quotes', 'address bad-address'],
    ]);
    expect(list.ok).toBe(false);
    expect(list.cameras.map((c) => c.line)).toEqual([5]);
  });

  it('is not one without a column of addresses, and an empty text has none', () => {
    expect(read('').lines).toEqual([
      { line: 1, name: '', address: '', issues: [{ column: 'address', message: 'missing' }] },
    ]);
    expect(read('a,b\n1,2')).toMatchObject({ ok: false, cameras: [] });
    expect(read('address\n').ok).toBe(false);
  });

  it('never throws and never takes a line that it faults', () => {
    const ch = fc.constantFrom('"', ',', ';', '\n', 'a', ':', '/', '@', '%', '1', 'rtsp://', '192.0.2.1', 'é');
    fc.assert(
      fc.property(fc.array(ch, { maxLength: 80 }), (parts) => {
        const list = read(`name,address,number\n${parts.join('')}`);
        const faulty = new Set(list.lines.filter((l) => l.issues.length > 0).map((l) => l.line));
        for (const c of list.cameras) expect(faulty.has(c.line)).toBe(false);
      }),
    );
  });
});
