/**
 * What is durable of the group of pictures that is being written, by reference: where a disk refuses the rest of it, that is of no use
 * without what came before it, which is then recorded once more in front of it.
 */
import type { RecordDisk } from './disk.ts';
import type { FragmentBytes, SegmentFile } from './segment-file.ts';

/** A fragment that was handed over. */
export type Handed = { segment: SegmentFile; fragment: FragmentBytes };

export type Lead = {
  /** In the order in which they are written. */
  handed(segment: SegmentFile, fragment: FragmentBytes): void;
  /** More of it is durable than before. */
  grew(): void;
  /** The segment ended, and all of it is durable. */
  sealed(segment: SegmentFile): void;
  /** What is durable from the newest key picture on, oldest first; nothing is known of it any more. Who takes it lets go of it. */
  take(): Handed[];
  clear(): void;
};

const isDurable = ({ segment, fragment }: Handed): boolean => fragment.sequence <= segment.fragments;
const payloadOf = ({ fragment }: Handed): Uint8Array[] => fragment.pieces.slice(1);

/** `mostBytes`: a longer group of pictures is not kept. */
export function createLead({ disk, mostBytes }: { disk: RecordDisk; mostBytes: number }): Lead {
  let handed: Handed[] = [];

  const letGo = (of: readonly Handed[]): void => {
    for (const one of of) disk.taken(payloadOf(one));
  };
  /** Forgets all before this one. */
  const keepFrom = (at: number): void => {
    letGo(handed.splice(0, at));
  };
  const newestKey = (): number => handed.findLastIndex((one) => one.fragment.key && isDurable(one));

  return {
    handed(segment, fragment) {
      if (handed.length === 0 && !fragment.key) return;
      const one = { segment, fragment };
      disk.again(payloadOf(one));
      handed.push(one);
    },
    grew() {
      keepFrom(Math.max(0, newestKey()));
      const bytes = handed.reduce((sum, one) => sum + (isDurable(one) ? one.fragment.bytes : 0), 0);
      if (bytes <= mostBytes) return;
      const next = handed.findIndex((one) => one.fragment.key && !isDurable(one));
      keepFrom(next < 0 ? handed.length : next);
    },
    sealed(segment) {
      const next = handed.findIndex((one) => one.segment !== segment);
      keepFrom(next < 0 ? handed.length : next);
    },
    take() {
      const from = newestKey();
      const lead = from < 0 ? [] : handed.slice(from).filter(isDurable);
      letGo(handed.filter((one) => !lead.includes(one)));
      handed = [];
      return lead;
    },
    clear: () => keepFrom(handed.length),
  };
}
