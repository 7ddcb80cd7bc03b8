/** What was read on a vehicle's plate in one picture. */
import { z } from 'zod';
import { Box } from './place.ts';

export const PlateRead = z.object({
  /** Capitals and digits, without spaces. */
  text: z.string().regex(/^[0-9A-Z]{1,16}$/),
  /** The chance that all of it is right: the least of its characters', 0 … 1. */
  score: z.number().min(0).max(1),
  /** Of each character, in order. */
  chances: z.array(z.number().min(0).max(1)).max(16),
  /** Where the plate is. */
  box: Box,
});
export type PlateRead = z.infer<typeof PlateRead>;

/** Capitals and digits without accents, spaces and signs: what plates are kept and compared by. */
export const plainPlate = (text: string): string =>
  text
    .normalize('NFKD')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '');
