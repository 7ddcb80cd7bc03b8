/** The page's half of `bench playback`: reads the numbers in the pictures, at every drawing of the screen. Runs in Chromium. */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import type { Grid } from './history.ts';

/** What one try saw: ms from the input event to the first look at which it was right; null: not within the limit. */
export type Seen = {
  preview: number | null;
  tiles: (number | null)[];
  /** For people, when something was missed. */
  note: string;
};

/** One look at all tiles at 1×: page time and the number in each picture (-1: not readable). */
export type Look = { t: number; frames: number[] };

/** `grids`: of the stream that each tile is expected to play, in the order of the wall. `dayMs`: midnight of the footage's day. */
export function playbackProbe(root: string, grids: Grid[], dayMs: number): string {
  const source = readFileSync(join(root, 'src', 'main', 'demo', 'frame-code.ts'), 'utf8');
  const reader = stripTypeScriptTypes(source).replaceAll('export ', '');
  return `(() => { ${reader}
    const grids = ${JSON.stringify(grids)};
    const small = new OffscreenCanvas(320, 24);
    const ctx = small.getContext('2d', { willReadFrequently: true });
    // Only the corner with the number is copied: ten cells by six.
    const numberIn = (canvas) => {
      if (!canvas || canvas.width < 160) return -1;
      const cell = canvas.width / 80;
      ctx.fillRect(280, 0, 40, 24);
      ctx.drawImage(canvas, canvas.width - 10 * cell, canvas.height - 6 * cell, 10 * cell, 6 * cell, 280, 0, 40, 24);
      const code = readFrameCode(ctx.getImageData(0, 0, 320, 24).data, 320, 24);
      return code ? code.frame : -1;
    };
    const canvases = () => [...document.querySelectorAll('.tile[data-camera]')].map((t) => t.querySelector('[data-playback] canvas'));
    const numbers = () => canvases().map(numberIn);
    /** A time of day as it stands on the screen, with or without tenths: the span of moments that it may mean. */
    const spanOf = (text) => {
      const m = /(\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d))?/.exec(text ?? '');
      if (!m) return null;
      const at = ${String(dayMs)} + ((Number(m[1]) * 60 + Number(m[2])) * 60 + Number(m[3])) * 1000 + Number(m[4] ?? 0) * 100;
      return [at, at + (m[4] === undefined ? 999 : 99)];
    };
    const near = (grid, span) => {
      const step = grid.gop * grid.frameMs;
      const of = (ms) => ((Math.round((ms - grid.originMs) / step) * grid.gop) % grid.loop + grid.loop) % grid.loop;
      return [...new Set(span.map(of))];
    };
    let pending = null;
    const finish = (p, note) => { pending = null; p.resolve({ preview: p.preview, tiles: p.tiles, note }); };
    const look = () => {
      const p = pending;
      if (p) {
        const now = performance.now();
        if (p.t0 !== null) {
          if (p.kind === 'scrub') {
            if (p.preview === null) {
              const span = spanOf(document.querySelector('.tl-preview-time')?.textContent);
              const canvas = document.querySelector('.tl-preview-picture');
              if (span && canvas?.dataset.near !== undefined && near(grids[p.focus], span).includes(numberIn(canvas))) p.preview = now - p.t0;
            }
            const span = spanOf(document.querySelector('.tl-clock')?.textContent);
            canvases().forEach((canvas, i) => {
              if (p.tiles[i] === null && span && near(grids[i], span).includes(numberIn(canvas))) p.tiles[i] = now - p.t0;
            });
          } else {
            const ranMs = p.playing ? now - p.t0 : 0;
            canvases().forEach((canvas, i) => {
              if (p.tiles[i] !== null) return;
              const g = grids[i];
              const first = Math.floor((p.atMs - g.originMs) / g.frameMs + 1e-6);
              const past = (((numberIn(canvas) - first) % g.loop) + g.loop) % g.loop;
              if (numberIn(canvas) >= 0 && past <= Math.ceil(ranMs / g.frameMs)) p.tiles[i] = now - p.t0;
            });
          }
          const done = p.tiles.every((t) => t !== null) && (p.kind === 'seek' || p.preview !== null);
          if (done) finish(p, '');
          else if (now - p.t0 > p.limitMs) {
            const states = [...document.querySelectorAll('.tile[data-camera] [data-playback]')].map((s) => s.dataset.playback);
            finish(p, JSON.stringify({ seen: numbers(), states, clock: document.querySelector('.tl-clock')?.textContent,
              preview: numberIn(document.querySelector('.tl-preview-picture')), at: document.querySelector('.tl-preview-time')?.textContent }));
          }
        }
      }
      if (watching) looks.push({ t: performance.now(), frames: numbers() });
      requestAnimationFrame(look);
    };
    const begin = (e) => { if (pending && pending.t0 === null) pending.t0 = e.timeStamp; };
    addEventListener('pointermove', (e) => { if (pending?.kind === 'scrub') begin(e); }, { capture: true });
    addEventListener('keydown', (e) => { if (pending?.kind === 'seek' && e.key === 'Enter') begin(e); }, { capture: true });
    let looks = [];
    let watching = false;
    requestAnimationFrame(look);
    globalThis.bench = {
      arm(what) {
        globalThis.benchDone = new Promise((resolve) => {
          pending = { preview: null, tiles: grids.map(() => null), t0: null, limitMs: 2000, ...what, resolve };
        });
      },
      done: () => globalThis.benchDone,
      watch(on) { if (on) looks = []; watching = on; return looks; },
      numbers,
    };
  })()`;
}
