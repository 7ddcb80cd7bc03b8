/** The wall as its user left it: size, order, page, saved layouts. Kept with the user, so a reload loses nothing. */
import { z } from 'zod';
import { create } from 'zustand';
import { CameraId } from '#domain/id.ts';
import { isWallSize, type WallSize } from '../wall/arrange.ts';
import { createPreference } from './preference.ts';
import { useSession } from './session.ts';

const Size = z.custom<WallSize>(isWallSize);
const Look = z.object({ size: Size, order: z.array(CameraId.nullable()).max(1024), group: z.string().nullable() });
export type Look = z.infer<typeof Look>;

const Kept = z.object({
  /** null: not chosen yet, as many tiles as there are cameras. */
  size: Size.nullable(),
  order: z.array(CameraId.nullable()).max(1024),
  group: z.string().nullable(),
  page: z.number().int().min(0),
  feed: z.boolean(),
  /** Keys 1 … 9. */
  saved: z.record(z.string(), Look),
});
type Kept = z.infer<typeof Kept>;

type Layout = Kept & {
  /** The tile that the keyboard acts on, on this page; not kept. */
  focus: number;
  /** The camera that is alone on the wall; not kept. */
  alone: CameraId | null;
};

const fresh: Kept = { size: null, order: [], group: null, page: 0, feed: true, saved: {} };

export const useLayout = create<Layout>(() => ({ ...fresh, focus: 0, alone: null }));

const preference = createPreference<Kept>('wall', (stored) => Kept.safeParse(stored).data ?? null);

const kept = (s: Layout): Kept => ({
  size: s.size,
  order: s.order,
  group: s.group,
  page: s.page,
  feed: s.feed,
  saved: s.saved,
});

/** Shows the local copy at once, then the station's. Called after log-in. */
export async function loadLayout(): Promise<void> {
  const user = useSession.getState().user?.id;
  if (user === undefined) return;
  useLayout.setState({ ...(preference.local(user) ?? fresh), focus: 0, alone: null });
  try {
    const theirs = await preference.sync(user);
    if (theirs !== null) useLayout.setState(theirs);
  } catch {
    // The line broke: the local copy holds, and `loadLayout` runs again when it is back.
  }
}

/** Changes what is kept, and keeps it. */
export function changeLayout(change: Partial<Kept>): void {
  useLayout.setState(change);
  const user = useSession.getState().user?.id;
  if (user !== undefined) preference.save(user, kept(useLayout.getState()));
}

export const focusTile = (focus: number): void => {
  useLayout.setState({ focus });
};
export const showAlone = (alone: CameraId | null): void => {
  useLayout.setState({ alone });
};
