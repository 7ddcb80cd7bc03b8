/** Which cameras the demo site has, and what each of them is good for. */
import type { Position } from './onvif/ptz-head.ts';

export type Plan = {
  name: string;
  /** The number in the code that is burnt into the pictures. */
  camera: number;
  /** Names of its files begin with it. */
  clips: string;
  hasSub: boolean;
  model: string;
  misbehaves: boolean;
  /** Looks of a camera that turns, beside the first at home; each is shown where the head is nearest to it. */
  views: { clips: string; at: Position }[];
  relays: number;
  inputs: number;
  auxiliary: string[];
  /** A loudspeaker behind the backchannel. */
  speaker: boolean;
  /** Records on a card of its own (Profile G). */
  card: boolean;
};

const plain = {
  hasSub: true,
  misbehaves: false,
  views: [],
  relays: 0,
  inputs: 0,
  auxiliary: [],
  speaker: false,
  card: false,
};

export const demoPlan: readonly Plan[] = [
  { ...plain, name: 'Gate', camera: 1, clips: 'gate', model: 'VD-210 Bullet', relays: 1, inputs: 1, card: true },
  {
    ...plain,
    name: 'Yard',
    camera: 2,
    clips: 'yard',
    model: 'VD-630 Dome PTZ',
    views: [
      { clips: 'yard-left', at: { pan: -0.5, tilt: 0, zoom: 0 } },
      { clips: 'yard-right', at: { pan: 0.5, tilt: 0, zoom: 0 } },
      { clips: 'yard-near', at: { pan: -0.33, tilt: 0.1, zoom: 0.7 } },
    ],
    auxiliary: ['tt:WhiteLight|On', 'tt:WhiteLight|Off', 'tt:Wiper|On', 'tt:Wiper|Off'],
  },
  { ...plain, name: 'Corridor', camera: 3, clips: 'corridor', hasSub: false, model: 'VD-110 Talk', speaker: true },
  { ...plain, name: 'Street', camera: 4, clips: 'street', model: 'VD-210 Bullet', misbehaves: true },
];

/** Degrees that the full range of the generic spaces stands for: what is near is judged by what an eye sees. */
const degrees: Position = { pan: 60, tilt: 30, zoom: 45 };

/** Which of the views is nearest to where the head looks; 0 is the first, at home. */
export function nearestView(at: Position, views: readonly { at: Position }[]): number {
  const far = (to: Position): number =>
    Math.hypot((to.pan - at.pan) * degrees.pan, (to.tilt - at.tilt) * degrees.tilt, (to.zoom - at.zoom) * degrees.zoom);
  const all = [{ pan: 0, tilt: 0, zoom: 0 }, ...views.map((v) => v.at)].map(far);
  return all.indexOf(Math.min(...all));
}
