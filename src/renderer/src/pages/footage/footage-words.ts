/** Searches of recorded footage in words, and what a person chooses to look for. */
import type { FootageSearch } from '#domain/footage-search.ts';
import type { ObjectClass } from '#domain/object-class.ts';
import { durationOf, numberOf, percentOf } from '../../text/format.ts';
import { t } from '../../text/index.ts';

export const groups = ['person', 'vehicle', 'animal'] as const;
export type Group = (typeof groups)[number];
export const classesOf: Readonly<Record<Group, readonly ObjectClass[]>> = {
  person: ['person'],
  vehicle: ['car', 'truck', 'bus', 'motorcycle', 'bicycle', 'train', 'boat'],
  animal: ['dog', 'cat', 'horse', 'bird', 'animal'],
};
export const groupsOf = (classes: readonly ObjectClass[]): Group[] =>
  groups.filter((g) => classesOf[g].some((c) => classes.includes(c)));

export const groupWords = (classes: readonly ObjectClass[]): string =>
  groupsOf(classes)
    .map((g) => t(`footage.group.${g}`))
    .join(', ');

/** Part of the recorded time that is gone through, 0 … 1. */
export const shareOf = ({ state, totalMs, doneMs }: FootageSearch): number =>
  state === 'done' ? 1 : totalMs > 0 ? Math.min(1, doneMs / totalMs) : 0;

const speedWords = (speed: number | null): string | null =>
  speed === null ? null : t('footage.speed', { times: numberOf(speed, speed < 9.95 ? 1 : 0) });

/** How it stands: state, and how fast and how long where it runs. */
export function stateWords(search: FootageSearch): string {
  const { state, why, speed, leftMs } = search;
  switch (state) {
    case 'waiting':
    case 'paused':
    case 'cancelled':
      return t(`footage.state.${state}`);
    case 'failed':
      return t(`footage.why.${why ?? 'index'}`);
    case 'running':
      return [
        percentOf(shareOf(search)),
        speedWords(speed),
        leftMs === null ? null : t('footage.left', { duration: durationOf(Math.max(1_000, leftMs)) }),
      ]
        .filter((w) => w !== null)
        .join(' · ');
    case 'done': {
      if (search.totalMs === 0) return t('footage.nothingRecorded');
      if (why === 'full') return t('footage.why.full');
      return [t('footage.state.done'), speedWords(speed)].filter((w) => w !== null).join(' · ');
    }
  }
}
