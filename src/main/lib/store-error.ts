/**
 * Why the index cannot be read or written. newer: made by a later version · foreign: not Vigie's database · full: no space ·
 * readonly · io: the disk fails · corrupt: broken pages · busy: another process holds it · missing: it cannot be opened.
 */
export type StoreTrouble = 'newer' | 'foreign' | 'full' | 'readonly' | 'io' | 'corrupt' | 'busy' | 'missing' | 'other';

/** A failure of the index itself, mapped once from the database's own errors. The message says what to do. */
export class StoreError extends Error {
  readonly reason: StoreTrouble;
  constructor(reason: StoreTrouble, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StoreError';
    this.reason = reason;
  }
}
