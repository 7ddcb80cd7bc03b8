/** ONNX Runtime's binaries tell their maker what they run, by themselves; under Vigie they must not. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { builtIn } from '../support/media.ts';
import { tempFolder } from '../support/temp.ts';

const runtime = pathToFileURL(join(import.meta.dirname, '../../src/main/adapters/onnx/runtime.ts')).href;
const { folder } = builtIn('silero-vad');
const model = join(folder, readdirSync(folder).find((name) => name.endsWith('.onnx')) ?? '');
const folders: ReturnType<typeof tempFolder>[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

/** Opens a model in a process of its own, whose home is an empty folder; answers what lies there afterwards. */
async function leftBy(source: string): Promise<string[]> {
  const home = tempFolder('vigie-home-');
  folders.push(home);
  const { CI: _, ORT_DISABLE_TELEMETRY: __, ...env } = process.env; // either would silence it
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', source],
    {
      cwd: join(import.meta.dirname, '../..'),
      env: { ...env, HOME: home.path, XDG_CACHE_HOME: join(home.path, '.cache'), TMPDIR: home.path },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(said).toBe('');
  expect(code).toBe(0);
  return readdirSync(home.path, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !name.includes('compile-cache'),
  );
}

const open = `await (await import('node:fs/promises')).readFile(${JSON.stringify(model)})`;

it('a model is opened, and nothing is written for or sent to the maker of the library', async () => {
  const left = await leftBy(
    `import { loadRuntime } from ${JSON.stringify(runtime)};
    await (await loadRuntime().open(${open}, 'cpu', 1)).release();`,
  );
  expect(left).toEqual([]);
});

it.runIf(process.platform === 'linux')('the library left alone does: the test above can fail', async () => {
  const left = await leftBy(
    `import ort from 'onnxruntime-node';
    await (await ort.InferenceSession.create(${open})).release();`,
  );
  expect(left.join(' ')).toMatch(/telemetry|Microsoft/i);
});
