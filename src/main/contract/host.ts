/**
 * What a station process and the program that started it (the desktop shell, a test) say to each other over the process
 * channel: `process.send` under `child_process.fork`, `process.parentPort` in Electron's utility process.
 */
import { z } from 'zod';

/** Station to host. */
export const HostNotice = z.discriminatedUnion('type', [
  /** It listens. `url` ends without a slash, e.g. `http://127.0.0.1:8710`. */
  z.object({ type: z.literal('ready'), url: z.string(), recording: z.number().int() }),
  /** A one-time ticket that opens a local session; valid 60 s, for one use. */
  z.object({ type: z.literal('ticket'), id: z.number().int(), ticket: z.string().nullable() }),
  /** How many streams are being recorded, when that changes: the shell asks before it quits. */
  z.object({ type: z.literal('recording'), streams: z.number().int() }),
  /**
   * Asks the host's keychain to wrap a short secret, or to give back one that it wrapped. Only to a host that said it has one
   * (`--keychain`); only the private process channel carries it, and nobody writes it down.
   */
  z.object({
    type: z.literal('keychain'),
    id: z.number().int(),
    op: z.enum(['wrap', 'unwrap']),
    value: z.string().max(8192),
  }),
  /** It was asked to stop, and still writes video that waited for a slow disk: to be waited for. Said about three times a second. */
  z.object({ type: z.literal('ending') }),
  /** It cannot start or go on; the sentence is for the person. */
  z.object({ type: z.literal('failed'), message: z.string() }),
]);
export type HostNotice = z.infer<typeof HostNotice>;

/** Host to station. */
export const HostRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ticket'), id: z.number().int() }),
  /** The keychain's answer; null: it refused, or cannot open this. */
  z.object({ type: z.literal('keychain'), id: z.number().int(), value: z.string().max(8192).nullable() }),
  z.object({ type: z.literal('stop') }),
]);
export type HostRequest = z.infer<typeof HostRequest>;
