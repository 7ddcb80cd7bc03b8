/**
 * Makes the clips of the demo cameras: npx node scripts/make-demo-clips.mjs [SCENE …] [--keep DIR] [--look DIR --step N] [--objects]
 * Needs Chromium (CHROME_BIN, or /usr/bin/chromium) to draw and ffmpeg with libx264 and libx265 and cjpeg (libjpeg) to encode; what it makes is
 * committed, so that nobody else needs either. `--look` only draws some pictures into a folder, `--objects` only writes who is where in them. See docs/demo.md.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { codeColumns, codeGrid, codeMargin, codeRows, frameCodeCells } from '../src/main/demo/frame-code.ts';
import { drawPictures, listCast } from './demo-clips/draw.mjs';
import { encodeScene, encodeView, openMaster } from './demo-clips/encode.mjs';
import { openFacts } from './demo-clips/facts.mjs';
import { follow, objectsEvery, writeObjects } from './demo-clips/objects.mjs';
import { scenes, seconds, stillEvery } from './demo-clips/scenes.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    look: { type: 'string' },
    step: { type: 'string', default: '30' },
    out: { type: 'string', default: 'resources/demo' },
    objects: { type: 'boolean', default: false },
  },
});
const layout = { columns: codeColumns, rows: codeRows, grid: codeGrid, margin: codeMargin };

const keep = process.env.DEMO_MOVED; // a folder for the measured motion, to choose the threshold by

/** Small: where somebody is does not depend on the size of the picture. */
async function objects(job, name) {
  const [width, height] = [320, 180];
  const pictures = await listCast({ ...job, width, height, step: objectsEvery });
  await writeObjects(values.out, name, follow(pictures, width, height));
}

async function look(job, name) {
  await mkdir(values.look, { recursive: true });
  await drawPictures({ ...job, step: Number(values.step) }, (n, jpeg) =>
    writeFile(join(values.look, `${name}-${n}.jpg`), jpeg),
  );
}

for (const asked of positionals.length > 0 ? positionals : Object.keys(scenes)) {
  // `yard` is the scene with all its views, `yard-left` one of them.
  const [base, only] = asked.split('-');
  const scene = scenes[base];
  if (!scene || (only && !scene.views?.[only]))
    throw new Error(`There is no scene ${asked}; there are ${Object.keys(scenes).join(', ')}.`);
  const { width, height, fps, camera, label } = scene;
  const count = seconds * fps;
  const codes = Array.from({ length: count }, (_, frame) => frameCodeCells({ camera, frame }));
  const looks = only ? [only] : [null, ...Object.keys(scene.views ?? {})];
  for (const view of looks) {
    const name = view === null ? base : `${base}-${view}`;
    const head = view === null ? undefined : scene.views[view];
    const job = { scene: base, head, width, height, fps, from: 0, to: count, step: 1, label, codes, layout };
    const began = Date.now();
    if (values.look) await look(job, name);
    else if (values.objects) await objects(job, name);
    else {
      const master = await openMaster(name, fps);
      const facts = openFacts(name, { fps, stillEvery, motionFrom: scene.motionFrom });
      await drawPictures(job, async (n, jpeg, moved) => {
        await master.add(jpeg);
        await facts.add(n, jpeg, moved);
      });
      await master.close();
      await mkdir(values.out, { recursive: true });
      await facts.write(values.out);
      await objects(job, name);
      if (keep) await writeFile(join(keep, `${name}.json`), JSON.stringify(facts.moved));
      await (view === null ? encodeScene : encodeView)(name, scene, master.path, values.out);
      await master.remove();
    }
    console.log(`${name}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
  }
}
