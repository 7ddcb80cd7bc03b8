/** The standing part of the scene “corridor”, painted once. */
import { createStage, rgb } from './stage.js';

export const view = { eye: [0.75, -0.6, 2.55], target: [-0.25, 9, 0.95], fov: 74, sun: [0.1, -0.2, 1], ambient: 0.8 };
export const half = 1.55;
const tall = 2.8;
const end = 23;
export const doors = [
  [-half, 3.6, 1],
  [-half, 9.4, 1],
  [-half, 15.2, 1],
  [half, 6.2, -1],
  [half, 12.4, -1],
  [half, 18.4, -1],
];

export function paintCorridor(b, width, height) {
  const s = createStage({ ctx: b, width, height, ...view });
  const away = (near, far) => {
    const [, y0] = s.project([0, end, 0]);
    const g = b.createLinearGradient(0, y0, 0, height);
    g.addColorStop(0, far);
    g.addColorStop(1, near);
    return g;
  };
  const across = (x, near, far) => {
    const [x0] = s.project([x, 1.2, 1.2]);
    const [x1] = s.project([x, end, 1.2]);
    const g = b.createLinearGradient(x0, 0, x1, 0);
    g.addColorStop(0, near);
    g.addColorStop(0.75, far);
    g.addColorStop(1, far);
    return g;
  };
  s.fill(
    [
      [-half, -0.3, 0],
      [half, -0.3, 0],
      [half, end, 0],
      [-half, end, 0],
    ],
    away('#6c6f70', '#a4a8a6'),
  );
  for (let y = 0; y < end; y += 0.6)
    s.fill(
      [
        [-half, y, 0],
        [half, y, 0],
        [half, y + 0.012, 0],
        [-half, y + 0.012, 0],
      ],
      'rgba(50,52,54,0.22)',
    );
  for (const x of [-0.95, -0.35, 0.25, 0.85])
    s.fill(
      [
        [x, 0, 0],
        [x + 0.01, 0, 0],
        [x + 0.01, end, 0],
        [x, end, 0],
      ],
      'rgba(50,52,54,0.22)',
    );
  s.fill(
    [
      [-half, -0.3, tall],
      [half, -0.3, tall],
      [half, end, tall],
      [-half, end, tall],
    ],
    '#a9aaa6',
  );
  s.fill(
    [
      [-half, -0.3, 0],
      [-half, end, 0],
      [-half, end, tall],
      [-half, -0.3, tall],
    ],
    across(-half, '#a7a496', '#cfccbe'),
  );
  s.fill(
    [
      [half, -0.3, 0],
      [half, end, 0],
      [half, end, tall],
      [half, -0.3, tall],
    ],
    across(half, '#8f9089', '#c2c0b4'),
  );
  // A dark band along both walls, skirting, the end wall with a glazed door.
  for (const x of [-half, half]) {
    const k = x * 0.997;
    s.fill(
      [
        [k, -0.3, 0.85],
        [k, end, 0.85],
        [k, end, 1.0],
        [k, -0.3, 1.0],
      ],
      '#5f7377',
    );
    s.fill(
      [
        [k, -0.3, 0],
        [k, end, 0],
        [k, end, 0.12],
        [k, -0.3, 0.12],
      ],
      '#4c5052',
    );
  }
  s.fill(
    [
      [-half, end, 0],
      [half, end, 0],
      [half, end, tall],
      [-half, end, tall],
    ],
    '#c9c6ba',
  );
  s.fill(
    [
      [-0.95, end - 0.02, 0],
      [0.95, end - 0.02, 0],
      [0.95, end - 0.02, 2.25],
      [-0.95, end - 0.02, 2.25],
    ],
    '#4e5a5e',
  );
  for (const x of [-0.88, 0.04])
    s.fill(
      [
        [x, end - 0.03, 0.1],
        [x + 0.84, end - 0.03, 0.1],
        [x + 0.84, end - 0.03, 2.15],
        [x, end - 0.03, 2.15],
      ],
      '#8fa9b4',
    );
  s.fill(
    [
      [-0.4, end - 0.04, 2.42],
      [0.4, end - 0.04, 2.42],
      [0.4, end - 0.04, 2.66],
      [-0.4, end - 0.04, 2.66],
    ],
    '#1f8a55',
  );
  s.glow([0, end - 0.1, 2.54], 0.8, [60, 220, 130], 0.4);
  // Light panels and what they do to floor and walls.
  for (let y = 2; y < end; y += 4.2) {
    s.fill(
      [
        [-0.5, y, tall - 0.01],
        [0.5, y, tall - 0.01],
        [0.5, y + 1.5, tall - 0.01],
        [-0.5, y + 1.5, tall - 0.01],
      ],
      '#fbfaf0',
    );
    s.glow([0, y + 0.75, tall - 0.05], 1.9, [255, 250, 232], 0.35);
    b.save();
    b.filter = `blur(${width / 110}px)`;
    s.fill(
      [
        [-0.45, y + 0.1, -tall],
        [0.45, y + 0.1, -tall],
        [0.45, y + 1.4, -tall],
        [-0.45, y + 1.4, -tall],
      ],
      'rgba(252,250,238,0.3)',
    );
    s.fill(
      [
        [-1.2, y - 0.4, 0.001],
        [1.2, y - 0.4, 0.001],
        [1.2, y + 1.9, 0.001],
        [-1.2, y + 1.9, 0.001],
      ],
      'rgba(252,250,238,0.13)',
    );
    for (const x of [-half, half])
      s.fill(
        [
          [x, y - 0.7, 1.1],
          [x, y + 2.2, 1.1],
          [x, y + 1.6, tall],
          [x, y - 0.1, tall],
        ],
        'rgba(255,252,238,0.16)',
      );
    b.restore();
  }
  // Frames and leaves of the doors, name plates, an extinguisher, a plant at the end.
  for (const [x, y, inwards] of doors) {
    const k = x + inwards * 0.004;
    const m = x + inwards * 0.008;
    s.fill(
      [
        [k, y - 0.06, 0],
        [k, y + 1.06, 0],
        [k, y + 1.06, 2.16],
        [k, y - 0.06, 2.16],
      ],
      '#6a6d6c',
    );
    s.fill(
      [
        [m, y, 0],
        [m, y + 1, 0],
        [m, y + 1, 2.1],
        [m, y, 2.1],
      ],
      across(x, '#7e6549', '#957a5a'),
    );
    s.fill(
      [
        [m, y + 1.16, 1.5],
        [m, y + 1.4, 1.5],
        [m, y + 1.4, 1.66],
        [m, y + 1.16, 1.66],
      ],
      '#dfe0da',
    );
    s.ball([x + inwards * 0.06, y + 0.1, 1.02], 0.035, '#c9cac8');
  }
  s.rod([half - 0.1, 7.7, 0.35], [half - 0.1, 7.7, 0.85], 0.17, '#b3261f');
  s.rod([half - 0.1, 7.7, 0.88], [half - 0.1, 7.7, 0.95], 0.06, '#2a2a2a');
  s.fill(
    [
      [half - 0.01, 7.55, 1.25],
      [half - 0.01, 7.85, 1.25],
      [half - 0.01, 7.85, 1.6],
      [half - 0.01, 7.55, 1.6],
    ],
    '#b8322a',
  );
  for (let i = 0; i < 40; i++)
    s.rod(
      [-1.2, 20.5, 0.5],
      [-1.2 + Math.sin(i * 2.3) * 0.4, 20.5 + Math.cos(i * 1.7) * 0.3, 0.7 + ((i * 7) % 10) * 0.09],
      0.05,
      rgb([58, 96, 56], 0.7 + (i % 5) * 0.1),
    );
  s.box({ at: [-1.2, 20.5, 0], size: [0.4, 0.4, 0.5], colour: [70, 66, 62] });
}
