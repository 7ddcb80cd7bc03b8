/** What the loudspeaker is given: the sound of the focused tile, of no other, and nothing once it is muted. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoSite } from '../../src/main/demo/index.ts';
import { leaveUnwatched } from '../support/unwatched.ts';
import { until } from '../support/until.ts';
import { addByForm, createAdministrator, expectLive, openRig, site, tile, type Rig } from './wall-rig.ts';

let rig: Rig;
let demo: DemoSite;

beforeAll(async () => {
  rig = await openRig();
  demo = site();
  const cameras = (await demo.start()).filter((c) => c.name === 'Gate' || c.name === 'Corridor');
  // An ear at every context's way out.
  await rig.page.addInitScript(`{
    window.ears = [];
    const connect = AudioNode.prototype.connect;
    AudioNode.prototype.connect = function (to, ...rest) {
      if (to instanceof AudioDestinationNode) {
        const ear = this.context.createAnalyser();
        ear.fftSize = 4096;
        connect.call(this, ear);
        window.ears.push(ear);
      }
      return connect.call(this, to, ...rest);
    };
  }`);
  await createAdministrator(rig);
  for (const camera of cameras) await addByForm(rig.page, camera);
  await leaveUnwatched(rig.page.request, rig.station.url);
  await rig.page.getByRole('link', { name: 'Wall' }).click();
});
afterAll(async () => {
  await rig.close();
  await demo.stop();
});

/** Root mean square of what is heard now; null: no loudspeaker is open. */
const heard = (): Promise<number | null> =>
  rig.page.evaluate<number | null>(`{
    const open = window.ears.filter((e) => e.context.state === 'running');
    const loud = open.map((e) => {
      const samples = new Float32Array(e.fftSize);
      e.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length);
    });
    loud.length === 0 ? null : Math.max(...loud);
  }`);
const sounds = async (): Promise<boolean> => ((await heard()) ?? 0) > 0.002;
const silent = async (): Promise<boolean> => (await heard()) === null;

test('M listens to the focused tile; sound follows the focus and ends with M', async () => {
  const { page } = rig;
  const corridor = tile(page, 'Corridor');
  const gate = tile(page, 'Gate');
  await expectLive(corridor);
  await expectLive(gate);
  expect(await heard()).toBeNull();
  await corridor.click();
  await page.keyboard.press('m');
  await until('the corridor is heard', sounds, 15_000);
  expect(await corridor.innerText()).toContain('sound on');
  // At the camera's own rate, converted once.
  expect(await page.evaluate('window.ears.at(-1).context.sampleRate')).toBe(16_000);

  await gate.click();
  await until('the gate has no sound', silent);
  expect(await corridor.innerText()).not.toContain('sound on');
  await corridor.click();
  await until('heard again', sounds, 15_000);
  await page.keyboard.press('m');
  await until('muted', silent);
  // Nothing that was under way opens a loudspeaker again.
  const made = await page.evaluate<number>('window.ears.length');
  await corridor.hover();
  await corridor.getByRole('button', { name: 'Listen (M)' }).click();
  await until('heard by the button', sounds, 15_000);
  expect(await page.evaluate<number>('window.ears.length')).toBe(made + 1);
  await corridor.getByRole('button', { name: 'Mute (M)' }).click();
  await until('muted by the button', silent);
  expect(rig.faults).toEqual([]);
});
