/** Street: a shopping street at dusk after rain; traffic both ways, people on the pavement, lit windows. */
import { bodies, car, person } from './cast.js';
import { clamp, createStage, grain, mix, rgb, vignette } from './stage.js';
import { paintStreet, lamps, view } from './street-place.js';

export function createStreet(ctx, width, height) {
  const stage = createStage({ ctx, width, height, ...view });
  const back = new globalThis.OffscreenCanvas(width, height);
  const texture = grain(width, height, 53, 0.05, 0.02);
  paintStreet(back.getContext('2d'), width, height);

  /** Headlights lengthened on the wet road towards the eye. */
  function wet(at, colour, strength, long) {
    const dx = view.eye[0] - at[0];
    const dy = view.eye[1] - at[1];
    const d = Math.hypot(dx, dy);
    const p = (k) => [at[0] + (dx / d) * long * k, at[1] + (dy / d) * long * k, 0.01];
    stage.soft([p(0), p(1)], 7, () => {
      ctx.globalCompositeOperation = 'screen';
      for (let i = 0; i < 4; i++) stage.rod(p(i / 4), p((i + 1) / 4), 0.28, rgb(colour, 1, strength * (1 - i / 4)));
    });
  }

  const traffic = [
    // lane y, direction, speed m/s, time at which it is at x = 0, body, colour
    [2.3, 1, 8.2, 2.5, bodies.saloon, [62, 70, 92]],
    [2.3, 1, 8.2, 7.4, bodies.van, [150, 150, 146]],
    [2.3, 1, 7.6, 13.2, bodies.hatch, [120, 38, 40]],
    [2.3, 1, 8.6, 19.4, bodies.saloon, [40, 44, 50]],
    [6.8, -1, 9, 4.6, bodies.hatch, [116, 120, 126]],
    [6.8, -1, 8.4, 10.4, bodies.saloon, [34, 58, 62]],
    [6.8, -1, 8.8, 15.8, bodies.van, [70, 60, 52]],
    [6.8, -1, 9.2, 21.8, bodies.hatch, [136, 128, 104]],
  ];
  const walkers = [
    [11.3, 1, 1.35, 5, [70, 74, 96], [36, 38, 48], 1.76],
    [10.5, -1, 1.45, 10, [104, 54, 58], [44, 42, 50], 1.66],
    [11.8, 1, 1.2, 17, [56, 78, 70], [50, 50, 54], 1.8],
    [-1.6, 1, 1.5, 9.5, [88, 78, 62], [40, 44, 60], 1.74],
    [-2.6, -1, 1.3, 19, [50, 60, 84], [54, 50, 50], 1.7],
    [10.9, -1, 1.3, 21, [120, 112, 100], [42, 40, 46], 1.72],
    [11.2, 1, 1.4, -3, [58, 52, 74], [38, 38, 44], 1.75],
  ];
  const loop = 24;

  return (t) => {
    ctx.drawImage(back, 0, 0);
    const things = [];
    for (const [y, dir, speed, at0, body, colour] of traffic) {
      for (const round of [-1, 0, 1]) {
        const x = dir * speed * (t - at0 - round * loop);
        if (x < -26 || x > 74) continue;
        const heading = dir > 0 ? 0 : Math.PI;
        const bright = Math.max(...lamps.map((l) => clamp(1 - Math.abs(x - l) / 8))) * 0.35 + 0.42;
        const front = x + (dir * body.length) / 2;
        const rear = x - (dir * body.length) / 2;
        things.push({
          at: [x, y, 0.5],
          shadow: () => {
            stage.shadow(
              [
                [x - body.length / 2, y - 0.9, 0],
                [x + body.length / 2, y - 0.9, 0],
                [x + body.length / 2, y + 0.9, 0],
                [x - body.length / 2, y + 0.9, 0],
              ],
              { strength: 0.6, blur: 0.14 },
            );
            for (const w of [-0.6, 0.6]) {
              wet([front + dir * 0.3, y + w, 0], [255, 232, 190], 0.34, 3.4);
              wet([rear, y + w, 0], [255, 44, 34], 0.3, 2.2);
            }
            const beam = [
              [front, y - 0.7, 0.01],
              [front + dir * 6, y - 1.5, 0.01],
              [front + dir * 6, y + 1.5, 0.01],
              [front, y + 0.7, 0.01],
            ];
            stage.soft(beam, 16, () => {
              ctx.globalCompositeOperation = 'screen';
              stage.fill(beam, 'rgba(255,232,190,0.15)');
            });
          },
          draw: car(stage, {
            at: [x, y, 0],
            heading,
            body,
            colour: colour.map((v) => v * bright * 1.25),
            lights: 1,
            dim: bright,
            rolled: x * dir,
          }).draw,
        });
      }
    }
    for (const [y, dir, speed, at0, coat, legs, tall] of walkers) {
      for (const round of [-1, 0, 1]) {
        const x = dir * speed * (t - at0 - round * loop);
        if (Math.abs(x) > 12 * speed) continue;
        const edge = clamp((12 * speed - Math.abs(x)) / 1.2);
        const lit = y > 5 ? 0.78 : 0.5;
        const p = person(stage, {
          at: [x, y, 0.12],
          heading: dir > 0 ? 0 : Math.PI,
          walked: x * dir,
          tall,
          coat: coat.map((v) => v * lit),
          legs: legs.map((v) => v * lit),
          dim: mix(0.4, 1, lit),
        });
        things.push({
          at: [x, y, 1],
          shadow: () => p.shadow(0.34 * edge),
          draw: () => {
            ctx.globalAlpha = edge;
            p.draw();
            ctx.globalAlpha = 1;
          },
        });
      }
    }
    for (const thing of things) thing.shadow();
    stage.paint(things);
    ctx.globalCompositeOperation = 'overlay';
    ctx.drawImage(texture, 0, 0);
    ctx.globalCompositeOperation = 'source-over';
    vignette(ctx, width, height, 0.45);
  };
}
