/** Corridor: an office floor in the evening; polished floor, light panels, people and a door. */
import { person } from './cast.js';
import { along, createStage, ease, grain, rgb, vignette } from './stage.js';
import { paintCorridor, doors, half, view } from './corridor-place.js';

export function createCorridor(ctx, width, height) {
  const stage = createStage({ ctx, width, height, ...view });
  const back = new globalThis.OffscreenCanvas(width, height);
  const texture = grain(width, height, 41, 0.045, 0.02);
  /** The same stage with the floor as a mirror. */
  const flip = (p) => [p[0], p[1], -p[2]];
  const mirror = {
    ...stage,
    see: () => undefined,
    rod: (a, b, thick, style) => stage.rod(flip(a), flip(b), thick, style),
    ball: (at, r, style) => stage.ball(flip(at), r, style),
  };
  paintCorridor(back.getContext('2d'), width, height);

  /** The door at the left that opens: warm light falls out of it. */
  function openDoor(open) {
    if (open <= 0.001) return;
    const [x, y] = doors[1];
    const a = open * 1.45;
    const room = ctx.createLinearGradient(stage.project([x, y, 1])[0], 0, stage.project([x, y + 1, 1])[0], 0);
    room.addColorStop(0, '#f3d9a4');
    room.addColorStop(1, '#c9a56c');
    stage.fill(
      [
        [x + 0.01, y, 0],
        [x + 0.01, y + 1, 0],
        [x + 0.01, y + 1, 2.1],
        [x + 0.01, y, 2.1],
      ],
      room,
    );
    const fan = [
      [x, y, 0.002],
      [x, y + 1, 0.002],
      [x + 2.2 * open, y + 1.5, 0.002],
      [x + 2.2 * open, y - 0.2, 0.002],
    ];
    stage.soft(fan, 5, () => stage.fill(fan, `rgba(255,222,160,${(0.32 * open).toFixed(3)})`));
    // The leaf swings into the room's far side, hinged at its far edge.
    const tip = [x - Math.sin(a) * 0.98, y + 1 - Math.cos(a) * 0.98];
    ctx.save();
    stage.trace([
      [x + 0.01, y, 0],
      [x + 0.01, y + 1, 0],
      [x + 0.01, y + 1, 2.1],
      [x + 0.01, y, 2.1],
    ]);
    ctx.clip();
    stage.fill(
      [
        [tip[0], tip[1], 0],
        [x, y + 1, 0],
        [x, y + 1, 2.1],
        [tip[0], tip[1], 2.1],
      ],
      rgb([138, 112, 82], 1 - open * 0.25),
    );
    ctx.restore();
  }

  return (t) => {
    ctx.drawImage(back, 0, 0);
    openDoor(ease(14.4, 15.4, t) - ease(17.6, 18.8, t));
    const people = [];
    const add = (options) =>
      people.push({ at: options.at, actor: person(stage, options), image: person(mirror, options) });
    const ay = along(
      [
        [0, 24],
        [1, 22.6],
        [13, -1.2],
        [24, -1.2],
      ],
      t,
    );
    if (t > 1 && t < 13)
      add({
        at: [-0.35 + Math.sin(ay * 0.5) * 0.06, ay, 0],
        heading: -Math.PI / 2,
        walked: -ay,
        coat: [58, 70, 92],
        legs: [46, 48, 56],
      });
    const by = along(
      [
        [0, -1.5],
        [8, -1.5],
        [19.5, 21],
        [20.5, 22.9],
        [24, 26],
      ],
      t,
    );
    if (t > 8 && t < 20.4)
      add({
        at: [0.7 - Math.sin(by * 0.4) * 0.08, by, 0],
        heading: Math.PI / 2,
        walked: by,
        tall: 1.68,
        coat: [128, 58, 62],
        legs: [60, 58, 66],
        bag: [66, 60, 54],
      });
    const cx = along(
      [
        [0, -2.4],
        [15, -2.4],
        [16.4, -0.55],
        [24, -0.55],
      ],
      t,
    );
    const cy = along(
      [
        [0, 9.9],
        [16.2, 9.9],
        [17.2, 9.1],
        [22.8, -1.5],
        [24, -1.5],
      ],
      t,
    );
    if (t > 15.2 && t < 22.8)
      add({
        at: [cx, cy, 0],
        heading: t < 16.3 ? 0 : -Math.PI / 2,
        walked: cx * 1.2 - cy,
        tall: 1.8,
        coat: [222, 222, 214],
        legs: [66, 74, 92],
      });
    people.sort((a, b) => b.at[1] - a.at[1]);
    for (const p of people) {
      ctx.save();
      if (p.at[0] < -half) {
        stage.trace([
          [-half, doors[1][1], 0],
          [-half, doors[1][1] + 1, 0],
          [half, doors[1][1] + 1, 0],
          [half, doors[1][1] + 1, 2.1],
          [-half, doors[1][1] + 1, 2.1],
          [-half, doors[1][1], 2.1],
        ]);
        ctx.clip();
      } else {
        const [px, py] = p.at;
        stage.soft(
          [
            [px - 0.7, py - 0.6, 0],
            [px + 0.7, py + 0.6, 0],
            [px, py, -2],
          ],
          2.5,
          () => {
            ctx.globalAlpha = 0.24;
            p.image.draw();
          },
        );
        p.actor.shadow(0.35);
      }
      p.actor.draw();
      ctx.restore();
    }
    ctx.globalCompositeOperation = 'overlay';
    ctx.drawImage(texture, 0, 0);
    ctx.globalCompositeOperation = 'source-over';
    vignette(ctx, width, height, 0.42);
  };
}
