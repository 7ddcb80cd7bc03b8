import type { objects as en } from '../en/objects.ts';
import type { Shape } from '../shape.ts';

export const objects = {
  show: 'Montrer ce que voit la caméra',
  hide: 'Cacher ce que voit la caméra',
  layer: 'Vu par la caméra elle-même : {{what}}',
  nothing: 'rien en ce moment',
  unknown: 'Objet',
  class: {
    human: 'Personne',
    vehicle: 'Véhicule',
    car: 'Voiture',
    truck: 'Camion',
    bus: 'Autobus',
    bike: 'Vélo',
    motorcycle: 'Moto',
    face: 'Visage',
    plate: 'Plaque',
    animal: 'Animal',
    bag: 'Sac',
  },
} as const satisfies Shape<typeof en>;
