/** Small secrets at rest (adapters/auth). Types only. */

/** Seals small secrets at rest (AES-256-GCM under the station's key). `bound` is authenticated with it. */
export type Secrets = {
  seal(plain: string, bound: string): Uint8Array;
  open(sealed: Uint8Array, bound: string): string;
};
