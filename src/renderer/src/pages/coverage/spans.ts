/** Spans that people ask of: a month by its days, or last night by its hours. Pure. */
import type { TimeZone } from '#domain/time-zone.ts';

export type Asked = { of: 'month'; year: number; month: number } | { of: 'night' };
/** What a night is, to the people who keep it. */
const nightFrom = 20;
const nightTo = 6;

/** Edges of the parts, ms: local midnights of a month that have begun, or the whole hours of the last night that has ended. */
export function edgesOf(asked: Asked, zone: TimeZone, nowMs: number): number[] {
  if (asked.of === 'night') {
    const { year, month, day } = zone.wall(nowMs);
    const end = zone.at({ year, month, day, hour: nightTo });
    const last = end <= nowMs ? day : day - 1;
    const edges: number[] = [];
    for (let hour = nightFrom; hour <= 24 + nightTo; hour += 1)
      edges.push(zone.at({ year, month, day: last - 1, hour }));
    // Where clocks are set an hour may be missing.
    return edges.filter((edge, i) => i === 0 || edge > (edges[i - 1] ?? 0));
  }
  const first = zone.at({ year: asked.year, month: asked.month, day: 1 });
  const next = zone.at({ year: asked.year, month: asked.month + 1, day: 1 });
  const edges = [first];
  for (let at = first; at < next && at <= nowMs; ) {
    at = zone.addDays(at, 1);
    edges.push(at);
  }
  return edges;
}

/** The month before or after. */
export function monthBeside(asked: Asked & { of: 'month' }, by: -1 | 1): Asked & { of: 'month' } {
  const n = asked.year * 12 + asked.month - 1 + by;
  return { of: 'month', year: Math.floor(n / 12), month: (n % 12) + 1 };
}

/** How a share is coloured and marked: by what it means to somebody who must vouch for it. */
export type Shade = 'none' | 'whole' | 'nearly' | 'part' | 'little';
export function shadeOf(share: number | null): Shade {
  if (share === null) return 'none';
  if (share >= 1) return 'whole';
  if (share >= 0.99) return 'nearly';
  return share >= 0.9 ? 'part' : 'little';
}

/** What an address says: `night`, or a month as `2026-11`; the present month for anything else. */
export function readAsked(text: string | null, zone: TimeZone, nowMs: number): Asked {
  if (text === 'night') return { of: 'night' };
  const m = /^(\d{4})-(\d{2})$/.exec(text ?? '');
  const [year, month] = [Number(m?.[1]), Number(m?.[2])];
  if (m !== null && year >= 1970 && month >= 1 && month <= 12) return { of: 'month', year, month };
  const now = zone.wall(nowMs);
  return { of: 'month', year: now.year, month: now.month };
}
export const writeAsked = (asked: Asked): string =>
  asked.of === 'night' ? 'night' : `${String(asked.year)}-${String(asked.month).padStart(2, '0')}`;
