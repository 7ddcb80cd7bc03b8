import type { WriteStore } from './index-port.ts';

/** Resolves when what was written until now outlasts a power cut, or when `signal` says that nobody waits any more. Rejects with `StoreError`. */
export function durableOrEnded(store: Pick<WriteStore, 'durable'>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = (): void => resolve();
    if (signal.aborted) over();
    else signal.addEventListener('abort', over, { once: true });
    store
      .durable()
      .then(resolve, reject)
      .finally(() => {
        signal.removeEventListener('abort', over);
      });
  });
}
