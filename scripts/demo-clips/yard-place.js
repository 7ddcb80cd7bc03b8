/** The standing part of the scene “yard”, painted once. */
import { chance, createStage, rgb } from './stage.js';

const home = { eye: [-10.5, -8.5, 8.4], target: [0.2, 7.2, 0.2], fov: 68, sun: [-0.55, -0.5, 0.5] };

/**
 * The yard as the camera sees it when its head is turned: `pan` and `tilt` in degrees from home (right and up are positive),
 * `fov` in degrees across.
 */
export function yardView({ pan = 0, tilt = 0, fov = home.fov } = {}) {
  const [x, y, z] = home.target.map((v, i) => v - home.eye[i]);
  const yaw = Math.atan2(y, x) - (pan * Math.PI) / 180;
  const pitch = Math.atan2(z, Math.hypot(x, y)) + (tilt * Math.PI) / 180;
  const way = [Math.cos(pitch) * Math.cos(yaw), Math.cos(pitch) * Math.sin(yaw), Math.sin(pitch)];
  return { ...home, target: home.eye.map((v, i) => v + way[i]), fov };
}

export function paintYard(b, width, height, view) {
  const random = chance(31);
  const s = createStage({ ctx: b, width, height, ...view });
  const sky = b.createLinearGradient(0, 0, 0, height * 0.25);
  sky.addColorStop(0, '#a9bccb');
  sky.addColorStop(1, '#e9e2d2');
  b.fillStyle = sky;
  b.fillRect(0, 0, width, height);
  const ground = b.createLinearGradient(0, height * 0.15, 0, height);
  ground.addColorStop(0, '#b5b0a6');
  ground.addColorStop(1, '#85827c');
  s.fill(
    [
      [-80, -20, 0],
      [80, -20, 0],
      [80, 90, 0],
      [-80, 90, 0],
    ],
    ground,
  );
  // Concrete slabs, oil, tyre marks.
  for (let x = -30; x < 40; x += 5)
    s.fill(
      [
        [x, -12, 0.01],
        [x + 0.05, -12, 0.01],
        [x + 0.05, 17, 0.01],
        [x, 17, 0.01],
      ],
      'rgb(112,109,103)',
    );
  for (let y = -10; y < 17; y += 5)
    s.fill(
      [
        [-40, y, 0.01],
        [40, y, 0.01],
        [40, y + 0.05, 0.01],
        [-40, y + 0.05, 0.01],
      ],
      'rgb(112,109,103)',
    );
  b.save();
  b.filter = `blur(${width / 260}px)`;
  for (let i = 0; i < 26; i++) {
    const [x, y, r] = [-14 + random() * 32, -6 + random() * 22, 0.3 + random() * 1.1];
    s.fill(
      Array.from({ length: 12 }, (_, k) => [
        x + Math.cos(k * 0.524) * r * (0.7 + random() * 0.5),
        y + Math.sin(k * 0.524) * r * (0.6 + random() * 0.4),
        0.01,
      ]),
      `rgba(44,42,40,${0.06 + random() * 0.12})`,
    );
  }
  for (let i = 0; i < 5; i++) {
    const pts = Array.from({ length: 26 }, (_, k) => [
      -9 + i * 0.35 + k * 0.75,
      15 - k * 0.16 * k * 0.16 * (2 + i * 0.3),
      0.012,
    ]);
    for (let k = 1; k < pts.length; k++) s.rod(pts[k - 1], pts[k], 0.2, 'rgba(40,40,42,0.09)');
  }
  b.restore();
  // Bays in yellow.
  for (let i = 0; i <= 3; i++)
    s.fill(
      [
        [-9 + i * 6, 8.4, 0.012],
        [-8.88 + i * 6, 8.4, 0.012],
        [-8.88 + i * 6, 17, 0.012],
        [-9 + i * 6, 17, 0.012],
      ],
      '#c9a23a',
    );
  // The hall: wall of ribbed sheet, docks, gutter.
  const wallShade = b.createLinearGradient(0, 0, width, 0);
  wallShade.addColorStop(0, '#98a5ac');
  wallShade.addColorStop(1, '#b9c2c4');
  s.fill(
    [
      [-40, 17, 0],
      [34, 17, 0],
      [34, 17, 9],
      [-40, 17, 9],
    ],
    wallShade,
  );
  for (let x = -40; x < 34; x += 0.5)
    s.fill(
      [
        [x, 16.99, 0.9],
        [x + 0.2, 16.99, 0.9],
        [x + 0.2, 16.99, 9],
        [x, 16.99, 9],
      ],
      'rgba(60,74,84,0.16)',
    );
  s.fill(
    [
      [-40, 16.98, 0],
      [34, 16.98, 0],
      [34, 16.98, 0.95],
      [-40, 16.98, 0.95],
    ],
    '#76746f',
  );
  s.fill(
    [
      [-40, 16.97, 5.4],
      [34, 16.97, 5.4],
      [34, 16.97, 6.1],
      [-40, 16.97, 6.1],
    ],
    '#37566b',
  );
  const dock = (x, open, number) => {
    s.fill(
      [
        [x - 2, 16.96, 0],
        [x + 2, 16.96, 0],
        [x + 2, 16.96, 4.3],
        [x - 2, 16.96, 4.3],
      ],
      '#2c2f33',
    );
    const g = b.createLinearGradient(0, s.project([x, 17, 4])?.[1] ?? 0, 0, s.project([x, 17, 0])?.[1] ?? height);
    g.addColorStop(0, '#1a1b1e');
    g.addColorStop(1, '#5d5543');
    s.fill(
      [
        [x - 1.75, 16.95, 0],
        [x + 1.75, 16.95, 0],
        [x + 1.75, 16.95, 4],
        [x - 1.75, 16.95, 4],
      ],
      g,
    );
    if (open) {
      for (const [dx, z, w] of [
        [-1.1, 0, 0.9],
        [0.3, 0, 1.0],
      ]) {
        s.fill(
          [
            [x + dx, 16.94, z],
            [x + dx + w, 16.94, z],
            [x + dx + w, 16.94, z + 1.5],
            [x + dx, 16.94, z + 1.5],
          ],
          '#6d5c42',
        );
        s.fill(
          [
            [x + dx, 16.94, z + 0.7],
            [x + dx + w, 16.94, z + 0.7],
            [x + dx + w, 16.94, z + 0.76],
            [x + dx, 16.94, z + 0.76],
          ],
          '#4f432f',
        );
      }
      for (const dx of [-0.9, 0.9]) s.glow([x + dx, 16.9, 3.6], 1.6, [255, 224, 160], 0.5);
    }
    const bottom = open ? 3.3 : 0;
    for (let z = bottom; z < 4; z += 0.5)
      s.fill(
        [
          [x - 1.75, 16.93, z],
          [x + 1.75, 16.93, z],
          [x + 1.75, 16.93, Math.min(4, z + 0.46)],
          [x - 1.75, 16.93, Math.min(4, z + 0.46)],
        ],
        '#cfd3cf',
      );
    s.fill(
      [
        [x - 0.45, 16.92, 4.5],
        [x + 0.45, 16.92, 4.5],
        [x + 0.45, 16.92, 5.2],
        [x - 0.45, 16.92, 5.2],
      ],
      '#e0ddd0',
    );
    const at = s.project([x, 16.9, 4.85]) ?? [-width, 0];
    b.font = `700 ${s.scale([x, 16.9, 4.85]) * 0.55}px "DejaVu Sans", sans-serif`;
    b.textAlign = 'center';
    b.textBaseline = 'middle';
    b.fillStyle = '#2b3338';
    b.fillText(String(number), ...at);
    for (const dx of [-2.3, 2.3]) s.box({ at: [x + dx, 16.5, 0], size: [0.22, 0.22, 1.1], colour: [214, 172, 44] });
  };
  dock(-6, true, 4);
  dock(0, false, 5);
  dock(6, true, 6);
  dock(12, false, 7);
  // Shadow of the hall's eaves, a door and its lamp.
  s.fill(
    [
      [-2.95 - 0.5, 16.95, 0],
      [-2.95 + 0.5, 16.95, 0],
      [-2.95 + 0.5, 16.95, 2.2],
      [-2.95 - 0.5, 16.95, 2.2],
    ],
    '#3f5145',
  );
  // A trailer at dock 5, containers to the right, pallets to the left.
  const solid = (at, [w, d, h], colour, top) => {
    const c = (x, y, z) => [at[0] + (x * w) / 2, at[1] + (y * d) / 2, z];
    s.shadow(
      [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [c(x, y, 0), c(x, y, h + at[2])])),
      { strength: 0.46, blur: 0.1 },
    );
    s.box({ at, size: [w, d, h], colour, top });
  };
  solid([0, 11.4, 1.05], [2.5, 10.6, 2.75], [222, 222, 214], [238, 238, 232]);
  s.box({ at: [0, 11.4, 0.75], size: [2.1, 10.2, 0.3], colour: [44, 46, 50] });
  for (const y of [8.2, 9.4, 10.6])
    for (const x of [-1.18, 1.18])
      s.fill(
        Array.from({ length: 20 }, (_, i) => [x, y + Math.cos(i * 0.314) * 0.5, 0.5 + Math.sin(i * 0.314) * 0.5]),
        '#1d1e21',
      );
  s.box({ at: [0, 6.08, 0.8], size: [2.5, 0.08, 0.25], colour: [190, 40, 36] });
  for (let y = 6.6; y < 16.5; y += 1.2)
    s.fill(
      [
        [-1.256, y, 1.1],
        [-1.256, y + 0.05, 1.1],
        [-1.256, y + 0.05, 3.75],
        [-1.256, y, 3.75],
      ],
      'rgba(120,122,120,0.5)',
    );
  s.fill(
    [
      [-1.26, 9, 2],
      [-1.26, 14, 2],
      [-1.26, 14, 2.9],
      [-1.26, 9, 2.9],
    ],
    '#3d6b7d',
  );
  const container = (x, y, z, colour) => {
    if (z === 0)
      s.shadow(
        [-1.2, 1.2].flatMap((dx) =>
          [-3, 3].flatMap((dy) => [
            [x + dx, y + dy, 0],
            [x + dx, y + dy, 5],
          ]),
        ),
        { strength: 0.46, blur: 0.1 },
      );
    s.box({ at: [x, y, z], size: [2.4, 6, 2.5], colour, top: colour.map((v) => v * 1.1) });
    for (let dy = -2.8; dy < 2.9; dy += 0.3)
      s.fill(
        [
          [x - 1.206, y + dy, z + 0.12],
          [x - 1.206, y + dy + 0.13, z + 0.12],
          [x - 1.206, y + dy + 0.13, z + 2.38],
          [x - 1.206, y + dy, z + 2.38],
        ],
        'rgba(0,0,0,0.16)',
      );
    for (const dx of [-0.75, -0.2, 0.25, 0.8])
      s.rod([x + dx, y - 3.02, z + 0.15], [x + dx, y - 3.02, z + 2.35], 0.045, rgb(colour, 0.55));
    s.rod([x, y - 3.02, z + 0.05], [x, y - 3.02, z + 2.45], 0.03, rgb(colour, 0.4));
  };
  container(13.4, 7.5, 0, [52, 92, 110]);
  container(13.4, 7.5, 2.5, [120, 62, 44]);
  container(10.6, 8.2, 0, [138, 72, 48]);
  container(17.2, 6.4, 0, [76, 98, 70]);
  for (const [x, y, n] of [
    [-8.4, 14.6, 3],
    [-10.2, 14.9, 5],
    [-10.4, 13.3, 2],
  ]) {
    s.shadow(
      [-0.6, 0.6].flatMap((dx) =>
        [-0.5, 0.5].flatMap((dy) => [
          [x + dx, y + dy, 0],
          [x + dx, y + dy, n * 0.17],
        ]),
      ),
      { strength: 0.42, blur: 0.06 },
    );
    for (let i = 0; i < n; i++)
      s.box({
        at: [x + ((i * 37) % 5) * 0.02, y, i * 0.17],
        size: [1.2, 1, 0.13],
        colour: [150, 116, 78],
        top: [186, 150, 106],
      });
  }
}
