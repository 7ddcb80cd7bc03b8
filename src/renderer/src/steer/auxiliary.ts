/** A device's auxiliary commands as people see them (ONVIF Core §8.6: `tt:Wiper|On`; makers add their own). Pure. */
export type Extra = {
  /** As the device names it, without its prefix. */
  name: string;
  known: 'light' | 'wiper' | 'washer' | 'infrared' | 'heater' | null;
  commands: { command: string; does: 'on' | 'off' | 'auto' | null; word: string }[];
};

const names: readonly (readonly [RegExp, Exclude<Extra['known'], null>])[] = [
  [/white.?light|spot.?light|^light|lamp(?!ir)/i, 'light'],
  [/wiper/i, 'wiper'],
  [/wash/i, 'washer'],
  [/ir.?lamp|infra.?red|ir.?light|^ir$/i, 'infrared'],
  [/heat|defog|defrost/i, 'heater'],
];
const doing = { on: 'on', off: 'off', auto: 'auto' } as const;

/** Commands of one thing together, in the order in which the device names them. */
export function extrasOf(commands: readonly string[]): Extra[] {
  const extras = new Map<string, Extra>();
  for (const command of new Set(commands)) {
    const plain = command.replace(/^[a-z]\w*:/i, '');
    const cut = plain.search(/[|=]/);
    const name = cut < 0 ? plain : plain.slice(0, cut);
    const word = cut < 0 ? '' : plain.slice(cut + 1);
    if (name === '') continue;
    const infrared = /ir.?lamp/i.test(name) ? ('infrared' as const) : null;
    const extra = extras.get(name) ?? {
      name,
      known: infrared ?? names.find(([is]) => is.test(name))?.[1] ?? null,
      commands: [],
    };
    const does = word.toLowerCase();
    extra.commands.push({ command, does: Object.hasOwn(doing, does) ? doing[does as keyof typeof doing] : null, word });
    extras.set(name, extra);
  }
  return [...extras.values()];
}
