/** What the engine offers of archives, to `engine/api` and other rooms. Types only. */
import type { ArchivePace, ArchivePlace, ArchiveSettings, ArchiveView, Tiering, TierRules } from '#domain/archive.ts';
import type { CameraId } from '#domain/id.ts';
import type { Caller, Outputs } from '#contract/call.ts';

export type Archives = {
  list(): Promise<ArchiveView[]>;
  /** Those that are folders: what they are called, and where they are. */
  folders(): { name: string; path: string }[];
  /** Throws INVALID where it cannot be used (in words), CONFLICT where it is another station's or is known already. */
  add(settings: ArchiveSettings, secret: string | null, caller: Caller): Promise<ArchiveView>;
  /** `secret` null: the one that is kept. Throws as `add`, and NOT_FOUND. */
  change(
    archive: number,
    change: { name?: string | undefined; place?: ArchivePlace | undefined; pace?: ArchivePace | undefined },
    secret: string | null,
    caller: Caller,
  ): Promise<ArchiveView>;
  /** Writes, reads and deletes a small object now. Throws NOT_FOUND, UNAVAILABLE (in words). */
  test(archive: number): Promise<ArchiveView>;
  /**
   * The station knows it no more; what lies there stays there. Throws NOT_FOUND; CONFLICT while a rule names it (`rules`), or some
   * footage is nowhere else (`footage`) and `loseFootage` is not said.
   */
  remove(archive: number, loseFootage: boolean, caller: Caller): void;
  /** Compares what is there with the index, and takes in what the index lacks. Throws NOT_FOUND, UNAVAILABLE. */
  compare(archive: number, caller: Caller): Promise<Outputs['archives']['compare']>;
  tiering(): Tiering;
  /** Throws NOT_FOUND for an archive that is not there. */
  setStation(rules: TierRules, caller: Caller): void;
  /** null: as the station again. Throws as `setStation`. */
  setGroup(group: string, rules: TierRules | null, caller: Caller): void;
  /** null: as their groups, or the station, again. Throws NOT_FOUND. */
  setCameras(ids: readonly CameraId[], rules: TierRules | null, caller: Caller): void;
};
