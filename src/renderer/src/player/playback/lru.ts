/** Keeps what was used last within a budget; what falls out is told, so that it can be closed. Pure. */
export type Lru<V> = {
  get(key: string): V | undefined;
  has(key: string): boolean;
  /** A value larger than the whole budget is dropped at once. */
  set(key: string, value: V, cost: number): void;
  delete(key: string): void;
  clear(): void;
  readonly cost: number;
  readonly size: number;
};

export function createLru<V>(budget: number, onDrop: (value: V) => void = () => undefined): Lru<V> {
  const kept = new Map<string, { value: V; cost: number }>();
  let sum = 0;
  const drop = (key: string): void => {
    const entry = kept.get(key);
    if (!entry) return;
    kept.delete(key);
    sum -= entry.cost;
    onDrop(entry.value);
  };
  return {
    get(key) {
      const entry = kept.get(key);
      if (!entry) return undefined;
      kept.delete(key);
      kept.set(key, entry);
      return entry.value;
    },
    has: (key) => kept.has(key),
    set(key, value, cost) {
      drop(key);
      kept.set(key, { value, cost });
      sum += cost;
      for (const oldest of kept.keys()) {
        if (sum <= budget) break;
        drop(oldest);
      }
    },
    delete: drop,
    clear() {
      for (const key of [...kept.keys()]) drop(key);
    },
    get cost() {
      return sum;
    },
    get size() {
      return kept.size;
    },
  };
}
