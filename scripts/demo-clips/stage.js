/** A small stage on a 2D canvas: a camera in metres (x right, y away, z up), faces with light, soft shadows, grain. */

const sub = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const unit = (a) => {
  const l = Math.hypot(...a) || 1;
  return [a[0] / l, a[1] / l, a[2] / l];
};

export const clamp = (v, lo = 0, hi = 1) => Math.min(hi, Math.max(lo, v));
export const mix = (a, b, t) => a + (b - a) * t;
/** 0 before a, 1 after b, smooth between. */
export const ease = (a, b, t) => {
  const x = clamp((t - a) / (b - a));
  return x * x * (3 - 2 * x);
};
/** Position along key points [[t, value], …], smooth between them. */
export const along = (keys, t) => {
  for (let i = 1; i < keys.length; i++) {
    const [t0, v0] = keys[i - 1];
    const [t1, v1] = keys[i];
    if (t <= t1) return mix(v0, v1, clamp((t - t0) / (t1 - t0)));
  }
  return keys.at(-1)[1];
};

/** The same numbers in every run: the clips can be made again. */
export function chance(seed) {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let x = Math.imul(s ^ (s >>> 15), 1 | s);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

export const rgb = (c, k = 1, a = 1) => `rgba(${c.map((v) => Math.round(clamp(v * k, 0, 255))).join(',')},${a})`;

/** Who and what the last picture holds, where somebody wants to know: kind, looks (the same in every picture), box in pixels. */
export const cast = [];

export function createStage({ ctx, width, height, eye, target, fov, sun, ambient = 0.55 }) {
  const forward = unit(sub(target, eye));
  const right = unit(cross(forward, [0, 0, 1]));
  const up = cross(right, forward);
  const focal = width / 2 / Math.tan((fov * Math.PI) / 360);
  const light = unit(sun);
  const near = 0.25;

  const toCamera = (p) => {
    const d = sub(p, eye);
    return [dot(d, right), dot(d, up), dot(d, forward)];
  };
  const toScreen = (c) => [width / 2 + (c[0] / c[2]) * focal, height / 2 - (c[1] / c[2]) * focal];
  /** Cut at the near plane, so that what passes under the camera leaves the picture cleanly. */
  const clip = (points) => {
    const out = [];
    points.forEach((p, i) => {
      const q = points[(i + 1) % points.length];
      if (p[2] >= near) out.push(p);
      if (p[2] >= near !== q[2] >= near) {
        const k = (near - p[2]) / (q[2] - p[2]);
        out.push([mix(p[0], q[0], k), mix(p[1], q[1], k), near]);
      }
    });
    return out;
  };

  const stage = {
    ctx,
    width,
    height,
    eye,
    depth: (p) => toCamera(p)[2],
    project: (p) => {
      const c = toCamera(p);
      return c[2] < near ? null : toScreen(c);
    },
    /** Pixels per metre at a place. */
    scale: (p) => focal / Math.max(near, toCamera(p)[2]),
    trace(points) {
      const cut = clip(points.map(toCamera)).map(toScreen);
      ctx.beginPath();
      cut.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      ctx.closePath();
      return cut.length > 2;
    },
    fill(points, style) {
      if (!stage.trace(points)) return;
      ctx.fillStyle = style;
      ctx.fill();
      ctx.strokeStyle = style;
      ctx.lineWidth = 0.7;
      if (typeof style === 'string' && !style.includes(',0.')) ctx.stroke(); // closes the hairline between neighbours
    },
    /** Brightness of a face by its normal. */
    lit: (normal) => ambient + (1 - ambient) * Math.max(0, dot(unit(normal), light)),
    /** A flat face seen from the side of its normal only (points counter-clockwise seen from outside). */
    face(points, colour, options = {}) {
      const n = cross(sub(points[1], points[0]), sub(points[2], points[0]));
      if (!options.both && dot(n, sub(points[0], eye)) >= 0) return;
      stage.fill(points, options.style ?? rgb(colour, options.lit ?? stage.lit(n), options.alpha ?? 1));
    },
    /** An upright box; `turn` about its foot's middle. */
    box({ at, size: [w, d, h], turn = 0, colour, top = colour, faces = {} }) {
      const c = Math.cos(turn);
      const s = Math.sin(turn);
      const p = (x, y, z) => [at[0] + x * c - y * s, at[1] + x * s + y * c, at[2] + z];
      const [x, y] = [w / 2, d / 2];
      const sides = [
        [[-x, -y], [x, -y], 'front'],
        [[x, -y], [x, y], 'right'],
        [[x, y], [-x, y], 'back'],
        [[-x, y], [-x, -y], 'left'],
      ];
      for (const [a, b, name] of sides) {
        stage.face([p(...a, 0), p(...b, 0), p(...b, h), p(...a, h)], faces[name] ?? colour);
      }
      stage.face([p(-x, -y, h), p(x, -y, h), p(x, y, h), p(-x, y, h)], top);
    },
    /** Tells that something stands here, of which these are the outermost points. */
    see(kind, looks, points) {
      const on = clip(points.map(toCamera)).map(toScreen);
      if (on.length < 2) return;
      const [xs, ys] = [0, 1].map((i) => on.map((p) => p[i]));
      cast.push({ kind, looks, box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] });
    },
    /** Soft shadow of a solid standing on the ground, given by outline points with their height. */
    shadow(points, { strength = 0.45, blur = 0.25 } = {}) {
      const flat = points.map(([x, y, z]) => [x - (light[0] / light[2]) * z, y - (light[1] / light[2]) * z, 0.01]);
      const shape = hull(flat);
      stage.soft(shape, clamp(stage.scale(shape[0]) * blur, 1, 24), () => {
        stage.fill(shape, `rgba(10,14,24,${strength + 0.0001})`);
      });
    },
    /** Draws blurred, within the surroundings of these points only: blurring a whole picture is slow. */
    soft(points, blur, draw) {
      const seen = clip(points.map(toCamera)).map(toScreen);
      if (seen.length === 0) return;
      const room = blur * 3 + 30;
      const left = clamp(Math.min(...seen.map((p) => p[0])) - room, 0, width);
      const top = clamp(Math.min(...seen.map((p) => p[1])) - room, 0, height);
      const right_ = clamp(Math.max(...seen.map((p) => p[0])) + room, 0, width);
      const bottom = clamp(Math.max(...seen.map((p) => p[1])) + room, 0, height);
      if (right_ - left < 1 || bottom - top < 1) return;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, top, right_ - left, bottom - top);
      ctx.clip();
      ctx.filter = `blur(${blur.toFixed(1)}px)`;
      draw();
      ctx.restore();
    },
    /** Where a point's shadow falls. */
    onGround: ([x, y, z]) => [x - (light[0] / light[2]) * z, y - (light[1] / light[2]) * z, 0.01],
    /** A line with thickness in metres and round ends. */
    rod(a, b, thick, style) {
      const p = stage.project(a);
      const q = stage.project(b);
      if (!p || !q) return;
      ctx.beginPath();
      ctx.moveTo(...p);
      ctx.lineTo(...q);
      ctx.lineCap = 'round';
      ctx.lineWidth = Math.max(0.6, thick * stage.scale(a));
      ctx.strokeStyle = style;
      ctx.stroke();
    },
    ball(at, radius, style) {
      const p = stage.project(at);
      if (!p) return;
      ctx.beginPath();
      ctx.arc(...p, Math.max(0.5, radius * stage.scale(at)), 0, 7);
      ctx.fillStyle = style;
      ctx.fill();
    },
    /** A soft round light, added to what is there. */
    glow(at, radius, colour, strength) {
      const p = stage.project(at);
      if (!p) return;
      const r = radius * stage.scale(at);
      const g = ctx.createRadialGradient(...p, 0, ...p, r);
      g.addColorStop(0, rgb(colour, 1, strength));
      g.addColorStop(0.25, rgb(colour, 1, strength * 0.35));
      g.addColorStop(1, rgb(colour, 1, 0));
      ctx.save();
      ctx.globalCompositeOperation = 'screen';
      ctx.fillStyle = g;
      ctx.fillRect(p[0] - r, p[1] - r, 2 * r, 2 * r);
      ctx.restore();
    },
    /** Paints things far to near; each is { at, draw }. */
    paint(things) {
      things
        .map((thing) => ({ thing, d: stage.depth(thing.at) }))
        .sort((a, b) => b.d - a.d)
        .forEach(({ thing }) => thing.draw());
    },
  };
  return stage;
}

/** Convex hull of points by x and y. */
function hull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const turn = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (list) => {
    const out = [];
    for (const p of list) {
      while (out.length >= 2 && turn(out.at(-2), out.at(-1), p) <= 0) out.pop();
      out.push(p);
    }
    return out.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** A texture that stands still: fine grain and large, faint blotches. Costs bits in key pictures only. */
export function grain(width, height, seed, fine, blotch) {
  const canvas = new globalThis.OffscreenCanvas(width, height);
  const ctx = canvas.getContext('2d');
  const random = chance(seed);
  const image = ctx.createImageData(width, height);
  for (let i = 0; i < image.data.length; i += 4) {
    const v = 128 + (random() + random() - 1) * 128;
    image.data[i] = image.data[i + 1] = image.data[i + 2] = v;
    image.data[i + 3] = fine * 255;
  }
  ctx.putImageData(image, 0, 0);
  for (let i = 0; i < 60; i++) {
    const [x, y, r] = [random() * width, random() * height, (0.03 + random() * 0.12) * width];
    const g = ctx.createRadialGradient(x, y, 0, x, y, r);
    const c = random() < 0.5 ? '0,0,0' : '255,255,255';
    g.addColorStop(0, `rgba(${c},${blotch})`);
    g.addColorStop(1, `rgba(${c},0)`);
    ctx.fillStyle = g;
    ctx.fillRect(x - r, y - r, 2 * r, 2 * r);
  }
  return canvas;
}

/** The lens: darker to the corners. */
export function vignette(ctx, width, height, strength) {
  const g = ctx.createRadialGradient(width / 2, height * 0.48, height * 0.35, width / 2, height / 2, width * 0.66);
  g.addColorStop(0, 'rgba(0,0,0,0)');
  g.addColorStop(1, `rgba(0,0,0,${strength})`);
  ctx.fillStyle = g;
  ctx.fillRect(0, 0, width, height);
}
