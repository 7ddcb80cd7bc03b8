/** Yard: loading docks of a warehouse in low morning sun; a forklift carries pallets, somebody checks the containers. */
import { bodies, car, forklift, person } from './cast.js';
import { along, createStage, ease, grain, vignette } from './stage.js';
import { paintYard, yardView } from './yard-place.js';

export function createYard(ctx, width, height, head) {
  const view = yardView(head);
  const stage = createStage({ ctx, width, height, ...view });
  const back = new globalThis.OffscreenCanvas(width, height);
  const texture = grain(width, height, 23, 0.05, 0.045);
  paintYard(back.getContext('2d'), width, height, view);

  // The forklift's round: dock 4 → load → bay beside the containers → back; it reverses where a driver would.
  const route = [
    [0, [-6, 14.6], -Math.PI / 2 + Math.PI, 0.15, 1],
    [1.2, [-6, 14.6], Math.PI / 2, 0.3, 1],
    [4, [-5.6, 9.6], Math.PI / 2, 0.3, 1],
    [5.6, [-5.2, 7.2], Math.PI * 0.2, 0.3, 1],
    [6.2, [-5, 7], 0, 0.3, 1],
    [10.5, [4.6, 4.0], -0.12, 0.3, 1],
    [11.8, [6.2, 3.8], 0, 0.3, 1],
    [12.8, [6.2, 3.8], 0, 0.05, 1],
    [13, [6.2, 3.8], 0, 0.05, 0],
    [14.4, [4, 3.8], 0, 0.1, 0],
    [15.6, [2.2, 3.2], -0.5, 0.1, 0],
    [16.2, [1.6, 3.4], -Math.PI * 0.5, 0.1, 0],
    [17, [0.8, 2.6], -Math.PI * 0.85, 0.1, 0],
    [20.4, [-5.6, 5.6], -Math.PI * 1.2, 0.1, 0],
    [21.6, [-6, 8.2], -Math.PI * 1.48, 0.1, 0],
    [23, [-6, 14.4], -Math.PI * 1.5, 0.1, 0],
    [23.4, [-6, 14.6], -Math.PI * 1.5, 0.1, 0],
    [24, [-6, 14.6], -Math.PI * 1.5, 0.15, 1],
  ];
  const of = (pick) => route.map((r) => [r[0], pick(r)]);
  const routeAt = (t) => {
    const i = Math.max(
      0,
      route.findLastIndex((r) => r[0] <= t),
    );
    return {
      x: along(
        of((r) => r[1][0]),
        t,
      ),
      y: along(
        of((r) => r[1][1]),
        t,
      ),
      heading: along(
        of((r) => r[2]),
        t,
      ),
      lift: along(
        of((r) => r[3]),
        t,
      ),
      load: route[i][4] === 1,
    };
  };

  return (t) => {
    ctx.drawImage(back, 0, 0);
    const things = [];
    const cast = (actor, at) => things.push({ at, draw: actor.draw, shadow: actor.shadow });
    const f = routeAt(t);
    const rolled = (f.x * 2 + f.y) * 2;
    cast(forklift(stage, { at: [f.x, f.y, 0], heading: f.heading, lift: f.lift, load: f.load, rolled }), [
      f.x,
      f.y,
      0.5,
    ]);
    if (t >= 13 || t < 0.02) {
      const crate = [7.7, 3.8, 0];
      const gone = ease(23, 23.9, t);
      things.push({
        at: crate,
        shadow: () =>
          stage.shadow(
            [-0.5, 0.5].flatMap((x) =>
              [-0.5, 0.5].flatMap((y) => [
                [crate[0] + x, crate[1] + y, 0],
                [crate[0] + x, crate[1] + y, 1.2],
              ]),
            ),
            { strength: 0.45 * (1 - gone), blur: 0.1 },
          ),
        draw: () => {
          ctx.globalAlpha = 1 - gone;
          stage.box({ at: crate, size: [1.1, 1.1, 0.14], colour: [156, 118, 76] });
          stage.box({ at: [7.7, 3.8, 0.14], size: [1, 1, 0.85], colour: [188, 152, 106], top: [205, 170, 122] });
          ctx.globalAlpha = 1;
        },
      });
    }
    // The checker: out of the side door, along the containers with a list, and back.
    const px = along(
      [
        [0, -3],
        [3, -3],
        [5, -2.6],
        [12, 8.2],
        [15.5, 8.2],
        [22.6, -3],
        [24, -3],
      ],
      t,
    );
    const py = along(
      [
        [0, 16.9],
        [3, 16.9],
        [5, 14.4],
        [6.2, 5],
        [12, 1.2],
        [15.5, 1.2],
        [20.6, 5],
        [22.6, 16.9],
        [24, 16.9],
      ],
      t,
    );
    const before = {
      x: along(
        [
          [0, -3],
          [3, -3],
          [5, -2.6],
          [12, 8.2],
          [15.5, 8.2],
          [22.6, -3],
          [24, -3],
        ],
        t + 0.1,
      ),
      y: along(
        [
          [0, 16.9],
          [3, 16.9],
          [5, 14.4],
          [6.2, 5],
          [12, 1.2],
          [15.5, 1.2],
          [20.6, 5],
          [22.6, 16.9],
          [24, 16.9],
        ],
        t + 0.1,
      ),
    };
    const moving = Math.hypot(before.x - px, before.y - py) > 0.01;
    if (t > 3 && t < 22.6)
      cast(
        person(stage, {
          at: [px, py, 0],
          heading: moving ? Math.atan2(before.y - py, before.x - px) : 0.4,
          walked: Math.abs(px) * 0.9 + Math.abs(py) * 0.9,
          still: moving ? 0 : 1,
          coat: [60, 66, 80],
          legs: [42, 48, 62],
          vest: [240, 120, 34],
        }),
        [px, py, 1],
      );
    // Somebody else crosses near the camera.
    const nx = along(
      [
        [0, 16],
        [8, 16],
        [22, -12],
        [24, -16],
      ],
      t,
    );
    if (t > 8 && t < 23.9)
      cast(
        person(stage, {
          at: [nx, -1.4 - nx * 0.06, 0],
          heading: Math.PI + 0.06,
          walked: -nx,
          coat: [70, 84, 104],
          legs: [50, 48, 46],
          vest: [206, 220, 60],
        }),
        [nx, -1.4, 1],
      );
    const vx = along(
      [
        [0, -30],
        [0.5, -22],
        [6.5, 26],
        [24, 26],
      ],
      t,
    );
    if (vx > -21 && vx < 25)
      cast(car(stage, { at: [vx, 1.2, 0], heading: 0.02, colour: [196, 200, 202], body: bodies.van, rolled: vx }), [
        vx,
        1.2,
        0.8,
      ]);
    for (const thing of things) thing.shadow();
    stage.paint(things);
    ctx.globalCompositeOperation = 'overlay';
    ctx.drawImage(texture, 0, 0);
    ctx.globalCompositeOperation = 'source-over';
    vignette(ctx, width, height, 0.36);
  };
}
