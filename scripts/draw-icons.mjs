// `node scripts/draw-icons.mjs`: build/*.svg → the icons of every system. Run by hand when the drawing changes; the results are
// committed, so that packing needs no browser.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { ensureChromium } from './prepare/test-tools.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const browser = await chromium.launch({
  executablePath: ensureChromium(console.log),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const page = await browser.newPage();
  const draw = async (name, size) => {
    await page.setViewportSize({ width: size, height: size });
    const svg = readFileSync(join(root, 'build', name)).toString('base64');
    await page.setContent(
      `<style>body{margin:0}img{display:block;width:${size}px;height:${size}px}</style><img src="data:image/svg+xml;base64,${svg}">`,
    );
    await page.locator('img').evaluate((img) => img.decode());
    return page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: size, height: size } });
  };
  const app = new Map();
  for (const size of [16, 24, 32, 48, 64, 128, 256, 512, 1024]) app.set(size, await draw('icon.svg', size));
  const put = (name, data) => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), data);
  };
  put('build/icon.png', app.get(1024));
  for (const size of [16, 32, 48, 64, 128, 256, 512]) put(`build/icons/${size}x${size}.png`, app.get(size));
  put('build/icon.ico', ico([16, 24, 32, 48, 64, 128, 256].map((size) => [size, app.get(size)])));
  put('build/icon.icns', icns(app));
  put('resources/icons/app.png', app.get(256));
  put('resources/icons/tray.png', await draw('tray.svg', 32));
  put('resources/icons/tray@2x.png', await draw('tray.svg', 64));
} finally {
  await browser.close();
}

/** Windows icon directory with PNG pictures (allowed since Windows Vista). */
function ico(pictures) {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let at = head.length;
  pictures.forEach(([size, data], i) => {
    const entry = 6 + 16 * i;
    head.writeUInt8(size === 256 ? 0 : size, entry);
    head.writeUInt8(size === 256 ? 0 : size, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(data.length, entry + 8);
    head.writeUInt32LE(at, entry + 12);
    at += data.length;
  });
  return Buffer.concat([head, ...pictures.map(([, data]) => data)]);
}

/** Apple icon image: a type and a length before each PNG. */
function icns(pictures) {
  const types = { ic11: 32, ic12: 64, ic07: 128, ic08: 256, ic13: 256, ic09: 512, ic14: 512, ic10: 1024 };
  const chunk = (type, data) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(8 + data.length, 4);
    return Buffer.concat([head, data]);
  };
  return chunk('icns', Buffer.concat(Object.entries(types).map(([type, size]) => chunk(type, pictures.get(size)))));
}
