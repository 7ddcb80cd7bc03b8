import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDayFirst, parseTime, type ParseContext } from './time-parse.ts';
import { createTimeZone } from '#domain/time-zone.ts';

const paris = createTimeZone('Europe/Paris');
const nowMs = paris.at({ year: 2026, month: 11, day: 22, hour: 14, minute: 30 }); // a Sunday
const base: ParseContext = { language: 'en', zone: paris, nowMs, atMs: nowMs, dayFirst: true };
const at = (text: string, change: Partial<ParseContext> = {}): string => {
  const parsed = parseTime(text, { ...base, ...change });
  if (!parsed.ok) return parsed.reason;
  const w = paris.wall(parsed.atMs);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${w.year}-${two(w.month)}-${two(w.day)} ${two(w.hour)}:${two(w.minute)}:${two(w.second)}${w.ms ? `.${String(w.ms)}` : ''}`;
};
const en = (text: string) => at(text);
const fr = (text: string) => at(text, { language: 'fr' });
const pt = (text: string) => at(text, { language: 'pt' });

describe('typed times', () => {
  it('takes a time as of the day on the screen, never in the future', () => {
    expect(en('14:03')).toBe('2026-11-22 14:03:00');
    expect(en('14:03:20')).toBe('2026-11-22 14:03:20');
    expect(en('14:03:20.5')).toBe('2026-11-22 14:03:20.500');
    expect(en('1403')).toBe('2026-11-22 14:03:00');
    expect(en('15:00')).toBe('2026-11-21 15:00:00');
    expect(at('15:00', { atMs: nowMs - 3 * 86_400_000 })).toBe('2026-11-19 15:00:00');
    expect(en('9pm')).toBe('2026-11-21 21:00:00');
    expect(en('9:30 a.m.')).toBe('2026-11-22 09:30:00');
    expect(en('12am')).toBe('2026-11-22 00:00:00');
    expect(en('noon')).toBe('2026-11-22 12:00:00');
  });

  it('takes words for days in English, French and Portuguese', () => {
    expect(en('yesterday 9pm')).toBe('2026-11-21 21:00:00');
    expect(en('9pm yesterday')).toBe('2026-11-21 21:00:00');
    expect(en('Yesterday at 21:05')).toBe('2026-11-21 21:05:00');
    expect(fr('hier 21h')).toBe('2026-11-21 21:00:00');
    expect(fr('hier à 21 h 05')).toBe('2026-11-21 21:05:00');
    expect(fr('avant-hier midi')).toBe('2026-11-20 12:00:00');
    expect(fr('aujourd’hui 8h')).toBe('2026-11-22 08:00:00');
    expect(pt('ontem 21h')).toBe('2026-11-21 21:00:00');
    expect(pt('ontem às 21h30')).toBe('2026-11-21 21:30:00');
    expect(pt('anteontem meia-noite')).toBe('2026-11-20 00:00:00');
    expect(fr('yesterday 9pm')).toBe('2026-11-21 21:00:00');
  });

  it('takes weekdays as the latest one', () => {
    expect(en('friday 8:30')).toBe('2026-11-20 08:30:00');
    expect(en('last monday')).toBe('2026-11-16 00:00:00');
    expect(fr('lundi 21h')).toBe('2026-11-16 21:00:00');
    expect(fr('mardi dernier')).toBe('2026-11-17 00:00:00');
    expect(pt('segunda-feira 9h')).toBe('2026-11-16 09:00:00');
    expect(pt('sábado 9h')).toBe('2026-11-21 09:00:00');
  });

  it('takes dates', () => {
    expect(en('2026-11-03 07:15')).toBe('2026-11-03 07:15:00');
    expect(en('2026-11-03T07:15:01')).toBe('2026-11-03 07:15:01');
    expect(en('2026-11-03')).toBe('2026-11-03 00:00:00');
    expect(en('3/11 7:15')).toBe('2026-11-03 07:15:00');
    expect(at('3/11 7:15', { dayFirst: false })).toBe('2026-03-11 07:15:00');
    expect(en('22 nov 14:00')).toBe('2026-11-22 14:00:00');
    expect(en('Nov 3 7am')).toBe('2026-11-03 07:00:00');
    expect(en('3rd November 2025, 7:15')).toBe('2025-11-03 07:15:00');
    expect(fr('3 novembre 7h15')).toBe('2026-11-03 07:15:00');
    expect(fr('1er août')).toBe('2026-08-01 00:00:00');
    expect(fr('3 mars 2026 7h')).toBe('2026-03-03 07:00:00');
    expect(pt('3 de novembro de 2025 7h')).toBe('2025-11-03 07:00:00');
    expect(pt('24 dez')).toBe('2025-12-24 00:00:00');
    expect(en('03.11.2026 07:15')).toBe('2026-11-03 07:15:00');
  });

  it('takes spans relative to the picture and to now', () => {
    const atMs = nowMs - 3_600_000;
    expect(at('-10m', { atMs })).toBe('2026-11-22 13:20:00');
    expect(at('+30s', { atMs })).toBe('2026-11-22 13:30:30');
    expect(at('-1h30', { atMs })).toBe('2026-11-22 12:00:00');
    expect(at('−2d', { atMs })).toBe('2026-11-20 13:30:00');
    expect(at('10 min ago', { atMs })).toBe('2026-11-22 14:20:00');
    expect(at('il y a 10 min', { atMs, language: 'fr' })).toBe('2026-11-22 14:20:00');
    expect(at('há 2 horas', { atMs, language: 'pt' })).toBe('2026-11-22 12:30:00');
    expect(parseTime('now', base)).toEqual({ ok: true, atMs: nowMs, again: null, live: true });
    for (const word of ['agora', 'em direto'])
      expect(parseTime(word, { ...base, language: 'pt' })).toMatchObject({ live: true });
  });

  it('says of a time that occurs twice when it comes again, and of no other', () => {
    const of = (text: string, change: Partial<ParseContext> = {}) => {
      const parsed = parseTime(text, { ...base, ...change });
      return parsed.ok ? parsed : null;
    };
    const hourMs = 3_600_000;
    // Paris set its clocks back at 3:00 on 25 October 2026, at 1:00 UTC.
    const twice = of('2026-10-25 02:30');
    expect(twice).toMatchObject({ atMs: Date.UTC(2026, 9, 25, 0, 30), again: Date.UTC(2026, 9, 25, 1, 30) });
    expect(of('25 oct 2:59:59.5')?.again).toBe(Date.UTC(2026, 9, 25, 1, 59, 59, 500));
    for (const text of ['2026-10-25 01:59:59', '2026-10-25 03:00', '2026-10-25', '2026-03-29 02:30', '14:03', '-10m'])
      expect([text, of(text)?.again]).toEqual([text, null]);
    // While the second one is still to come there is nothing to ask.
    const between = Date.UTC(2026, 9, 25, 0, 45);
    expect(of('02:30', { nowMs: between, atMs: between })?.again).toBeNull();
    const after = between + hourMs;
    expect(of('02:30', { nowMs: after, atMs: after })).toMatchObject({
      atMs: between - 900_000,
      again: after - 900_000,
    });
    // By half an hour, and in the other half of the year.
    const howe = createTimeZone('Australia/Lord_Howe');
    const april = of('2026-04-05 01:45', { zone: howe });
    expect((april?.again ?? 0) - (april?.atMs ?? 0)).toBe(1_800_000);
  });

  it('refuses what it does not know, and the future', () => {
    for (const text of [
      'hello',
      '25:00',
      '14:61',
      '2026-13-01',
      '31/02/2026',
      'yesterday yesterday',
      '14:00 15:00',
      '-',
      '9',
      '2026',
    ]) {
      expect([text, en(text)]).toEqual([text, text === '2026' ? '2026-11-21 20:26:00' : 'unknown']);
    }
    expect(en('')).toBe('empty');
    expect(en('+1h')).toBe('future');
    expect(en('2027-01-01')).toBe('future');
  });

  it('reads back every moment it could have been shown, in every zone', () => {
    const zones = ['Europe/Paris', 'America/Sao_Paulo', 'Asia/Kolkata', 'UTC'].map(createTimeZone);
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 400 * 86_400 }),
        fc.constantFrom('en', 'fr', 'pt'),
        (zone, ago, language) => {
          const t = Math.floor(nowMs / 1000 - ago) * 1000;
          const w = zone.wall(t);
          const two = (n: number): string => String(n).padStart(2, '0');
          const text = `${String(w.year)}-${two(w.month)}-${two(w.day)} ${two(w.hour)}:${two(w.minute)}:${two(w.second)}`;
          const parsed = parseTime(text, { language, zone, nowMs, atMs: nowMs, dayFirst: true });
          expect(parsed.ok && zone.wall(parsed.atMs)).toEqual(w);
          const name = new Intl.DateTimeFormat(language, {
            timeZone: zone.name,
            day: 'numeric',
            month: 'long',
            year: 'numeric',
          }).format(t);
          const spoken = parseTime(`${name} ${two(w.hour)}:${two(w.minute)}:${two(w.second)}`, {
            language,
            zone,
            nowMs,
            atMs: nowMs,
            dayFirst: true,
          });
          expect(spoken.ok && zone.wall(spoken.atMs)).toEqual(w);
        },
      ),
    );
  });

  it('answers anything without failing, and never beyond now', () => {
    const piece = fc.constantFrom(
      'yesterday',
      'hier',
      '21h',
      '9',
      'pm',
      '-',
      '10',
      'm',
      ':',
      '/',
      'nov',
      '14:03',
      '2026-11-03',
      ' ',
      'il y a',
      'de',
      '.',
      'h',
      'mar',
      '1er',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((p) => p.join(' ')),
          fc.array(piece).map((p) => p.join('')),
        ),
        fc.constantFrom('en', 'fr', 'pt'),
        (text, language) => {
          const parsed = parseTime(text, { ...base, language });
          if (parsed.ok) {
            expect(Number.isInteger(parsed.atMs)).toBe(true);
            expect(parsed.atMs).toBeLessThanOrEqual(nowMs);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('knows how a locale writes its dates', () => {
    expect([isDayFirst('en-US'), isDayFirst('en-GB'), isDayFirst('fr'), isDayFirst('pt')]).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });
});
