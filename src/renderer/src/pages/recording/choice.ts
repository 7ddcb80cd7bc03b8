/** What a person chooses of when a camera is recorded, from its two plans and back. Pure. */
import {
  longestPostRollS,
  longestPreRollS,
  plansOf,
  recordAlways,
  type RecordingMode,
  type RecordingPlan,
  type RecordingPreset,
  type RecordingWhen,
} from '#domain/recording-plan.ts';

export type Plans = { main: RecordingPlan; sub: RecordingPlan };
/** own: each picture by itself. */
export type Choice = RecordingPreset | 'schedule' | 'own';
export const choices = ['always', 'events', 'low-high', 'schedule', 'never', 'own'] as const satisfies Choice[];

const modeOf = (plan: RecordingPlan): RecordingMode | null => (plan.when.by === 'mode' ? plan.when.mode : null);

export function choiceOf({ main, sub }: Plans, hasSub: boolean): Choice {
  const small = hasSub ? modeOf(sub) : 'off';
  const large = modeOf(main);
  if (large === null) return small === 'off' ? 'schedule' : 'own';
  if (small === 'off') {
    if (large === 'continuous') return 'always';
    if (large === 'off') return 'never';
    return large === 'events' ? 'events' : 'own';
  }
  return small === 'continuous' && large === 'events' ? 'low-high' : 'own';
}

/** A new week: nothing painted would record nothing, so it begins with the hours in which most are closed. */
export const newWeek = (): Extract<RecordingWhen, { by: 'week' }> => ({
  by: 'week',
  week: {
    spans: [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, fromMin: 0, toMin: 1440, mode: 'events' as const })),
    exceptions: [],
  },
});

/** With another choice; what belongs to none (seconds before and after, kinds, sound) stays. */
export function choose(plans: Plans, choice: Choice, hasSub: boolean): Plans {
  if (choice === 'own') return plans;
  if (choice === 'schedule') {
    const when = plans.main.when.by === 'mode' ? newWeek() : plans.main.when;
    return { main: { ...plans.main, when }, sub: { ...plans.sub, when: { by: 'mode', mode: 'off' } } };
  }
  const { main, sub } = plansOf(choice, hasSub);
  return { main: { ...plans.main, when: main.when }, sub: { ...plans.sub, when: sub.when } };
}

/** Changes what both pictures share. */
export const both = (plans: Plans, change: Partial<Omit<RecordingPlan, 'when'>>): Plans => ({
  main: { ...plans.main, ...change },
  sub: { ...plans.sub, ...change },
});

/** Whole seconds that a plan may ask for. */
export const rolls = { preRollS: [0, longestPreRollS], postRollS: [0, longestPostRollS] } as const;
export const rollFits = (plan: RecordingPlan, name: keyof typeof rolls): boolean =>
  Number.isInteger(plan[name]) && plan[name] >= rolls[name][0] && plan[name] <= rolls[name][1];
/** What is typed can be so; what is wrong stands at its field. */
export const fits = (plans: Plans): boolean =>
  [plans.main, plans.sub].every((p) => p.kinds.length > 0 && rollFits(p, 'preRollS') && rollFits(p, 'postRollS'));

/** Where nothing waits for a trigger any more, what was typed wrong of triggers is not shown: it is as before anything was typed. */
export function settled(plans: Plans, hasSub: boolean): Plans {
  if (waits(plans.main.when) || (hasSub && waits(plans.sub.when)) || fits(plans)) return plans;
  const { kinds, preRollS, postRollS } = recordAlways;
  return both(plans, { kinds, preRollS, postRollS });
}

/** Something of it waits for a trigger. */
export const waits = (when: RecordingWhen): boolean =>
  when.by !== 'mode' || when.mode === 'motion' || when.mode === 'events';
