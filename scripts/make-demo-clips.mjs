/**
 * Makes the clips of the demo cameras: npx node scripts/make-demo-clips.mjs [SCENE …] [--keep DIR] [--look DIR --step N]
 * Needs Chromium (CHROME_BIN, or /usr/bin/chromium) to draw and ffmpeg with libx264 and libx265 to encode; what it makes is
 * committed, so that nobody else needs either. `--look` only draws some pictures into a folder. See docs/demo.md.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { codeColumns, codeGrid, codeMargin, codeRows, frameCodeCells } from '../src/main/demo/frame-code.ts';
import { drawPictures } from './demo-clips/draw.mjs';
import { encodeScene, openMaster } from './demo-clips/encode.mjs';
import { scenes, seconds } from './demo-clips/scenes.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    look: { type: 'string' },
    step: { type: 'string', default: '30' },
    out: { type: 'string', default: 'resources/demo' },
  },
});
const layout = { columns: codeColumns, rows: codeRows, grid: codeGrid, margin: codeMargin };

for (const name of positionals.length > 0 ? positionals : Object.keys(scenes)) {
  const scene = scenes[name];
  if (!scene) throw new Error(`There is no scene ${name}; there are ${Object.keys(scenes).join(', ')}.`);
  const { width, height, fps, camera, label } = scene;
  const count = seconds * fps;
  const codes = Array.from({ length: count }, (_, frame) => frameCodeCells({ camera, frame }));
  const job = { scene: name, width, height, fps, from: 0, to: count, step: 1, label, codes, layout };
  const began = Date.now();
  if (values.look) {
    await mkdir(values.look, { recursive: true });
    await drawPictures({ ...job, step: Number(values.step) }, (n, jpeg) =>
      writeFile(join(values.look, `${name}-${n}.jpg`), jpeg),
    );
  } else {
    const master = await openMaster(name, fps);
    await drawPictures(job, (_, jpeg) => master.add(jpeg));
    await master.close();
    await mkdir(values.out, { recursive: true });
    await encodeScene(name, scene, master.path, values.out);
    await master.remove();
  }
  console.log(`${name}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
}
