/**
 * Turns what a person types into a moment: "14:03", "14:03:20", "9pm", "21h05", "yesterday 9pm", "hier 21h", "ontem 21h",
 * "monday 8:30", "22 nov 14:00", "22/11/2026 14:00", "2026-11-03 07:15", "-10m", "+1h30m", "10 min ago". Pure.
 */
import { timeWords, type Language, type TimeWords } from './time-words.ts';
import type { TimeZone } from '#domain/time-zone.ts';

export type ParseContext = {
  language: Language;
  zone: TimeZone;
  nowMs: number;
  /** The moment on the screen: times without a day are meant on its day, "-10m" counts from it. */
  atMs: number;
  /** "3/11" is the third of November (true) or the eleventh of March. */
  dayFirst: boolean;
};

export type ParsedTime =
  /** `again`: the same time of the clock comes once more, because the clocks are set back; null: it does not. */
  | { ok: true; atMs: number; again: number | null; live: boolean }
  | { ok: false; reason: 'empty' | 'unknown' | 'future' };

type Clock = { hour: number; minute: number; second: number; ms: number };
type Day = { year: number; month: number; day: number };

const unknown: ParsedTime = { ok: false, reason: 'unknown' };

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();

const isDay = (d: Day): boolean => {
  const back = new Date(Date.UTC(d.year, d.month - 1, d.day));
  return d.year >= 1970 && d.year <= 2299 && back.getUTCMonth() === d.month - 1 && back.getUTCDate() === d.day;
};

/** Cuts words off the front of a text. */
function createReader(text: string) {
  let rest = text;
  return {
    get rest() {
      return rest;
    },
    take(pattern: RegExp): RegExpExecArray | null {
      const m = new RegExp(`^(?:${pattern.source})`).exec(rest);
      if (m) rest = rest.slice(m[0].length).replace(/^[ ,]+/, '');
      return m;
    },
    /** One of the words, as a whole word; the longest first. */
    word(words: readonly string[]): string | null {
      const hit = [...words]
        .sort((a, b) => b.length - a.length)
        .find((w) => rest.startsWith(w) && !/^[\p{L}\p{N}'-]/u.test(rest.slice(w.length)));
      if (hit === undefined) return null;
      rest = rest.slice(hit.length).replace(/^[ ,.]+/, '');
      return hit;
    },
  };
}
type Reader = ReturnType<typeof createReader>;

/** "1h30m", "90 s", "2 hours 5 minutes" → ms; null if the text is not an amount through and through. */
function amount(text: string, words: TimeWords): number | null {
  let rest = text;
  let sum = 0;
  let last = Number.POSITIVE_INFINITY;
  while (rest !== '') {
    const m = /^(\d{1,7}(?:[.,]\d{1,3})?) ?([a-z]+)?[ ,]*/.exec(rest);
    if (!m) return null;
    // "1h30": a number without a unit after hours means minutes, after minutes seconds.
    const unit =
      m[2] === undefined ? (last === 3_600_000 ? 60_000 : last === 60_000 ? 1000 : undefined) : words.units[m[2]];
    if (unit === undefined || unit >= last) return null;
    last = unit;
    sum += Number((m[1] ?? '').replace(',', '.')) * unit;
    rest = rest.slice(m[0].length);
  }
  return Number.isFinite(last) ? sum : null;
}

function relative(text: string, words: TimeWords, c: ParseContext): number | null {
  const signed = /^([+-]) ?(?=\d)/.exec(text);
  if (signed) {
    const ms = amount(text.slice(signed[0].length), words);
    return ms === null ? null : c.atMs + (signed[1] === '-' ? -ms : ms);
  }
  for (const w of words.agoBefore) {
    const ms = text.startsWith(`${w} `) ? amount(text.slice(w.length + 1), words) : null;
    if (ms !== null) return c.nowMs - ms;
  }
  for (const w of words.agoAfter) {
    const ms = text.endsWith(` ${w}`) ? amount(text.slice(0, -w.length - 1), words) : null;
    if (ms !== null) return c.nowMs - ms;
  }
  return null;
}

const clock = (hour: number, minute = 0, second = 0, ms = 0): Clock | null =>
  (hour < 24 || (hour === 24 && minute === 0 && second === 0 && ms === 0)) && minute < 60 && second < 60
    ? { hour, minute, second, ms }
    : null;

const half = (hour: number, pm: boolean): number | null => (hour < 1 || hour > 12 ? null : (hour % 12) + (pm ? 12 : 0));

function takeClock(r: Reader, words: TimeWords): Clock | null {
  const named = r.word(Object.keys(words.named));
  if (named !== null) return clock(words.named[named] ?? 0);
  const full = r.take(/(\d{1,2})[:.](\d\d)(?:[:.](\d\d)(?:[.,](\d{1,3}))?)?(?!\d)/);
  // "14h", "14h03", "14 h 03", "14h03m20s", "14h03min20"
  const letters = full ? null : r.take(/(\d{1,2}) ?h(?: ?(\d\d)(?: ?(?:m|mn|min)?(?: ?(\d\d) ?s?)?)?)?(?![\p{L}\d])/u);
  const digits = full || letters ? null : r.take(/(\d\d)(\d\d)(\d\d)?(?![\d/.-])/);
  const m = full ?? letters ?? digits;
  if (m) {
    const ms = m[4] === undefined ? 0 : Number(m[4].padEnd(3, '0'));
    let hour = Number(m[1]);
    if (full && (words.am.length > 0 || words.pm.length > 0)) {
      const pm = r.word(words.pm) !== null;
      const am = !pm && r.word(words.am) !== null;
      if (pm || am) {
        const h = half(hour, pm);
        if (h === null) return null;
        hour = h;
      }
    }
    return clock(hour, Number(m[2] ?? 0), Number(m[3] ?? 0), ms);
  }
  const bare = /^(\d{1,2}) ?(?=[ap]\.?m)/.exec(r.rest);
  if (bare && words.pm.length > 0) {
    r.take(/\d{1,2} ?/);
    const pm = r.word(words.pm) !== null;
    if (!pm && r.word(words.am) === null) return null;
    const h = half(Number(bare[1]), pm);
    return h === null ? null : clock(h);
  }
  return null;
}

/** The latest day of this day and month that has begun. */
function latest(month: number, day: number, c: ParseContext): Day | null {
  const today = c.zone.wall(c.nowMs);
  for (let year = today.year; year > today.year - 9; year--) {
    const d = { year, month, day };
    if (isDay(d) && c.zone.at(d) <= c.nowMs) return d;
  }
  return null;
}

const fullYear = (text: string): number => (text.length === 2 ? 2000 + Number(text) : Number(text));

function takeDay(r: Reader, words: TimeWords, c: ParseContext): Day | null {
  const iso = r.take(/(\d{4})-(\d{1,2})-(\d{1,2})(?:t(?=\d)|(?!\d))/);
  if (iso) return { year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) };
  // Three numbers by dots are a date, two are a time (14.03).
  const numbers = r.take(/(\d{1,2})(?:\/(\d{1,2})(?:\/(\d{4}|\d\d))?|[.-](\d{1,2})[.-](\d{4}))(?![\d/])/);
  if (numbers) {
    const [a, b] = [Number(numbers[1]), Number(numbers[2] ?? numbers[4])];
    const [day, month] = c.dayFirst || numbers[2] === undefined ? [a, b] : [b, a];
    const year = numbers[3] ?? numbers[5];
    return year === undefined ? latest(month, day, c) : { year: fullYear(year), month, day };
  }
  const back = r.word(Object.keys(words.days));
  if (back !== null) {
    const today = c.zone.startOfDay(c.nowMs);
    return c.zone.wall(c.zone.addDays(today, -(words.days[back] ?? 0)));
  }
  const month = (): number | null => {
    const name = r.word(words.months.flat());
    return name === null ? null : words.months.findIndex((m) => m.includes(name)) + 1;
  };
  const before = /^(\d{1,2})(?:st|nd|rd|th|er|\.|º)? (?:de )?(?=\p{L})/u.exec(r.rest);
  if (before) {
    const ahead = createReader(r.rest.slice(before[0].length));
    const name = ahead.word(words.months.flat());
    if (name !== null) {
      r.take(/\d{1,2}(?:st|nd|rd|th|er|\.|º)? (?:de )?/);
      return withYear(r, month() ?? 0, Number(before[1]), c);
    }
  }
  const weekday = r.word(words.weekdays.flat());
  if (weekday !== null) {
    const wanted = words.weekdays.findIndex((d) => d.includes(weekday));
    const today = c.zone.wall(c.nowMs);
    const is = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay();
    return c.zone.wall(c.zone.addDays(c.nowMs, -((is - wanted + 7) % 7)));
  }
  const name = month();
  if (name !== null) {
    const day = r.take(/(\d{1,2})(?:st|nd|rd|th)?(?![\d:.h])/);
    return day ? withYear(r, name, Number(day[1]), c) : null;
  }
  return null;
}

function withYear(r: Reader, month: number, day: number, c: ParseContext): Day | null {
  const year = r.take(/(?:de )?((?:19|20|21|22)\d\d)(?![\d:.h])/);
  return year ? { year: Number(year[1]), month, day } : latest(month, day, c);
}

/** A moment beyond now is refused ("future"); a time without a day that has not come yet is taken from the day before. */
export function parseTime(typed: string, c: ParseContext): ParsedTime {
  const text = plain(typed).slice(0, 100);
  if (text === '') return { ok: false, reason: 'empty' };
  // English words are understood everywhere: guards of many tongues share one keyboard.
  const sets = c.language === 'en' ? [timeWords.en] : [timeWords[c.language], timeWords.en];
  let future = false;
  for (const words of sets) {
    if (words.now.includes(text)) return { ok: true, atMs: c.nowMs, again: null, live: true };
    const counted = relative(text, words, c);
    const atMs = counted ?? absolute(text, words, c);
    if (atMs === null || !Number.isFinite(atMs) || atMs < 0) continue;
    if (atMs <= c.nowMs) {
      const later = counted === null ? c.zone.again(atMs) : null;
      return {
        ok: true,
        atMs: Math.round(atMs),
        again: later !== null && later <= c.nowMs ? later : null,
        live: false,
      };
    }
    future = true;
  }
  return future ? { ok: false, reason: 'future' } : unknown;
}

function absolute(text: string, words: TimeWords, c: ParseContext): number | null {
  const r = createReader(text);
  let day: Day | null = null;
  let time: Clock | null = null;
  for (let step = 0; step < 12 && r.rest !== ''; step++) {
    if (r.word(words.filler) !== null) continue;
    const d: Day | null = day === null ? takeDay(r, words, c) : null;
    if (d) {
      day = d;
      continue;
    }
    const t: Clock | null = time === null ? takeClock(r, words) : null;
    if (!t) return null;
    time = t;
  }
  if (r.rest !== '' || (day === null && time === null)) return null;
  if (day !== null) return isDay(day) ? c.zone.at({ year: day.year, month: day.month, day: day.day, ...time }) : null;
  const w = c.zone.wall(c.atMs);
  const on = (back: number): number => c.zone.at({ year: w.year, month: w.month, day: w.day - back, ...time });
  return on(0) <= c.nowMs ? on(0) : on(1);
}

/** Whether a locale writes the day before the month in short dates. */
export function isDayFirst(locale: string): boolean {
  const parts = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'numeric' })
    .formatToParts(0)
    .map((p) => p.type);
  return parts.indexOf('day') < parts.indexOf('month');
}
