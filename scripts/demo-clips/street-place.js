/** The standing part of the scene “street”, painted once. */
import { chance, createStage, rgb } from './stage.js';

export const view = { eye: [-9, -9.5, 6.2], target: [3.4, 6.4, 0.9], fov: 70, sun: [-0.4, -0.5, 0.8], ambient: 0.5 };
export const lamps = [-13, 1, 15, 29];
const facade = 13;

export function paintStreet(b, width, height) {
  const s = createStage({ ctx: b, width, height, ...view });
  const random = chance(77);
  const row = (p) => s.project(p)?.[1] ?? 0;
  const sky = b.createLinearGradient(0, 0, 0, height * 0.3);
  sky.addColorStop(0, '#22304a');
  sky.addColorStop(0.6, '#64607a');
  sky.addColorStop(1, '#c98f70');
  b.fillStyle = sky;
  b.fillRect(0, 0, width, height);
  const ground = b.createLinearGradient(0, height * 0.2, 0, height);
  ground.addColorStop(0, '#3d4152');
  ground.addColorStop(0.5, '#2c303b');
  ground.addColorStop(1, '#23262f');
  s.fill(
    [
      [-80, -14, 0],
      [140, -14, 0],
      [140, 9, 0],
      [-80, 9, 0],
    ],
    ground,
  );
  s.fill(
    [
      [-80, 9, 0.12],
      [140, 9, 0.12],
      [140, facade, 0.12],
      [-80, facade, 0.12],
    ],
    '#474a55',
  );
  s.fill(
    [
      [-80, 9, 0],
      [140, 9, 0],
      [140, 9, 0.13],
      [-80, 9, 0.13],
    ],
    '#5d6069',
  );
  s.fill(
    [
      [-80, -14, 0.12],
      [140, -14, 0.12],
      [140, 0, 0.12],
      [-80, 0, 0.12],
    ],
    '#3a3d47',
  );
  s.fill(
    [
      [-80, 0, 0.12],
      [140, 0, 0.12],
      [140, 0.25, 0.12],
      [-80, 0.25, 0.12],
    ],
    '#585b64',
  );
  for (let x = -30; x < 70; x += 1.2) {
    s.fill(
      [
        [x, 9.3, 0.125],
        [x + 0.03, 9.3, 0.125],
        [x + 0.03, facade, 0.125],
        [x, facade, 0.125],
      ],
      'rgb(58,61,71)',
    );
    s.fill(
      [
        [x, -12, 0.125],
        [x + 0.03, -12, 0.125],
        [x + 0.03, -0.1, 0.125],
        [x, -0.1, 0.125],
      ],
      'rgb(48,51,60)',
    );
  }
  for (let x = -40; x < 100; x += 4)
    s.fill(
      [
        [x, 4.55, 0.01],
        [x + 2, 4.55, 0.01],
        [x + 2, 4.67, 0.01],
        [x, 4.67, 0.01],
      ],
      '#9a9c9e',
    );
  for (let y = 0.7; y < 8.8; y += 0.95)
    s.fill(
      [
        [8, y, 0.01],
        [11, y, 0.01],
        [11, y + 0.5, 0.01],
        [8, y + 0.5, 0.01],
      ],
      'rgb(140,142,146)',
    );
  // Houses: storeys of windows, shops at the foot.
  const houses = [
    [-40, -22, 9, [92, 74, 66]],
    [-22, -11, 11, [104, 98, 92]],
    [-11, 0.5, 8.6, [78, 84, 92]],
    [0.5, 11.5, 10.6, [112, 86, 70]],
    [11.5, 24, 9, [88, 90, 88]],
    [24, 38, 12, [98, 80, 74]],
    [38, 60, 9.5, [84, 82, 90]],
    [60, 100, 11, [80, 72, 70]],
  ];
  for (const [x0, x1, h, colour] of houses) {
    const g = b.createLinearGradient(0, row([x0, facade, h]), 0, row([x0, facade, 0]));
    g.addColorStop(0, rgb(colour, 0.48));
    g.addColorStop(0.6, rgb(colour, 0.56));
    g.addColorStop(1, rgb(colour, 0.8));
    s.fill(
      [
        [x0, facade, 0],
        [x1, facade, 0],
        [x1, facade, h],
        [x0, facade, h],
      ],
      g,
    );
    s.fill(
      [
        [x0, facade - 0.3, h],
        [x1, facade - 0.3, h],
        [x1, facade - 0.3, h + 0.35],
        [x0, facade - 0.3, h + 0.35],
      ],
      rgb(colour, 0.42),
    );
    const bays = Math.round((x1 - x0) / 2.7);
    for (let i = 0; i < bays; i++) {
      const x = x0 + ((i + 0.5) * (x1 - x0)) / bays;
      for (let z = 4.6; z < h - 1.6; z += 2.7) {
        const on = random() < 0.42;
        const warm = on
          ? [
              [255, 206, 130],
              [250, 226, 176],
              [190, 210, 235],
            ][Math.floor(random() * 2.4)]
          : [40, 50, 66];
        s.fill(
          [
            [x - 0.62, facade - 0.01, z - 0.08],
            [x + 0.62, facade - 0.01, z - 0.08],
            [x + 0.62, facade - 0.01, z + 1.62],
            [x - 0.62, facade - 0.01, z + 1.62],
          ],
          rgb(colour, 0.9),
        );
        s.fill(
          [
            [x - 0.5, facade - 0.02, z],
            [x + 0.5, facade - 0.02, z],
            [x + 0.5, facade - 0.02, z + 1.5],
            [x - 0.5, facade - 0.02, z + 1.5],
          ],
          rgb(warm, on ? 0.82 : 1),
        );
        if (on && random() < 0.6)
          s.fill(
            [
              [x - 0.5, facade - 0.025, z + 0.5],
              [x - 0.16, facade - 0.025, z + 0.5],
              [x - 0.3, facade - 0.025, z + 1.5],
              [x - 0.5, facade - 0.025, z + 1.5],
            ],
            rgb(warm, 0.6),
          );
        s.rod([x, facade - 0.03, z], [x, facade - 0.03, z + 1.5], 0.05, rgb(colour, 0.6));
      }
      const shop = random();
      const light =
        shop < 0.7
          ? [
              [255, 214, 150],
              [244, 240, 220],
              [200, 226, 236],
            ][Math.floor(random() * 3)]
          : [36, 42, 54];
      const g2 = b.createLinearGradient(0, row([x, facade, 2.9]), 0, row([x, facade, 0.4]));
      g2.addColorStop(0, rgb(light, 0.98));
      g2.addColorStop(1, rgb(light, 0.55));
      s.fill(
        [
          [x - 1.15, facade - 0.02, 0.55],
          [x + 1.0, facade - 0.02, 0.55],
          [x + 1.0, facade - 0.02, 2.9],
          [x - 1.15, facade - 0.02, 2.9],
        ],
        g2,
      );
      if (shop < 0.7) {
        for (let k = 0; k < 7; k++) {
          const [dx, w, hh] = [-1.05 + random() * 1.8, 0.12 + random() * 0.3, 0.3 + random() * 1.1];
          s.fill(
            [
              [x + dx, facade - 0.03, 0.6],
              [x + dx + w, facade - 0.03, 0.6],
              [x + dx + w, facade - 0.03, 0.6 + hh],
              [x + dx, facade - 0.03, 0.6 + hh],
            ],
            rgb([120 + random() * 90, 84 + random() * 80, 70 + random() * 60], 0.75),
          );
        }
        // What the shop throws on the wet pavement and on the road.
        b.save();
        b.filter = `blur(${width / 130}px)`;
        s.fill(
          [
            [x - 1.2, facade, 0.13],
            [x + 1.1, facade, 0.13],
            [x + 0.9, 9.6, 0.13],
            [x - 1.5, 9.6, 0.13],
          ],
          rgb(light, 0.9, 0.2),
        );
        s.fill(
          [
            [x - 1.0, 8.8, 0.01],
            [x + 0.8, 8.8, 0.01],
            [x - 0.2, 5, 0.01],
            [x - 1.8, 5, 0.01],
          ],
          rgb(light, 0.8, 0.08),
        );
        b.restore();
      }
      s.fill(
        [
          [x - 1.25, facade - 0.05, 3.0],
          [x + 1.25, facade - 0.05, 3.0],
          [x + 1.25, facade - 0.9, 2.75],
          [x - 1.25, facade - 0.9, 2.75],
        ],
        rgb(
          [
            [120, 46, 44],
            [40, 70, 76],
            [66, 60, 52],
          ][Math.floor(random() * 3)],
          0.85,
        ),
      );
    }
  }
  // Lamps on the far pavement with their pools of light.
  for (const x of lamps) {
    b.save();
    b.filter = `blur(${width / 60}px)`;
    s.fill(
      Array.from({ length: 24 }, (_, i) => [x + Math.cos(i * 0.262) * 3.4, 8 + Math.sin(i * 0.262) * 3.2, 0.02]),
      'rgba(255,196,120,0.2)',
    );
    b.restore();
    b.save();
    b.filter = `blur(${width / 170}px)`;
    const streak = (k) => [x + (view.eye[0] - x) * k, 8.2 + (view.eye[1] - 8.2) * k, 0.01];
    for (let i = 0; i < 5; i++)
      s.rod(streak(0.1 + i * 0.07), streak(0.17 + i * 0.07), 0.3, `rgba(255,204,130,${0.22 - i * 0.035})`);
    b.restore();
    s.rod([x, 9.5, 0.1], [x, 9.5, 6.3], 0.13, '#23262d');
    s.rod([x, 9.5, 6.3], [x, 8.2, 6.6], 0.09, '#23262d');
    s.rod([x, 8.5, 6.58], [x, 7.9, 6.62], 0.16, '#ffe9c4');
    s.glow([x, 8.2, 6.55], 2.6, [255, 210, 140], 0.85);
  }
  for (const x of [-6, -5.2, 20.5]) s.box({ at: [x, 9.7, 0.12], size: [0.16, 0.16, 0.95], colour: [40, 44, 52] });
  s.box({ at: [5.5, 12.1, 0.12], size: [1.8, 0.5, 0.08], colour: [80, 64, 50] });
  s.box({ at: [5.5, 12.1, 0.5], size: [1.8, 0.5, 0.08], colour: [96, 76, 58] });
}
