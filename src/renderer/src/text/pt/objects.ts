import type { objects as en } from '../en/objects.ts';
import type { Shape } from '../shape.ts';

export const objects = {
  show: 'Mostrar o que a câmara vê',
  hide: 'Esconder o que a câmara vê',
  layer: 'Visto pela própria câmara: {{what}}',
  nothing: 'nada agora',
  unknown: 'Objeto',
  class: {
    human: 'Pessoa',
    vehicle: 'Veículo',
    car: 'Carro',
    truck: 'Camião',
    bus: 'Autocarro',
    bike: 'Bicicleta',
    motorcycle: 'Mota',
    face: 'Rosto',
    plate: 'Matrícula',
    animal: 'Animal',
    bag: 'Saco',
  },
} as const satisfies Shape<typeof en>;
