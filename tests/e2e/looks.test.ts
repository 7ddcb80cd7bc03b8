/** What the station's own analysis sees, over live pictures: to tune by on the camera's page, and on the wall. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { shot } from '../support/shot.ts';
import { until } from '../support/until.ts';
import { expectLive, openRigWith, type SiteRig, tile } from './wall-rig.ts';

let rig: SiteRig;

beforeAll(async () => {
  rig = await openRigWith(['Gate', 'Yard'], { watched: ['Gate', 'Yard'] });
});
afterAll(() => rig.close());

/** Opens what decided an event, from its row in the list of its kind: others may have come above it since it was found. */
async function openWhy(kind: 'motion' | 'object', id: string) {
  const { page } = rig;
  await page.goto(`${new URL(page.url()).origin}/events?kind=${kind}`);
  await page
    .locator(`.events-table tr[data-event="${id}"]`)
    .getByRole('button', { name: /^Why: / })
    .last()
    .click();
  return page.getByRole('dialog');
}

/** Whether any of the gate's cells is drawn. */
const cellsDrawn = (where: string): Promise<boolean> =>
  rig.page.evaluate((selector) => {
    const canvas = document.querySelector<HTMLCanvasElement>(selector);
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return [...pixels].some((v) => v > 0);
  }, `${where} .look-cells`);

test('the gate is tuned by what it shows: it learns, sees what moves, and says how often it looks', async () => {
  const { page, faults } = rig;
  await page.getByRole('button', { name: 'Actions for Gate' }).click();
  await page.getByRole('menuitem', { name: 'Zones and analysis' }).click();
  await page.locator('.device-live-box[data-live="true"]').waitFor({ timeout: 20_000 });
  await page.locator('.watch-gate[data-is="motion"]').waitFor({ timeout: 40_000 });
  await until('cells that moved', () => cellsDrawn('.watch-picture'), 20_000);
  await page.getByText(/\d+(\.\d)? of \d+(\.\d)? pictures a second/).waitFor();
  await shot(rig.page, 'looks-tuning');
  await page.getByRole('switch', { name: 'Show motion' }).uncheck();
  await until('no cells', async () => (await page.locator('.watch-picture .look-cells').count()) === 0);
  // What is chosen holds at once, and is kept.
  await page.getByRole('radiogroup', { name: 'What is watched' }).getByText('Motion', { exact: true }).click();
  await page.getByText('Changes are told, and kept for searching. This costs hardly anything.').waitFor();
  const kept = await page.evaluate(async () => {
    const camera = ((await (await fetch('/api/cameras')).json()) as { id: string; name: string }[]).find(
      (c) => c.name === 'Gate',
    );
    const told = (await (await fetch(`/api/cameras/${camera?.id ?? ''}/watching`)).json()) as {
      settings: { mode: string };
    };
    return told.settings.mode;
  });
  expect(kept).toBe('motion');
  expect(faults).toEqual([]);
});

test('what moved in an area is found again, from the timeline', async () => {
  const { page, faults } = rig;
  await page.getByRole('link', { name: 'Wall', exact: true }).click();
  await expectLive(tile(page, 'Gate'));
  await page.getByRole('button', { name: 'Find motion in an area' }).click();
  await page.getByRole('heading', { name: 'Find motion' }).waitFor();
  await page.getByRole('list', { name: 'When something moved' }).getByRole('button').first().waitFor();
  // The sky of the picture: nothing moves there.
  await page.getByRole('button', { name: 'Draw an area' }).click();
  const picture = page.getByRole('application', { name: 'Zones and lines on the picture' });
  const box = await picture.boundingBox();
  if (box === null) throw new Error('the picture is not shown');
  for (const [x, y] of [
    [0.4, 0.01],
    [0.6, 0.01],
    [0.6, 0.06],
    [0.4, 0.06],
  ] as const)
    await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
  await page.keyboard.press('Enter');
  await page.getByText(/^0 times/).waitFor();
  await page.getByRole('button', { name: 'Whole picture' }).click();
  const first = page.getByRole('list', { name: 'When something moved' }).getByRole('button').first();
  await first.focus();
  await shot(rig.page, 'looks-motion');
  await first.click();
  await until('the past', async () => (await tile(page, 'Gate').getAttribute('data-live')) === 'playback');
  await page.keyboard.press('Home');
  expect(faults).toEqual([]);
});

test('on the wall it is shown in the tile that is asked for it, beside what the camera itself sees', async () => {
  const { page, faults } = rig;
  await page.getByRole('link', { name: 'Wall', exact: true }).click();
  const gate = tile(page, 'Gate');
  await expectLive(gate);
  expect(await gate.locator('.look-layer').count()).toBe(0);
  await gate.click({ position: { x: 30, y: 60 } });
  await page.keyboard.press('o');
  await gate.locator('.look-layer').waitFor({ timeout: 20_000 });
  await until('cells that moved', () => cellsDrawn('.tile'), 60_000);
  await shot(rig.page, 'looks-wall');
  await page.keyboard.press('o');
  await until('nothing over the picture', async () => (await gate.locator('.look-layer').count()) === 0);
  expect(faults).toEqual([]);
});

test('an event shows what decided it, in words and in numbers: motion what changed, an object its pictures', async () => {
  const { page, faults } = rig;
  /** The newest event of a kind that says why, with pictures where it is about an object. */
  const newestOf = (kind: 'motion' | 'object') =>
    page.evaluate(async (is) => {
      const { events } = (await (await fetch(`/api/events?limit=50&kind=${is}`)).json()) as {
        events: { id: string }[];
      };
      for (const { id } of events) {
        const { why, pictures } = (await (await fetch(`/api/events/${id}/why`)).json()) as {
          why: { is: string } | null;
          pictures: number[];
        };
        if (why?.is === is && (is === 'motion' || pictures.length > 0)) return { id };
      }
      return null;
    }, kind);
  const open = async (kind: 'motion' | 'object') => {
    const { id } = await until(`${kind} that says why`, () => newestOf(kind), 120_000);
    const dialog = await openWhy(kind, id);
    await dialog.getByText('Numbers', { exact: true }).click();
    return dialog;
  };
  const motion = await open('motion');
  await motion
    .getByText(/% of the picture changed in one place, and not all of it at once; 0\.2% are asked for\./)
    .waitFor();
  await motion.getByText(/^\d+ \/ 1,200$/).waitFor();
  await shot(rig.page, 'looks-why-motion');
  const object = await open('object');
  await object.getByText(/it was taken for an object/).waitFor();
  const looks = object.getByRole('group', { name: 'Pictures that decided it' });
  await until('its picture', () =>
    looks
      .locator('img')
      .first()
      .evaluate((e) => e instanceof HTMLImageElement && e.naturalWidth > 0),
  );
  expect(await looks.locator('.event-picture > i').count()).toBeGreaterThan(0);
  await object.getByRole('columnheader', { name: 'Stands at' }).waitFor();
  await shot(rig.page, 'looks-why-object');
  await page.keyboard.press('Escape');
  await object.waitFor({ state: 'detached' });
  expect(faults).toEqual([]);
}, 300_000);

test('people and vehicles get a closer look afterwards: its words stand with the event, its queue under Health', async () => {
  const { page, faults } = rig;
  const looked = await until(
    'a closer look',
    () =>
      page.evaluate(async () => {
        const { events } = (await (await fetch('/api/events?limit=90&kind=object')).json()) as {
          events: { id: string; closer?: { without: string | null } }[];
        };
        return events.find((e) => e.closer !== undefined) ?? null;
      }),
    180_000,
  );
  const dialog = await openWhy('object', looked.id);
  await dialog.getByRole('term').filter({ hasText: 'A closer look' }).waitFor();
  await dialog
    .getByText(looked.closer?.without == null ? /From the recorded main stream at/ : /recorded pictures|main stream/)
    .first()
    .waitFor();
  await shot(rig.page, 'looks-closer');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('combobox', { name: 'Colour' }).click();
  await page.getByRole('option', { name: 'Purple' }).click();
  await until('the address', () => Promise.resolve(page.url().includes('colour=purple')));
  await shot(rig.page, 'looks-colour');
  await page.getByRole('link', { name: 'Health', exact: true }).click();
  const row = page.getByRole('row').filter({ hasText: 'A closer look' });
  await row.waitFor();
  expect(await page.getByRole('row').filter({ hasText: 'Writing down what is said' }).count()).toBe(1);
  await row.scrollIntoViewIfNeeded();
  await shot(rig.page, 'looks-queues');
  expect(faults).toEqual([]);
}, 300_000);

test('an event shows its picture, says why it was told, and what would keep it from being told again', async () => {
  const { page, faults } = rig;
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  const why = page.getByRole('button', { name: /^Why: / });
  await why.first().waitFor({ timeout: 40_000 });
  const thumb = page.locator('.event-thumb').first();
  await until('its picture', () => thumb.evaluate((e) => e instanceof HTMLImageElement && e.naturalWidth > 0), 20_000);
  await shot(rig.page, 'looks-events');
  await page.locator('.event-open').first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('heading', { name: 'Why this was told' }).waitFor();
  await until('the whole picture', () =>
    dialog
      .locator('.event-picture img')
      .first()
      .evaluate((e) => e instanceof HTMLImageElement && e.naturalWidth > 0),
  );
  await dialog.getByText('Numbers', { exact: true }).click();
  await shot(rig.page, 'looks-why');
  await dialog.getByRole('button', { name: /^Not interesting/ }).click();
  await dialog.getByRole('radio', { name: 'Ignore this place' }).waitFor();
  // What was opened is seen, in a dialog that is longer than the window.
  await until('the cures are in sight', () =>
    dialog.locator('.why-cure').evaluate((e) => e.getBoundingClientRect().top < innerHeight - 80),
  );
  const inCures = (): Promise<boolean> =>
    dialog.locator('.why-cure').evaluate((e) => e.contains(document.activeElement));
  expect(await inCures(), 'the keyboard is where it can be seen').toBe(true);
  await dialog.getByText(/it would have kept back [1-9]\d* of \d+ events of this camera/).waitFor();
  await shot(rig.page, 'looks-cure');
  await dialog.getByRole('button', { name: 'Do it' }).click();
  await dialog.waitFor({ state: 'detached' });
  const kinds = await page.evaluate(async () => {
    const all = (await (await fetch('/api/cameras')).json()) as { id: string }[];
    const told = await Promise.all(
      all.map(
        async (c) => (await (await fetch(`/api/cameras/${c.id}/watching`)).json()) as { zones: { kind: string }[] },
      ),
    );
    return told.flatMap((t) => t.zones.map((z) => z.kind));
  });
  expect(kinds).toEqual(['ignore']);
  expect(faults).toEqual([]);
});

test('what stands in its place is kept back by its place, in words that the zones say too', async () => {
  const { page, faults } = rig;
  type Told = {
    events: { id: string; cameraId: string; fromMs: number; toMs: number | null; look?: { stayed?: boolean } }[];
  };
  const { id, cameraId } = await until(
    'an event whose object stays',
    () =>
      page.evaluate(async () => {
        const { events } = (await (await fetch('/api/events?limit=90&kind=object')).json()) as Told;
        return events.find((e) => e.look?.stayed === true && (e.toMs ?? Date.now()) - e.fromMs >= 2000) ?? null;
      }),
    180_000,
  );
  const dialog = await openWhy('object', id);
  await dialog.getByRole('button', { name: /^Not interesting/ }).click();
  // The gentlest comes first.
  const stands = dialog.getByRole('radio', { name: 'Ignore what stands here' });
  await stands.waitFor();
  expect(await stands.isChecked()).toBe(true);
  await dialog.getByText(/it would have kept back [1-9]\d* of \d+ events of this camera/).waitFor();
  await expectAccessible(page);
  await shot(rig.page, 'looks-cure-standing');
  await dialog.getByRole('button', { name: 'Do it' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.goto(`${new URL(page.url()).origin}/cameras/${cameraId}/watching`);
  // There may be more of them: other cures are tried on the same cameras.
  const items = page.getByRole('button', { name: /What stands here/ });
  const item = items.filter({ hasText: 'what stands there is ignored' }).last();
  await item.waitFor();
  await item.click();
  expect(await page.getByRole('radio', { name: 'Only what stands there' }).isChecked()).toBe(true);
  await expectAccessible(page);
  await shot(rig.page, 'looks-standing-zone');
  expect(faults).toEqual([]);
}, 300_000);
