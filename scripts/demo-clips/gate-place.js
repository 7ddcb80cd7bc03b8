/** The standing part of the scene “gate”, painted once. */
import { chance, createStage, rgb } from './stage.js';

export const view = { eye: [-3.2, -6.5, 5.2], target: [0.4, 9, 0.9], fov: 66, sun: [-0.62, -0.35, 0.72] };

export function paintGate(b, width, height) {
  const s = createStage({ ctx: b, width, height, ...view });
  const horizon = s.project([0, 4000, 0])[1];
  const sky = b.createLinearGradient(0, 0, 0, horizon);
  sky.addColorStop(0, '#86a9cc');
  sky.addColorStop(1, '#dfe6e6');
  b.fillStyle = sky;
  b.fillRect(0, 0, width, height);
  const random = chance(11);
  // Grass, then tarmac.
  const grass = b.createLinearGradient(0, horizon, 0, height);
  grass.addColorStop(0, '#8b9a6e');
  grass.addColorStop(0.25, '#70834f');
  grass.addColorStop(1, '#52653a');
  b.fillStyle = grass;
  b.fillRect(0, horizon, width, height);
  // The public road and a low hill behind it.
  for (let i = 0; i < 40; i++) {
    const x = -90 + i * 4.6 + random() * 3;
    const h = 5 + random() * 5;
    const y = 62 + random() * 14;
    for (let k = 0; k < 110; k++) {
      const at = [x + (random() - 0.5) * 6, y + (random() - 0.5) * 3, 1 + random() * h * (0.75 + 0.25 * Math.sin(k))];
      const g = 0.55 + (at[2] / (h + 2)) * 0.5 + random() * 0.16;
      s.ball(at, 0.45 + random() * 0.75, rgb([92, 110, 72], g));
    }
  }
  const road = (x0, x1, y0, y1, near, far) => {
    const g = b.createLinearGradient(0, s.project([0, Math.min(y1, 60), 0])[1], 0, height);
    g.addColorStop(0, far);
    g.addColorStop(1, near);
    s.fill(
      [
        [x0, y0, 0],
        [x1, y0, 0],
        [x1, y1, 0],
        [x0, y1, 0],
      ],
      g,
    );
  };
  road(-200, 200, 44, 53, '#7d7f80', '#8b8d8d');
  road(-5.2, 5.2, -6, 44.5, '#5f6265', '#85878a');
  road(5.2, 8.4, -6, 44, '#8f8d86', '#a8a69e'); // pavement
  for (let y = -6; y < 44; y += 1.2)
    s.fill(
      [
        [5.2, y, 0.005],
        [8.4, y, 0.005],
        [8.4, y + 0.035, 0.005],
        [5.2, y + 0.035, 0.005],
      ],
      '#7c7a74',
    );
  s.box({ at: [5.2, 19, 0], size: [0.18, 50, 0.13], colour: [150, 149, 143], top: [178, 176, 168] });
  s.box({ at: [-5.3, 19, 0], size: [0.2, 50, 0.13], colour: [150, 149, 143], top: [178, 176, 168] });
  const white = 'rgb(205,205,198)';
  for (let y = -5; y < 42; y += 4.2)
    if (y < 9.8 || y > 14)
      s.fill(
        [
          [-0.07, y, 0.01],
          [0.07, y, 0.01],
          [0.07, y + 2, 0.01],
          [-0.07, y + 2, 0.01],
        ],
        white,
      );
  for (const [x0, x1, y] of [
    [0.3, 5, 13.4],
    [-5, -0.3, 9.4],
  ])
    s.fill(
      [
        [x0, y, 0.01],
        [x1, y, 0.01],
        [x1, y + 0.35, 0.01],
        [x0, y + 0.35, 0.01],
      ],
      white,
    );
  // Worn patches, a manhole, tyre tracks.
  b.save();
  b.filter = `blur(${width / 320}px)`;
  for (const x of [-3.5, -1.8, 1.7, 3.4])
    s.fill(
      [
        [x - 0.25, -6, 0.01],
        [x + 0.25, -6, 0.01],
        [x + 0.25, 44, 0.01],
        [x - 0.25, 44, 0.01],
      ],
      'rgba(30,30,34,0.16)',
    );
  b.filter = `blur(${width / 90}px)`;
  s.fill(
    Array.from({ length: 14 }, (_, i) => [
      -3.1 + Math.cos(i * 0.45) * (0.8 + random() * 0.5),
      4 + Math.sin(i * 0.45) * (1 + random() * 0.6),
      0.01,
    ]),
    'rgba(28,29,33,0.22)',
  );
  b.restore();
  s.fill(
    Array.from({ length: 24 }, (_, i) => [2.6 + Math.cos(i * 0.2618) * 0.36, 4 + Math.sin(i * 0.2618) * 0.36, 0.012]),
    '#4b4c4e',
  );
  // Fences left and right with posts, a hedge behind the left one.
  for (let i = 0; i < 260; i++)
    s.ball(
      [-14 - random() * 1.2, -2 + random() * 40, 0.3 + random() * 1.3],
      0.35 + random() * 0.3,
      rgb([70, 92, 48], 0.62 + random() * 0.5),
    );
  const fence = (x0, y0, x1, y1, h) => {
    const n = Math.round(Math.hypot(x1 - x0, y1 - y0) / 0.16);
    for (let i = 0; i <= n; i++) {
      const k = i / n;
      const foot = [x0 + (x1 - x0) * k, y0 + (y1 - y0) * k, 0];
      const post = i % 15 === 0;
      s.rod(foot, [foot[0], foot[1], h], post ? 0.09 : 0.022, post ? '#4c5a52' : 'rgba(70,88,80,0.85)');
    }
    for (const z of [0.25, h * 0.5, h - 0.12]) s.rod([x0, y0, z], [x1, y1, z], 0.035, '#56655c');
  };
  fence(8.9, 30, 8.9, 13, 1.9);
  fence(8.9, 13, 26, 13, 1.9);
  fence(-12, 13, -26, 13, 1.9);
  // The lodge: shadow, walls, roof, window.
  s.shadow(
    [
      [-11.4, 9.5, 3],
      [-6.6, 9.5, 3],
      [-6.6, 14, 3],
      [-11.4, 14, 3],
      [-11.4, 9.5, 0],
      [-6.6, 14, 0],
      [-6.6, 9.5, 0],
    ],
    { strength: 0.42, blur: 0.12 },
  );
  s.box({ at: [-9, 11.8, 0], size: [4.4, 4, 2.7], colour: [208, 200, 184] });
  s.box({ at: [-9, 11.8, 0], size: [4.46, 4.06, 0.55], colour: [122, 104, 92] });
  const glass = (pts) => {
    const a = s.project(pts[0]);
    const c = s.project(pts[2]);
    const g = b.createLinearGradient(a[0], c[1], c[0], a[1]);
    g.addColorStop(0, '#9fb6c4');
    g.addColorStop(0.45, '#4d6272');
    g.addColorStop(1, '#2e3b45');
    s.fill(pts, '#3b3f42');
    const m = [0, 1, 2].map((k) => pts.reduce((n, p) => n + p[k], 0) / 4);
    s.fill(
      pts.map((p) => p.map((v, k) => v + (m[k] - v) * 0.07)),
      g,
    );
  };
  glass([
    [-6.78, 10.3, 1.05],
    [-6.78, 13, 1.05],
    [-6.78, 13, 2.2],
    [-6.78, 10.3, 2.2],
  ]);
  glass([
    [-10.8, 9.78, 1.05],
    [-9.1, 9.78, 1.05],
    [-9.1, 9.78, 2.2],
    [-10.8, 9.78, 2.2],
  ]);
  s.fill(
    [
      [-8.5, 9.78, 0.05],
      [-7.5, 9.78, 0.05],
      [-7.5, 9.78, 2.15],
      [-8.5, 9.78, 2.15],
    ],
    '#4b5f57',
  );
  s.box({ at: [-9, 11.8, 2.7], size: [5.2, 4.8, 0.22], colour: [92, 96, 100], top: [128, 132, 136] });
  // Sign and lamp post.
  s.rod([10.2, 16, 0], [10.2, 16, 2.4], 0.08, '#6c7073');
  s.rod([12.6, 16, 0], [12.6, 16, 2.4], 0.08, '#6c7073');
  s.fill(
    [
      [9.8, 16, 1.3],
      [13, 16, 1.3],
      [13, 16, 2.6],
      [9.8, 16, 2.6],
    ],
    '#2f4d63',
  );
  s.fill(
    [
      [10.1, 15.98, 2.1],
      [12.2, 15.98, 2.1],
      [12.2, 15.98, 2.3],
      [10.1, 15.98, 2.3],
    ],
    '#dfe5e6',
  );
  s.fill(
    [
      [10.1, 15.98, 1.72],
      [12.7, 15.98, 1.72],
      [12.7, 15.98, 1.86],
      [10.1, 15.98, 1.86],
    ],
    '#9fb1bb',
  );
  s.rod([9.4, 24, 0], [9.4, 24, 6.4], 0.14, '#7d8285');
  s.rod([9.4, 24, 6.4], [7.6, 24, 6.7], 0.1, '#7d8285');
  for (const y of [1.5, 4.5, 7.5]) {
    s.shadow(
      [
        [5.6, y, 0],
        [5.8, y, 0],
        [5.6, y, 0.85],
        [5.8, y, 0.85],
      ],
      { strength: 0.4, blur: 0.05 },
    );
    s.rod([5.7, y, 0.05], [5.7, y, 0.8], 0.15, '#c7a83a');
    s.rod([5.7, y, 0.55], [5.7, y, 0.66], 0.155, '#33342f');
  }
  // A tree outside the picture throws its shade over the drive.
  b.save();
  b.filter = `blur(${width / 200}px)`;
  for (let i = 0; i < 70; i++)
    s.fill(
      Array.from({ length: 9 }, (_, k) => [
        -5 + Math.cos(k * 0.7) * (0.3 + random() * 0.4) + Math.cos(i * 2.4) * (i / 14),
        -1.2 + Math.sin(k * 0.7) * 0.5 + Math.sin(i * 2.4) * (i / 22),
        0.012,
      ]),
      'rgba(18,24,34,0.09)',
    );
  b.restore();
}
