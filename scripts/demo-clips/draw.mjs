/** Has a Chromium draw the pictures of a scene and hands them over one by one. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

const kinds = { html: 'text/html', js: 'text/javascript' };

/** `onPicture(n, jpeg, moved)` may be slow: the next picture is drawn when it is done. `moved`: 0 … 1 of the picture. */
export async function drawPictures(job, onPicture) {
  await onPage((page) => page.evaluate((j) => globalThis.drawClip(j), job), onPicture);
}

/** Who and what is in each picture: `{ kind, looks, box }`, boxes in pixels. Nothing is kept of the pictures. */
export const listCast = (job) => onPage((page) => page.evaluate((j) => globalThis.listCast(j), job));

async function onPage(work, onPicture) {
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://loopback');
    const done = (status, type, body) => response.writeHead(status, { 'content-type': type }).end(body);
    if (url.pathname === '/picture') {
      const parts = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        onPicture(Number(url.searchParams.get('n')), Buffer.concat(parts), Number(url.searchParams.get('moved'))).then(
          () => done(200, 'text/plain', 'ok'),
          (error) => done(500, 'text/plain', String(error)),
        );
      });
      return;
    }
    const name = /^\/([a-z-]+\.(html|js))$/.exec(url.pathname);
    if (!name) return done(404, 'text/plain', 'no such file');
    readFile(new URL(name[1], import.meta.url)).then(
      (body) => done(200, kinds[name[2]], body),
      () => done(404, 'text/plain', 'no such file'),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: process.env.CHROME_BIN ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(`http://127.0.0.1:${server.address().port}/page.html`);
    await page.waitForFunction('globalThis.listCast');
    return await work(page);
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}
