import { createServer, type Server } from 'node:http';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ModelView } from '#domain/model.ts';
import { expectAccessible } from '../support/accessible.ts';
import { hasMirror, mirrorDir } from '../support/media.ts';
import { yoloxFile } from '../support/onnx-file.ts';
import { createAdministrator, openRig, type Rig } from './wall-rig.ts';
import { until } from '../support/until.ts';

const model = yoloxFile(2);
const own = {
  ...{ id: 'mine', name: 'Our own detector', task: 'detect', reader: 'yolox', licence: 'MIT', sizes: [[416, 416]] },
  classes: ['person', 'car'],
};
let rig: Rig;
let dir: string;
let mirror: Server;
let address: string;
let asked: string[];
let most = 1_500_000;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-usb-'));
  asked = [];
  mirror = createServer((request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? 'bytes=0-')?.[1]);
    asked.push(`${request.url ?? ''} ${String(from)}`);
    const path = join(mirrorDir, basename(request.url ?? ''));
    if (!existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    const file = readFileSync(path);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': file.length - from,
      ...(from > 0 && { 'content-range': `bytes ${String(from)}-${String(file.length - 1)}/${String(file.length)}` }),
    });
    // Beyond `most` it holds its breath.
    if (file.length - from > most) response.write(file.subarray(from, from + most));
    else response.end(file.subarray(from));
  });
  await new Promise<void>((up) => mirror.listen(0, '127.0.0.1', up));
  address = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`;
  writeFileSync(join(dir, 'mine.onnx'), model);
  writeFileSync(join(dir, 'mine.json'), JSON.stringify({ ...own, files: [{ name: 'mine.onnx' }] }));
  writeFileSync(join(dir, 'cut.onnx'), model.subarray(0, 1_000));
  writeFileSync(
    join(dir, 'cut.json'),
    JSON.stringify({ ...own, id: 'cut', name: 'Half a model', files: [{ name: 'cut.onnx' }] }),
  );
  rig = await openRig();
  await createAdministrator(rig);
});
afterAll(async () => {
  await rig.close();
  mirror.closeAllConnections();
  await new Promise((down) => mirror.close(down));
  rmSync(dir, { recursive: true, force: true });
});

const stateOf = async (id: string): Promise<ModelView['state'] | undefined> => {
  const answer = await rig.page.context().request.get(`${rig.station.url}/api/models`);
  return ((await answer.json()) as ModelView[]).find((m) => m.manifest.id === id)?.state;
};

it('shows how the analysis does, from the settings', async () => {
  const { page } = rig;
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'Analysis', exact: true }).click();
  await page.getByRole('heading', { name: 'Analysis', level: 1 }).waitFor();
  await page.getByText('No camera is watched.').waitFor();
  await expectAccessible(rig.page);
  await page.getByRole('combobox', { name: 'A worker is chosen by' }).click();
  await page.getByRole('option', { name: 'Turn' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  const now: unknown = await (await page.context().request.get(`${rig.station.url}/api/analysis`)).json();
  expect(now).toMatchObject({ settings: { strategy: 'round-robin', mostWorkers: null }, queue: { waiting: 0 } });
});

it('takes models in from a folder, and says what is wrong with those that it does not take', async () => {
  const { page } = rig;
  await page.getByRole('navigation', { name: 'Parts of the analysis' }).getByRole('link', { name: 'Models' }).click();
  await page.getByRole('article', { name: 'YOLOX-nano', exact: true }).waitFor();
  // What comes with Vigie needs no download.
  for (const id of ['ssd-mobilenet-v2', 'ppocr-text', 'ppocr-read', 'silero-vad'])
    expect([id, await stateOf(id)]).toEqual([id, { is: 'here' }]);
  await expectAccessible(rig.page);
  await page.getByRole('button', { name: 'From a folder' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Path of the folder' }).fill(join(dir, 'nowhere'));
  await dialog.getByRole('button', { name: 'Look' }).click();
  await dialog.getByText('Nothing can be read there. Give the whole path of a folder').waitFor();
  await dialog.getByRole('textbox', { name: 'Path of the folder' }).fill(dir);
  await rig.page.keyboard.press('Enter');
  await dialog.getByText('The file is not whole. Copy or export it again.').waitFor();
  await dialog.getByRole('button', { name: 'Take 1 in' }).click();
  await dialog.waitFor({ state: 'detached' });
  const card = page.getByRole('article', { name: 'Our own detector' });
  await card.getByText('Here', { exact: true }).waitFor();
  expect(await stateOf('mine')).toEqual({ is: 'here' });
});

it.skipIf(!hasMirror)(
  'downloads from the mirror, shows how far it is, breaks off and goes on (needs the folder of models)',
  async () => {
    const { page } = rig;
    await page.getByRole('textbox', { name: 'Mirror' }).fill('not an address');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').filter({ hasText: 'A mirror is a whole address' }).waitFor();
    await page.getByRole('textbox', { name: 'Mirror' }).fill(`${address}/models`);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').first().waitFor();

    const card = page.getByRole('article', { name: 'YOLOX-nano', exact: true });
    await card.getByText('Not here').waitFor();
    await card.getByRole('button', { name: 'Download YOLOX-nano' }).click();
    await until(
      'a part has come',
      async () => Number(await card.getByRole('progressbar').getAttribute('aria-valuenow')) > 0,
    );
    await card.getByText('Downloading').waitFor();
    await card.getByRole('button', { name: 'Break off the download of YOLOX-nano' }).click();
    await card.getByText('are here from an earlier download').waitFor();
    expect(await stateOf('yolox-nano')).toMatchObject({ is: 'absent', fault: null });

    most = Number.POSITIVE_INFINITY;
    await card.getByRole('button', { name: 'Download YOLOX-nano' }).click(); // it reads “Go on”
    await card.getByText('In use').waitFor();
    expect(await stateOf('yolox-nano')).toEqual({ is: 'here' });
    expect(asked.map((a) => a.split(' ')[0])).toEqual(['/models/yolox_nano_416.onnx', '/models/yolox_nano_416.onnx']);
    expect(Number(asked[1]?.split(' ')[1])).toBeGreaterThan(0);

    await card.getByRole('button', { name: 'Delete YOLOX-nano' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await card.getByText('Not here').waitFor();
    expect(rig.faults).toEqual([]);
  },
);
