/** What is told of a disk names it as an administrator called it: paths and numbers say nothing to who reads it. */
import type { EventRoom } from './events.ts';

/** `nameOf`: the name of a volume; empty: it has none, and its path stands for it. */
export const namingDisks = (events: EventRoom, nameOf: (volume: number) => string): EventRoom => ({
  ...events,
  note(event) {
    const { volume, disk } = event.data ?? {};
    if (typeof volume !== 'number' || disk !== undefined) return events.note(event);
    const name = nameOf(volume);
    return events.note(name === '' ? event : { ...event, data: { ...event.data, disk: name } });
  },
});
