/** What Vigie tells apart in a picture. Models name more; each of their classes is one of these, or left out. */
import { z } from 'zod';

export const ObjectClass = z.enum([
  'person',
  'bicycle',
  'motorcycle',
  'car',
  'bus',
  'truck',
  'train',
  'boat',
  'bird',
  'cat',
  'dog',
  'horse',
  'animal', // another one
  'bag', // backpack, handbag, suitcase
  'plate', // of a vehicle
  'face',
]);
export type ObjectClass = z.infer<typeof ObjectClass>;

export const vehicleClasses: readonly ObjectClass[] = ['car', 'bus', 'truck', 'motorcycle', 'train'];

/** Classes that detectors take for each other: one object may change between them without being another. */
export const kinOf = (cls: ObjectClass): 'vehicle' | 'person' | 'cycle' | 'animal' | ObjectClass => {
  switch (cls) {
    case 'car':
    case 'bus':
    case 'truck':
    case 'train':
      return 'vehicle';
    case 'bicycle':
    case 'motorcycle':
      return 'cycle';
    case 'bird':
    case 'cat':
    case 'dog':
    case 'horse':
    case 'animal':
      return 'animal';
    default:
      return cls;
  }
};
