/** Gate: the drive of a small works on a clear afternoon; a barrier, cars in and out, somebody on foot. */
import { bodies, car, person } from './cast.js';
import { along, createStage, ease, grain, vignette } from './stage.js';
import { paintGate, view } from './gate-place.js';

export function createGate(ctx, width, height) {
  const stage = createStage({ ctx, width, height, ...view });
  const back = new globalThis.OffscreenCanvas(width, height);
  const texture = grain(width, height, 7, 0.055, 0.035);
  paintGate(back.getContext('2d'), width, height);

  /** One barrier arm; `open` 0 … 1, hinged at x0, reaching to x1. */
  const barrier = (x0, x1, y, open) => ({
    at: [(x0 + x1) / 2, y, 1],
    shadow() {
      const a = open * 1.42;
      const l = Math.abs(x1 - x0);
      const dir = Math.sign(x1 - x0);
      const tip = [x0 + dir * Math.cos(a) * l, y, 1 + Math.sin(a) * l];
      const [from, to] = [stage.onGround([x0, y, 1]), stage.onGround(tip)];
      stage.soft([from, to], 2, () => {
        ctx.globalAlpha = 0.4;
        stage.rod(from, to, 0.12, '#0b0f1a');
      });
      stage.shadow(
        [
          [x0 - 0.25, y - 0.2, 0],
          [x0 + 0.25, y + 0.2, 0],
          [x0 - 0.25, y - 0.2, 1.15],
          [x0 + 0.25, y + 0.2, 1.15],
        ],
        { strength: 0.4, blur: 0.06 },
      );
    },
    draw() {
      const a = open * 1.42;
      const dir = Math.sign(x1 - x0);
      const l = Math.abs(x1 - x0);
      stage.box({ at: [x0, y, 0], size: [0.42, 0.36, 1.15], colour: [222, 186, 60], top: [236, 206, 96] });
      const at = (k) => [x0 + dir * Math.cos(a) * l * k, y - 0.22, 1 + Math.sin(a) * l * k];
      for (let i = 0; i < 10; i++) stage.rod(at(i / 10), at((i + 1) / 10), 0.13, i % 2 ? '#c8352c' : '#ececE6');
      stage.ball([x0, y - 0.26, 1.0], 0.13, '#55585b');
      stage.ball(
        [x0, y - 0.1, 1.27],
        0.085,
        open > 0.02 && open < 0.98 ? '#ffb020' : open >= 0.98 ? '#57d06c' : '#d9453b',
      );
    },
  });

  return (t) => {
    ctx.drawImage(back, 0, 0);
    const inOpen = ease(5.6, 7.4, t) - ease(11.8, 13.6, t);
    const outOpen = ease(14.6, 16.4, t) - ease(20.2, 22, t);
    const inY = along(
      [
        [0, 46],
        [3.2, 25],
        [5, 17],
        [5.6, 16.4],
        [7.2, 16.4],
        [8.4, 12],
        [10, 2],
        [12, -14],
        [24, -14],
      ],
      t,
    );
    const outY = along(
      [
        [0, -14],
        [11.5, -14],
        [13, -3],
        [14.2, 4.6],
        [14.9, 6],
        [16.2, 6.2],
        [17.4, 11],
        [19.2, 24],
        [21.6, 45],
        [24, 60],
      ],
      t,
    );
    const crossX = along(
      [
        [0, -70],
        [1, -62],
        [8, 74],
        [24, 74],
      ],
      t,
    );
    const crossX2 = along(
      [
        [0, 90],
        [13, 80],
        [21.5, -82],
        [24, -82],
      ],
      t,
    );
    const walkY = along(
      [
        [0, -5.5],
        [2, -5.5],
        [18, 17],
        [24, 30],
      ],
      t,
    );
    const guardX = along(
      [
        [0, -6.2],
        [2.5, -6.2],
        [5, -4.1],
        [8.4, -4.1],
        [11, -6.2],
        [24, -6.2],
      ],
      t,
    );
    const things = [];
    const cast = (actor, at) => things.push({ at, draw: actor.draw, shadow: actor.shadow });
    if (inY > -10 && inY < 45)
      cast(
        car(stage, {
          at: [2.6, inY, 0],
          heading: -Math.PI / 2,
          colour: [52, 92, 132],
          body: bodies.saloon,
          rolled: -inY,
          lights: 0,
        }),
        [2.6, inY, 0.5],
      );
    if (outY > -10 && outY < 45)
      cast(
        car(stage, {
          at: [-2.6, outY, 0],
          heading: Math.PI / 2,
          colour: [206, 208, 206],
          body: bodies.van,
          rolled: outY,
          brake: t > 13.6 && t < 16.3 ? 1 : 0,
        }),
        [-2.6, outY, 0.8],
      );
    if (Math.abs(crossX) < 72)
      cast(
        car(stage, { at: [crossX, 46.5, 0], heading: 0, colour: [150, 52, 46], body: bodies.hatch, rolled: crossX }),
        [crossX, 46.5, 0.5],
      );
    if (Math.abs(crossX2) < 80)
      cast(
        car(stage, {
          at: [crossX2, 50.5, 0],
          heading: Math.PI,
          colour: [214, 216, 218],
          body: bodies.van,
          rolled: crossX2,
        }),
        [crossX2, 50.5, 0.5],
      );
    if (t > 2 && t < 23.8)
      cast(
        person(stage, {
          at: [6.9 + Math.sin(walkY * 0.15) * 0.25, walkY, 0],
          heading: Math.PI / 2,
          walked: walkY,
          coat: [116, 52, 50],
          legs: [44, 50, 66],
          bag: [48, 60, 52],
        }),
        [6.9, walkY, 1],
      );
    const standing = ease(4.6, 5, t) - ease(8.4, 8.8, t);
    if (t > 2.4 && t < 11.2)
      cast(
        person(stage, {
          at: [guardX, 14.8, 0],
          heading: t < 6.7 ? 0 : Math.PI,
          walked: Math.abs(guardX + 6.2),
          still: standing,
          coat: [40, 52, 70],
          legs: [34, 38, 48],
          vest: [214, 222, 62],
        }),
        [guardX, 14.8, 1],
      );
    cast(barrier(5, 0.2, 13.1, inOpen), [2.5, 13.1, 1]);
    cast(barrier(-5, -0.2, 9.8, outOpen), [-2.5, 9.8, 1]);
    for (const thing of things) thing.shadow();
    stage.paint(things);
    ctx.globalCompositeOperation = 'overlay';
    ctx.drawImage(texture, 0, 0);
    ctx.globalCompositeOperation = 'source-over';
    vignette(ctx, width, height, 0.34);
  };
}
