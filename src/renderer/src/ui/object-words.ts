/** What cameras call the things they see, in the words of this screen; a maker's own word stays as it is. */
import { t } from '../text/index.ts';

const known = {
  human: 'human',
  person: 'human',
  people: 'human',
  pedestrian: 'human',
  vehicle: 'vehicle',
  car: 'car',
  truck: 'truck',
  bus: 'bus',
  bike: 'bike',
  bicycle: 'bike',
  motorcycle: 'motorcycle',
  motorbike: 'motorcycle',
  face: 'face',
  humanface: 'face',
  licenseplate: 'plate',
  animal: 'animal',
  dog: 'animal',
  cat: 'animal',
  bag: 'bag',
  luggage: 'bag',
} as const;
const isKnown = (name: string): name is keyof typeof known => Object.hasOwn(known, name);

export function objectWord(name: string | null): string {
  if (name === null) return t('objects.unknown');
  const plain = name.toLowerCase().replace(/[^a-z]/g, '');
  return isKnown(plain) ? t(`objects.class.${known[plain]}`) : name;
}
