/** Where on the PC things are is told to administrators alone; others are told what volumes and archives are called. */
import type { AllAnswers, Call, Pushed } from '#contract/call.ts';
import { EventKind } from '#domain/event.ts';
import { ownVolume } from '#domain/volume.ts';
import type { Engine } from '../rooms.ts';

/** A folder of the PC. `name`: as an administrator called what is there; empty: not at all. `label`: what stands for it in a sentence then. */
export type Place = { path: string; name: string; label: string };

/** Those of a station. */
export const placesOf = (engine: {
  volumes: Pick<Engine['volumes'], 'places'>;
  archives: Pick<Engine['archives'], 'folders'>;
}): Place[] => [
  ...engine.volumes.places().map(({ volume, name, path }) => ({
    ...{ name, path },
    label: volume === ownVolume ? 'the data folder' : `disk ${String(volume)}`,
  })),
  ...engine.archives.folders().map(({ name, path }) => ({ name, path, label: name })),
];

type Answer = (input: unknown, call: Call) => Promise<unknown> | AsyncIterable<Pushed<object>>;
const isStream = (answer: ReturnType<Answer>): answer is AsyncIterable<Pushed<object>> =>
  Symbol.asyncIterator in answer;

/** Answers in which only administrators find paths: a place's own fields are empty, and sentences have its name instead. */
export function withoutPlaces(answers: AllAnswers, places: () => readonly Place[]): AllAnswers {
  const nouns = answers as unknown as Record<string, Record<string, Answer>>;
  const told = (answer: Answer): Answer =>
    function tell(input, call) {
      const answered = answer(input, call);
      if (call.caller?.role === 'administrator') return answered;
      return isStream(answered) ? eachHidden(answered, places) : answered.then((value) => hidden(value, places()));
    };
  return Object.fromEntries(
    Object.entries(nouns).map(([noun, functions]) => [
      noun,
      Object.fromEntries(Object.entries(functions).map(([name, answer]) => [name, told(answer)])),
    ]),
  ) as unknown as AllAnswers;
}

async function* eachHidden(items: AsyncIterable<Pushed<object>>, places: () => readonly Place[]) {
  for await (const item of items) yield { ...item, value: hidden(item.value, places()) };
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
/** A whole path from the root on, of this system or of another. */
const isPath = (text: string): boolean => /^(?:[/\\]|[A-Za-z]:[/\\])/.test(text);
const stations: ReadonlySet<unknown> = new Set(EventKind.options.filter((kind) => kind !== 'external'));

/** A copy in which no text names a place by its path; what has none is the same object. */
export function hidden<T>(value: T, places: readonly Place[]): T {
  const known = places
    .map((place) => ({ ...place, path: place.path.replace(/(?<=.)[/\\]+$/, '') }))
    .filter(({ path }) => path.length > 1)
    .sort((a, b) => b.path.length - a.path.length)
    .map((place) => {
      const [path, name] = [escaped(place.path), escaped(place.name)];
      return {
        ...place,
        said: place.name === '' ? place.label : place.name,
        // As sentences call it: its name and where it is, or where it is alone.
        both: place.name === '' ? null : new RegExp(`${name} \\(${path}(?:[/\\\\][^)]*)?\\)`, 'g'),
        alone: new RegExp(`(?<![\\w./\\\\-])${path}(?![\\w-]|\\.\\w)`, 'g'),
      };
    });

  const sentence = (text: string): string =>
    known.reduce((left, { both, alone, said }) => {
      const without = both === null ? left : left.replace(both, () => said);
      return without.replace(alone, () => said);
    }, text);
  const textOf = (text: string, key: string | null, ofEvent: boolean): string => {
    if (!text.includes('/') && !text.includes('\\')) return text;
    const at = isPath(text)
      ? known.find(({ path }) => text === path || (/^[/\\]/.test(text.slice(path.length)) && text.startsWith(path)))
      : undefined;
    if (key !== null && at !== undefined) return key === 'path' ? '' : at.name;
    // Of a volume that was taken out since, an event still knows where it was.
    if (ofEvent && isPath(text)) return '';
    return sentence(text);
  };
  const walk = (of: unknown, key: string | null, ofEvent: boolean): unknown => {
    if (typeof of === 'string') return textOf(of, key, ofEvent);
    if (typeof of !== 'object' || of === null) return of;
    if (Array.isArray(of)) {
      const items: unknown[] = of;
      const next = items.map((item) => walk(item, null, ofEvent));
      return next.some((item, i) => item !== items[i]) ? next : of;
    }
    const isEvent = 'kind' in of && 'data' in of && stations.has(of.kind);
    const was = Object.entries(of);
    const next = was.map(([k, v]) => [k, walk(v, k, ofEvent || (isEvent && k === 'data'))] as const);
    return next.some(([, v], i) => v !== was[i]?.[1]) ? Object.fromEntries(next) : of;
  };
  return walk(value, null, false) as T;
}
