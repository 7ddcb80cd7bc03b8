import type { WorkerPort } from '#lib/worker-port.ts';

/** Threads that were started before anybody knew what for. */
export function createSpareThreads<In, Out>(start: () => WorkerPort<In, Out>) {
  let spare: WorkerPort<In, Out>[] = [];
  return {
    add(count: number): void {
      for (let i = 0; i < count; i++) {
        const thread = start();
        spare.push(thread);
        // One that failed meanwhile is nobody's.
        thread.onExit(() => {
          spare = spare.filter((s) => s !== thread);
        });
      }
    },
    /** A spare one, else a new one. */
    take: (): WorkerPort<In, Out> => spare.shift() ?? start(),
    /** Ends those that nobody took. */
    async end(): Promise<void> {
      const left = spare;
      spare = [];
      await Promise.all(left.map((thread) => thread.kill()));
    },
  };
}
