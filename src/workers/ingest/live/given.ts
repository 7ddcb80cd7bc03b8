/** What a stream gives to other workers while it is recorded: pictures to who watches, sound to who listens. */
import type { MessagePort } from 'node:worker_threads';
import type { StreamId } from '#domain/id.ts';
import type { AccessUnit } from '#media/format.ts';
import type { HearOrder, ShowOrder } from '../port.ts';
import type { UnitSink } from '../unit-sink.ts';
import { createHeard } from './heard.ts';
import { createShown, type Group, type Shown } from './shown.ts';

export type Given = Omit<UnitSink, 'unit'> &
  Pick<Shown, 'mayNapMs'> & {
    unit(unit: AccessUnit, arrivedUs: number, group: Group): void;
    /** Gives its pictures; null: not any more. */
    show(order: ShowOrder | null): void;
    /** Gives its sound; null: not any more. */
    hear(order: HearOrder | null): void;
  };
/** Where it goes; null: to nobody. Asked each time: the other worker may be another one by now. */
export type GivenTo = { pictures: () => MessagePort | null; sound: () => MessagePort | null };

export function createGiven(streamId: StreamId, to: GivenTo): Given {
  const shown = createShown({ streamId, port: to.pictures });
  const heard = createHeard({ streamId, port: to.sound });
  return {
    show: shown.show,
    mayNapMs: shown.mayNapMs,
    hear: heard.hear,
    format(video, audio) {
      shown.format(video, audio);
      heard.format(video, audio);
    },
    unit(unit, arrivedUs, group) {
      shown.unit(unit, arrivedUs, group);
      heard.unit(unit, arrivedUs);
    },
    interrupt: heard.interrupt,
  };
}
