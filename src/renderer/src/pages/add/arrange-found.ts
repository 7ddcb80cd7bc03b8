/** What of the found devices is listed, and in which order. Pure. */
import type { FoundView } from '#domain/finding.ts';

export const foundColumns = ['name', 'model', 'address', 'known'] as const;
export type FoundColumn = (typeof foundColumns)[number];
export type FoundOrder = { column: FoundColumn; down: boolean };

export const modelOf = (d: FoundView): string => [d.maker, d.model].filter((s) => s !== null).join(' ');
/** Host, and the port where it is not the usual one: several devices can live behind one address. */
export const addressOf = (d: FoundView): string => (URL.canParse(d.url) ? new URL(d.url).host : d.address);
const nameOf = (d: FoundView): string => d.name ?? modelOf(d);
const knownOf = (d: FoundView): string => d.known.map((k) => k.name).join(', ');
const texts: Record<FoundColumn, (d: FoundView) => string> = {
  name: nameOf,
  model: modelOf,
  address: addressOf,
  known: knownOf,
};

/** Every word of the query is somewhere in name, maker, model, place, address or the cameras it is known by. */
const fits = (d: FoundView, words: readonly string[]): boolean => {
  const text = `${nameOf(d)} ${modelOf(d)} ${d.location ?? ''} ${addressOf(d)} ${knownOf(d)}`.toLowerCase();
  return words.every((w) => text.includes(w));
};

/** Numbers inside texts count as numbers: 10.0.0.9 comes before 10.0.0.10. Empty values come last in both directions. */
export function arrangeFound(
  devices: Iterable<FoundView>,
  by: { query: string; hideKnown: boolean; order: FoundOrder },
  locale: string,
): FoundView[] {
  const words = by.query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = texts[by.order.column];
  const { compare } = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  return [...devices]
    .filter((d) => !(by.hideKnown && d.known.length > 0) && fits(d, words))
    .sort((a, b) => {
      const [x, y] = [text(a), text(b)];
      if ((x === '') !== (y === '')) return x === '' ? 1 : -1;
      const sign = by.order.down ? -1 : 1;
      return sign * compare(x, y) || compare(addressOf(a), addressOf(b)) || compare(a.url, b.url);
    });
}
