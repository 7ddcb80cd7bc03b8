/** The recorded files of a volume behind its gate: whatever is asked of them comes back in time, if only to say that it did not. */
import type { SegmentFiles, SegmentReader } from './segment-file-port.ts';
import type { VolumeGate } from './volume-gate.ts';

/** One read or one small write. */
const shortMs = 10_000;
/** Many small steps: listing folders, deleting a batch. */
const longMs = 60_000;
const eraseMs = 600_000;
/** What is only let go of is waited for by nobody. */
const dayMs = 86_400_000;

export function guardFiles(files: SegmentFiles, gate: VolumeGate): SegmentFiles {
  const short = <T>(work: () => Promise<T>): Promise<T> => gate.run(shortMs, work);
  const long = <T>(work: () => Promise<T>): Promise<T> => gate.run(longMs, work);

  /** Done in its turn, however long that takes; who asks for it waits no longer than for other things. */
  const letGo = async (work: () => Promise<unknown>): Promise<void> => {
    const over = gate.run(dayMs, work).then(
      () => undefined,
      () => undefined,
    );
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(late.resolve, gate.hanging() > 0 ? 0 : shortMs, undefined);
    await Promise.race([over, late.promise]);
    clearTimeout(timer);
  };

  const reader = (of: SegmentReader): SegmentReader => ({
    encrypted: of.encrypted,
    read: (offset, length) => short(() => of.read(offset, length)),
    async *chunks(first, last) {
      const parts = of.chunks(first, last)[Symbol.asyncIterator]();
      let done = false;
      try {
        for (;;) {
          const part = await short(() => parts.next());
          if (part.done === true) {
            done = true;
            return;
          }
          yield part.value;
        }
      } finally {
        if (!done) await letGo(async () => parts.return?.());
      }
    },
    close: () => letGo(() => of.close()),
  });

  return {
    root: files.root,
    path: files.path,
    tryFolder: (folder, atMs) => short(() => files.tryFolder(folder, atMs)),
    folders: () => short(() => files.folders()),
    list: (folder, fromMs, toMs) => long(() => files.list(folder, fromMs, toMs)),
    inspect: (path) => short(() => files.inspect(path)),
    async open(path) {
      let gone = false;
      const opened = await short(async () => {
        const found = await files.open(path);
        if (gone) await found?.close();
        return found;
      }).catch((error: unknown) => {
        gone = true;
        throw error;
      });
      return opened === null ? null : reader(opened);
    },
    // Not of this volume: nothing of it waits for its disk.
    inspectFrom: (source) => files.inspectFrom(source),
    openFrom: (name, source) => files.openFrom(name, source),
    eraseFolder: (folder) => gate.run(eraseMs, () => files.eraseFolder(folder)),
    describe: (folder, json) => short(() => files.describe(folder, json)),
    described: (folder) => short(() => files.described(folder)),
    chain: {
      append: (stream, links) => short(() => files.chain.append(stream, links)),
      newest: (stream) => short(() => files.chain.newest(stream)),
      read: (stream) => long(() => files.chain.read(stream)),
      day: (stream, atMs) => short(() => files.chain.day(stream, atMs)),
      days: (stream) => files.chain.days(stream),
      note: (folder, streams) => short(() => files.chain.note(folder, streams)),
      noted: (folder) => short(() => files.chain.noted(folder)),
    },
    keepBeside: (folder, json) => short(() => files.keepBeside(folder, json)),
    keptBeside: (folder) => short(() => files.keptBeside(folder)),
    accountMonths: (folder) => short(() => files.accountMonths(folder)),
    keepAccount: (folder, month, json) => short(() => files.keepAccount(folder, month, json)),
    remove: (folder, segments, spared) => long(() => files.remove(folder, segments, spared)),
    space: () => short(() => files.space()),
  };
}
