/** Who and what moves through the scenes: people, cars, a van, a forklift. */
import { clamp, rgb } from './stage.js';

/**
 * A walking person; `heading` in radians (0: towards +x), `walked` metres drive the gait, `still` 0 … 1 brings the limbs to rest.
 * `dim` darkens for night.
 */
export function person(
  stage,
  { at, heading, walked, tall = 1.75, coat, legs, skin = [196, 150, 122], vest, dim = 1, still = 0, bag },
) {
  const f = [Math.cos(heading), Math.sin(heading)];
  const side = [-f[1], f[0]];
  const swing = Math.sin((walked / 0.75) * Math.PI) * (1 - still);
  const k = tall / 1.75;
  const bob = Math.abs(Math.cos((walked / 0.75) * Math.PI)) * 0.03 * (1 - still);
  const joint = (fwd, lat, z) => [
    at[0] + (f[0] * fwd + side[0] * lat) * k,
    at[1] + (f[1] * fwd + side[1] * lat) * k,
    at[2] + (z + bob) * k,
  ];
  const reach = (z) => [0.3, -0.3].flatMap((fwd) => [0.28, -0.28].map((lat) => joint(fwd, lat, z)));
  stage.see('Human', JSON.stringify([coat, legs, tall]), [...reach(0), ...reach(1.8)]);
  const leg = (sign) => {
    const s = swing * sign;
    const lift = clamp(-Math.cos((walked / 0.75) * Math.PI) * sign) * 0.12 * (1 - still);
    return [
      joint(0, 0.09 * sign, 0.88),
      joint(0.2 * s + 0.07 + lift * 0.5, 0.1 * sign, 0.48 + lift * 0.4),
      joint(0.36 * s, 0.1 * sign, 0.07 + lift),
      joint(0.36 * s + 0.13, 0.1 * sign, 0.04 + lift * 0.8),
    ];
  };
  const arm = (sign) => {
    const s = -swing * sign;
    return [
      joint(0, 0.2 * sign, 1.4),
      joint(0.14 * s - 0.03, 0.25 * sign, 1.12),
      joint(0.27 * s + 0.1, 0.23 * sign, 0.9),
    ];
  };
  const limbs = [];
  for (const sign of [1, -1]) {
    limbs.push(
      { pts: leg(sign).slice(0, 3), thick: 0.15, c: legs },
      { pts: leg(sign).slice(2), thick: 0.1, c: [30, 28, 28] },
    );
    limbs.push({ pts: arm(sign), thick: 0.105, c: coat, arm: true });
  }
  const far = (l) => stage.depth(l.pts[1]);
  limbs.sort((a, b) => far(b) - far(a));
  const torso = () => {
    stage.rod(joint(0, 0, 0.92), joint(0.01, 0, 1.1), 0.31, rgb(coat, 0.82 * dim));
    stage.rod(joint(0, 0, 1.05), joint(0.02, 0, 1.34), 0.35, rgb(vest ?? coat, 0.98 * dim));
    stage.rod(joint(0.01, -0.12, 1.38), joint(0.01, 0.12, 1.38), 0.17, rgb(vest ?? coat, 1.08 * dim));
    if (vest) {
      stage.rod(joint(0.02, -0.15, 1.12), joint(0.02, 0.15, 1.12), 0.055, rgb([235, 238, 225], dim));
      stage.rod(joint(0.02, -0.16, 1.28), joint(0.02, 0.16, 1.28), 0.045, rgb([235, 238, 225], dim));
    }
    if (bag) stage.rod(joint(-0.2, 0, 1.12), joint(-0.2, 0, 1.32), 0.24, rgb(bag, dim));
  };
  return {
    shadow(strength = 0.42) {
      const all = [
        ...limbs.map((l) => ({ pts: l.pts, thick: l.thick })),
        { pts: [joint(0, 0, 0.95), joint(0, 0, 1.38)], thick: 0.34 },
        { pts: [joint(0, 0, 1.6), joint(0.02, 0, 1.64)], thick: 0.22 },
      ];
      const room = [
        joint(-0.5, 0, 0),
        joint(0.5, 0, 0),
        stage.onGround(joint(0, -0.4, 1.75)),
        stage.onGround(joint(0, 0.4, 1.75)),
      ];
      stage.soft(room, clamp(stage.scale(at) * 0.03, 0.8, 6), () => {
        stage.ctx.globalAlpha = strength;
        for (const l of all)
          for (let i = 1; i < l.pts.length; i++)
            stage.rod(stage.onGround(l.pts[i - 1]), stage.onGround(l.pts[i]), l.thick, '#0b0f1a');
      });
    },
    draw() {
      const draw = (l) => {
        const near = 1 - clamp((far(l) - far(limbs.at(-1))) * 0.35, 0, 0.25);
        for (let i = 1; i < l.pts.length; i++)
          stage.rod(l.pts[i - 1], l.pts[i], l.thick * k, rgb(l.c, near * dim * (l.arm ? 0.9 : 1)));
        if (l.arm) stage.ball(l.pts[2], 0.055 * k, rgb(skin, dim * near));
      };
      const behind = limbs.filter((l) => l.arm).sort((a, b) => far(b) - far(a))[0];
      for (const l of limbs) if (!l.arm) draw(l);
      draw(behind);
      torso();
      for (const l of limbs) if (l.arm && l !== behind) draw(l);
      stage.rod(joint(0.02, 0, 1.46), joint(0.03, 0, 1.54), 0.11 * k, rgb(skin, 0.85 * dim));
      stage.ball(joint(0.04, 0, 1.63), 0.115 * k, rgb(skin, 0.98 * dim));
      stage.ball(joint(0.0, 0, 1.675), 0.112 * k, rgb(vest ? [236, 190, 40] : [52, 40, 34], dim));
    },
  };
}

const saloon = {
  length: 4.5,
  width: 1.82,
  profile: [
    [2.25, 0.32],
    [2.25, 0.62],
    [2.12, 0.8],
    [1.05, 0.98, 'glass'],
    [0.35, 1.44],
    [-0.95, 1.46, 'glass'],
    [-1.75, 1.02],
    [-2.2, 0.96],
    [-2.25, 0.55],
    [-2.22, 0.32],
  ],
  windows: [
    [
      [0.98, 1.0],
      [0.38, 1.36],
      [-0.28, 1.38],
      [-0.28, 0.99],
    ],
    [
      [-0.36, 0.99],
      [-0.36, 1.38],
      [-0.9, 1.38],
      [-1.55, 1.02],
    ],
  ],
  taper: [0.95, 0.17],
};
const van = {
  length: 5.4,
  width: 2,
  profile: [
    [2.7, 0.35],
    [2.7, 0.85],
    [2.35, 1.12, 'glass'],
    [1.75, 2.0],
    [1.4, 2.2],
    [-2.6, 2.25],
    [-2.7, 2.1],
    [-2.7, 0.35],
  ],
  windows: [
    [
      [2.2, 1.15],
      [1.68, 1.9],
      [0.9, 1.9],
      [0.9, 1.15],
    ],
  ],
  taper: [1.2, 0.08],
};
const hatch = {
  ...saloon,
  length: 3.9,
  profile: [
    [1.95, 0.32],
    [1.95, 0.66],
    [1.8, 0.84],
    [0.95, 1.0, 'glass'],
    [0.3, 1.48],
    [-1.35, 1.5, 'glass'],
    [-1.85, 1.02],
    [-1.95, 0.9],
    [-1.95, 0.32],
  ],
  windows: [
    [
      [0.88, 1.03],
      [0.33, 1.4],
      [-0.3, 1.42],
      [-0.3, 1.02],
    ],
    [
      [-0.38, 1.02],
      [-0.38, 1.42],
      [-1.2, 1.42],
      [-1.5, 1.04],
    ],
  ],
};
export const bodies = { saloon, van, hatch };

/** A car of one of the `bodies`; `lights` 0 … 1, `brake` likewise. */
export function car(stage, { at, heading, body = saloon, colour, lights = 0, brake = 0, dim = 1, rolled = 0 }) {
  const c = Math.cos(heading);
  const s = Math.sin(heading);
  const half = (z) => body.width / 2 - clamp((z - body.taper[0]) / 0.5) * body.taper[1];
  const p = (l, w, z) => [at[0] + l * c - w * s, at[1] + l * s + w * c, z];
  const { profile, length } = body;
  const glass = [38, 48, 60];
  const roof = Math.max(...profile.map(([, z]) => z));
  const corners = (z) => [-1, 1].flatMap((l) => [-1, 1].map((w) => p((l * length) / 2, w * half(z), z)));
  stage.see('Vehicle', JSON.stringify([colour, length]), [...corners(0.05), ...corners(roof)]);
  const camSide = (stage.eye[0] - at[0]) * -s + (stage.eye[1] - at[1]) * c > 0 ? 1 : -1;
  const wheel = (l, side) => {
    const ring = (r) =>
      Array.from({ length: 20 }, (_, i) =>
        p(
          l + Math.cos((i / 10) * Math.PI) * r,
          side * (body.width / 2 + 0.005),
          0.33 + Math.sin((i / 10) * Math.PI) * r,
        ),
      );
    stage.fill(ring(0.33), rgb([22, 22, 25], dim));
    stage.fill(ring(0.2), rgb([132, 136, 142], dim * 0.9));
    for (let i = 0; i < 5; i++) {
      const a = (i / 5) * 2 * Math.PI - rolled / 0.33;
      stage.rod(
        p(l, side * body.width * 0.505, 0.33),
        p(l + Math.cos(a) * 0.17, side * body.width * 0.505, 0.33 + Math.sin(a) * 0.17),
        0.035,
        rgb([60, 62, 66], dim),
      );
    }
  };
  return {
    shadow(strength = 0.5) {
      const pts = [];
      for (const l of [-length / 2, length / 2])
        for (const w of [-1, 1])
          pts.push(p(l, (w * body.width) / 2, 0.05), p(l * 0.72, w * half(1.4), profile[5][1] * 0.97));
      stage.shadow(pts, { strength, blur: 0.12 });
      stage.shadow(
        [p(-length / 2, -0.85, 0), p(length / 2, -0.85, 0), p(length / 2, 0.85, 0), p(-length / 2, 0.85, 0)],
        { strength: strength * 0.9, blur: 0.1 },
      );
    },
    draw() {
      // The far edge faces first, then the side that the camera sees.
      const quads = profile.map(([l, z, kind], i) => {
        const [l2, z2] = profile[(i + 1) % profile.length];
        return {
          pts: [p(l, -half(z), z), p(l, half(z), z), p(l2, half(z2), z2), p(l2, -half(z2), z2)],
          kind,
          mid: p((l + l2) / 2, 0, (z + z2) / 2),
        };
      });
      quads.sort((a, b) => stage.depth(b.mid) - stage.depth(a.mid));
      for (const q of quads) {
        stage.face(q.pts, colour, { lit: undefined, ...(dim < 1 && { style: undefined }) });
        if (q.kind === 'glass') {
          const inset = q.pts.map((v) => v.map((n, i) => n + (q.mid[i] - n) * 0.1));
          stage.face(inset, glass, { style: rgb(glass, dim * 1.15) });
        }
      }
      const side = profile.map(([l, z]) => p(l, camSide * half(z), z));
      const shade = stage.lit([-s * camSide, c * camSide, 0.15]);
      const top = stage.project(p(0, camSide * half(1.4), 1.45));
      const foot = stage.project(p(0, camSide * half(0.3), 0.3));
      let style = rgb(colour, shade * 0.95);
      if (top && foot && Math.abs(top[1] - foot[1]) > 4) {
        style = stage.ctx.createLinearGradient(0, top[1], 0, foot[1]);
        style.addColorStop(0, rgb(colour, shade * 1.12));
        style.addColorStop(0.5, rgb(colour, shade * 0.98));
        style.addColorStop(1, rgb(colour, shade * 0.62));
      }
      stage.fill(side, style);
      for (const w of body.windows)
        stage.fill(
          w.map(([l, z]) => p(l, camSide * (half(z) + 0.005), z)),
          rgb(glass, dim * 0.95),
        );
      for (const l of [length * 0.3, -length * 0.3]) wheel(l, camSide);
      // Lamps and plates on whichever end is seen.
      const front = c * (stage.eye[0] - at[0]) + s * (stage.eye[1] - at[1]) > 0;
      const end = front ? length / 2 + 0.01 : -length / 2 - 0.01;
      for (const w of [-0.62, 0.62]) {
        const quad = [p(end, w - 0.17, 0.6), p(end, w + 0.17, 0.6), p(end, w + 0.17, 0.76), p(end, w - 0.17, 0.76)];
        stage.fill(
          quad,
          front
            ? rgb([235, 238, 230], lights > 0 ? 1 : 0.8 * dim)
            : rgb([170, 24, 26], Math.max(0.75 * dim, lights * 0.9, brake * 1.5)),
        );
      }
      stage.fill(
        [p(end, -0.26, 0.42), p(end, 0.26, 0.42), p(end, 0.26, 0.53), p(end, -0.26, 0.53)],
        rgb([226, 226, 214], dim),
      );
      if (lights > 0 || brake > 0) {
        for (const w of [-0.62, 0.62]) {
          if (front) stage.glow(p(end, w, 0.68), 1.3, [255, 236, 196], 0.9 * lights);
          else stage.glow(p(end, w, 0.68), 0.7 + brake * 0.4, [255, 40, 30], clamp(0.45 * lights + 0.5 * brake));
        }
      }
    },
  };
}

/** A forklift; `lift` metres of the fork, `load`: carries a pallet. */
export function forklift(stage, { at, heading, lift, load, rolled = 0 }) {
  const c = Math.cos(heading);
  const s = Math.sin(heading);
  const p = (l, w, z) => [at[0] + l * c - w * s, at[1] + l * s + w * c, z];
  const around = (z) => [-1.2, load ? 2.05 : 1.9].flatMap((l) => [-0.55, 0.55].map((w) => p(l, w, z)));
  stage.see('Vehicle', 'forklift', [...around(0), ...around(2.2)]);
  const part = (l, w, z, size, colour, top) => ({
    at: p(l, w, z),
    draw: () => stage.box({ at: p(l, w, z), size, turn: heading, colour, top: top ?? colour }),
  });
  const yellow = [226, 160, 32];
  const parts = [
    part(-0.45, 0, 0.25, [1.5, 1.05, 0.55], yellow),
    part(-0.85, 0, 0.8, [0.65, 1.0, 0.3], [58, 60, 64]),
    part(0.5, 0, 0.3, [0.5, 1.0, 0.35], yellow),
  ];
  const wheels = [0.5, -0.85].flatMap((l) =>
    [-0.55, 0.55].map((w) => ({
      at: p(l, w, 0.1),
      draw: () => {
        stage.fill(
          Array.from({ length: 16 }, (_, i) =>
            p(l + Math.cos(i * 0.3927) * 0.28, w, 0.28 + Math.sin(i * 0.3927) * 0.28),
          ),
          '#1c1d20',
        );
        stage.fill(
          Array.from({ length: 16 }, (_, i) =>
            p(l + Math.cos(i * 0.3927 + rolled) * 0.13, w * 1.01, 0.28 + Math.sin(i * 0.3927 + rolled) * 0.13),
          ),
          '#85878c',
        );
      },
    })),
  );
  const posts = [
    [-0.95, -0.45],
    [-0.95, 0.45],
    [0.3, -0.45],
    [0.3, 0.45],
  ].map(([l, w]) => ({
    at: p(l, w, 1),
    draw: () => stage.rod(p(l, w, 0.7), p(l * 0.86, w * 0.9, 2.05), 0.07, '#2c2e33'),
  }));
  const driver = {
    at: p(-0.35, 0, 1.2),
    draw: () => {
      stage.rod(p(-0.4, 0, 0.95), p(-0.35, 0, 1.4), 0.38, '#3d5e86');
      stage.rod(p(-0.3, 0.18, 1.35), p(0.12, 0.1, 1.15), 0.1, '#35547a');
      stage.ball(p(-0.32, 0, 1.68), 0.12, '#c49a7c');
      stage.ball(p(-0.34, 0, 1.73), 0.13, '#f0f0e6');
    },
  };
  const mast = {
    at: p(0.85, 0, 0.9),
    draw: () => {
      for (const w of [-0.32, 0.32]) stage.rod(p(0.84, w, 0.15), p(0.8, w, 2.25), 0.1, '#34363b');
      for (const w of [-0.25, 0.25]) stage.rod(p(0.92, w, lift + 0.12), p(1.9, w, lift + 0.1), 0.07, '#1f2023');
      stage.rod(p(0.88, -0.35, lift + 0.45), p(0.88, 0.35, lift + 0.45), 0.09, '#26282c');
    },
  };
  const cargo = load
    ? [
        part(1.5, 0, lift + 0.08, [1.1, 1.1, 0.14], [156, 118, 76]),
        part(1.5, 0, lift + 0.22, [1.0, 1.0, 0.85], [188, 152, 106], [205, 170, 122]),
      ]
    : [];
  const roof = {
    draw: () => {
      const r = [
        [-0.85, -0.45],
        [0.3, -0.45],
        [0.3, 0.45],
        [-0.85, 0.45],
      ].map(([l, w]) => p(l, w, 2.07));
      stage.fill(r, 'rgba(44,46,51,0.92)');
      stage.ball(p(-0.7, 0, 2.15), 0.08, '#ff9a1c');
    },
  };
  return {
    shadow() {
      stage.shadow(
        [
          p(-1.2, -0.55, 0.4),
          p(0.8, -0.55, 0.4),
          p(0.8, 0.55, 0.4),
          p(-1.2, 0.55, 0.4),
          p(-1.2, -0.55, 0),
          p(-1.2, 0.55, 0),
          p(0.8, 0.55, 0),
          p(0.8, -0.55, 0),
        ],
        { strength: 0.5, blur: 0.1 },
      );
      stage.shadow([p(-0.9, -0.45, 2), p(0.3, -0.45, 2), p(0.3, 0.45, 2), p(-0.9, 0.45, 2)], {
        strength: 0.32,
        blur: 0.14,
      });
      if (load)
        stage.shadow(
          [
            p(0.95, -0.5, lift),
            p(2.05, -0.5, lift),
            p(2.05, 0.5, lift),
            p(0.95, 0.5, lift),
            p(0.95, -0.5, lift + 1),
            p(2.05, 0.5, lift + 1),
            p(2.05, -0.5, lift + 1),
            p(0.95, 0.5, lift + 1),
          ],
          { strength: 0.45, blur: 0.12 },
        );
    },
    draw() {
      stage.paint([...parts, ...wheels, ...posts, driver, mast, ...cargo]);
      roof.draw();
    },
  };
}
