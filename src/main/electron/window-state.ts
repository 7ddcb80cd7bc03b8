import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const Rect = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});
export type Rect = z.infer<typeof Rect>;

/** Where a window stood on one arrangement of monitors, and how. */
export const Placement = z.object({ bounds: Rect, maximized: z.boolean(), full: z.boolean() });
export type Placement = z.infer<typeof Placement>;

export type Monitor = { id: number; bounds: Rect; workArea: Rect };

/** Remembered by arrangement of monitors and role of the window, so that undocking and docking again loses nothing. */
const Saved = z.record(z.string(), Placement);

/** Names an arrangement: the monitors' places and sizes, in a fixed order. */
export function arrangement(monitors: Monitor[]): string {
  return monitors
    .map(({ bounds: b }) => `${b.width}x${b.height}@${b.x},${b.y}`)
    .sort()
    .join(' ');
}

/**
 * Where to open a window. What was saved is used when its title bar can be reached on a present monitor; else the window is
 * centred on the primary one (the first), at most as large as its work area.
 */
export function place(
  saved: Placement | null,
  monitors: Monitor[],
  wanted: { width: number; height: number },
): Placement {
  if (saved !== null && monitors.some((m) => reachable(saved.bounds, m.workArea))) return saved;
  const area = monitors[0]?.workArea ?? { x: 0, y: 0, width: wanted.width, height: wanted.height };
  const width = Math.min(wanted.width, area.width);
  const height = Math.min(wanted.height, area.height);
  const bounds = {
    x: area.x + Math.floor((area.width - width) / 2),
    y: area.y + Math.floor((area.height - height) / 2),
    width,
    height,
  };
  return { bounds, maximized: false, full: false };
}

/** At least 100 pixels of the top 40 can be grabbed. */
function reachable(window: Rect, area: Rect): boolean {
  const across = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  return across >= 100 && window.y >= area.y - 8 && window.y + 40 <= area.y + area.height;
}

/** The memory of placements in one small file. A damaged file is as good as none: windows then open centred. */
export function createWindowMemory(file: string): {
  recall(monitors: Monitor[], role: string): Placement | null;
  keep(monitors: Monitor[], role: string, placement: Placement): void;
} {
  let all: z.infer<typeof Saved> = {};
  try {
    const read = Saved.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (read.success) all = read.data;
  } catch {
    // No file yet, or not JSON.
  }
  const key = (monitors: Monitor[], role: string): string => `${role} on ${arrangement(monitors)}`;
  return {
    recall: (monitors, role) => all[key(monitors, role)] ?? null,
    keep(monitors, role, placement) {
      const entries = Object.entries({ ...all, [key(monitors, role)]: placement });
      all = Object.fromEntries(entries.slice(-64));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, JSON.stringify(all, null, 1));
      renameSync(`${file}.new`, file);
    },
  };
}
