/** How the timeline's data is cut: levels of grain, and slots of time in each. Pure. */

/** Grain of level 0, ms. Each level is twice as coarse. */
export const finestGrainMs = 125;
/** A slot holds this many grains: about a screen. */
const slotGrains = 2048;
export const maxLevel = 16;

export type Slot = { level: number; index: number };

export const grainOf = (level: number): number => finestGrainMs * 2 ** level;
export const slotMs = (level: number): number => grainOf(level) * slotGrains;
export const slotFrom = (slot: Slot): number => slot.index * slotMs(slot.level);
export const slotTo = (slot: Slot): number => slotFrom(slot) + slotMs(slot.level);
export const slotKey = (slot: Slot): string => `${String(slot.level)}:${String(slot.index)}`;

/** The coarsest level that is still as fine as a pixel. */
export const levelFor = (msPerPx: number): number =>
  Math.max(0, Math.min(maxLevel, Math.floor(Math.log2(Math.max(msPerPx, finestGrainMs) / finestGrainMs))));

/** Slots of a level that touch [fromMs, toMs), in order. Time before 1970 has none. */
export function slotsOver(level: number, fromMs: number, toMs: number): Slot[] {
  const length = slotMs(level);
  const out: Slot[] = [];
  const last = Math.ceil(toMs / length);
  for (let index = Math.max(0, Math.floor(fromMs / length)); index < last && out.length < 64; index++)
    out.push({ level, index });
  return out;
}

/** The coarser slot that a slot lies in. */
export const parentOf = (slot: Slot): Slot => ({ level: slot.level + 1, index: Math.floor(slot.index / 2) });

/** What to ask for around a view: what is seen, then its neighbours in time, then the next level out. */
export function wantedSlots(
  fromMs: number,
  toMs: number,
  msPerPx: number,
  nowMs: number,
): { seen: Slot[]; near: Slot[] } {
  const level = levelFor(msPerPx);
  const seen = slotsOver(level, fromMs, Math.min(toMs, nowMs + 1));
  const first = seen[0];
  const last = seen.at(-1);
  if (!first || !last) return { seen, near: [] };
  const near: Slot[] = [
    { level, index: last.index + 1 },
    { level, index: first.index - 1 },
  ];
  if (level < maxLevel) near.push(...slotsOver(level + 1, fromMs, Math.min(toMs, nowMs + 1)));
  return { seen, near: near.filter((s) => s.index >= 0 && slotFrom(s) <= nowMs) };
}

/** A piece of the view and the slot whose data fills it; `slot` null: nothing is known of it yet. */
export type Piece = { fromMs: number; toMs: number; slot: Slot | null };

/** Fills a span with the best data there is: its own level, else coarser, else finer. Pieces are in order and do not overlap. */
export function pieces(level: number, fromMs: number, toMs: number, has: (slot: Slot) => boolean): Piece[] {
  const out: Piece[] = [];
  for (const slot of slotsOver(level, fromMs, toMs)) {
    const [a, b] = [Math.max(fromMs, slotFrom(slot)), Math.min(toMs, slotTo(slot))];
    let found: Slot | null = has(slot) ? slot : null;
    for (let up = parentOf(slot); !found && up.level <= Math.min(maxLevel, level + 6); up = parentOf(up))
      if (has(up)) found = up;
    if (found) out.push({ fromMs: a, toMs: b, slot: found });
    else out.push(...finer(slot, a, b, has, 3));
  }
  return out;
}

function finer(slot: Slot, fromMs: number, toMs: number, has: (slot: Slot) => boolean, depth: number): Piece[] {
  if (has(slot)) return [{ fromMs, toMs, slot }];
  if (depth === 0 || slot.level === 0 || toMs <= fromMs) return [{ fromMs, toMs, slot: null }];
  const half = { level: slot.level - 1, index: slot.index * 2 };
  const middle = slotTo(half);
  return [
    ...(fromMs < middle ? finer(half, fromMs, Math.min(toMs, middle), has, depth - 1) : []),
    ...(toMs > middle
      ? finer({ level: half.level, index: half.index + 1 }, Math.max(fromMs, middle), toMs, has, depth - 1)
      : []),
  ];
}
