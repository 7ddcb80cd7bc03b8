/** The device's clock (ONVIF Core §8.3.6, §8.3.7). */
import { at, numberAt, textAt, truth, type Element } from './element.ts';
import { nothing, written, xml, type Xml } from './write-xml.ts';

/** `utcMs`: the middle of the second that was told: devices tell whole seconds, so it is right by half a second. */
export type SystemTime = { utcMs: number | null; source: 'manual' | 'ntp' | null; zone: string | null };

/** Reads a GetSystemDateAndTimeResponse. */
export function readClock(response: Element): SystemTime {
  const all = at(response, 'SystemDateAndTime') ?? response;
  const type = textAt(all, 'DateTimeType')?.toLowerCase();
  return {
    utcMs: readDateTime(at(all, 'UTCDateTime')),
    source: type === 'ntp' ? 'ntp' : type === 'manual' ? 'manual' : null,
    zone: textAt(all, 'TimeZone', 'TZ')?.slice(0, 100) ?? null,
  };
}

function readDateTime(element: Element | null): number | null {
  const n = (...path: string[]): number => numberAt(element, ...path) ?? Number.NaN;
  const ms = Date.UTC(
    n('Date', 'Year'),
    n('Date', 'Month') - 1,
    n('Date', 'Day'),
    n('Time', 'Hour'),
    n('Time', 'Minute'),
    n('Time', 'Second'),
  );
  return Number.isFinite(ms) ? ms + 500 : null;
}

/** Sets the clock to a moment (whole seconds), and leaves zone and daylight saving as `before` tells them. */
export function writeClock(ms: number, before: Element | null): Xml {
  const now = new Date(ms);
  const all = at(before, 'SystemDateAndTime');
  const zone = at(all, 'TimeZone');
  return xml`<DateTimeType>Manual</DateTimeType><DaylightSavings>${truth(textAt(all, 'DaylightSavings'))}</DaylightSavings>${zone && textAt(zone, 'TZ') !== null ? xml`<TimeZone>${zone.children.map((c) => written(c, 'tt'))}</TimeZone>` : nothing}<UTCDateTime><tt:Time><tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute><tt:Second>${now.getUTCSeconds()}</tt:Second></tt:Time><tt:Date><tt:Year>${now.getUTCFullYear()}</tt:Year><tt:Month>${now.getUTCMonth() + 1}</tt:Month><tt:Day>${now.getUTCDate()}</tt:Day></tt:Date></UTCDateTime>`;
}
