/** When cameras are recorded, as a person chooses and sees it: many at once, a painted week, what a tile says, by hand. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { shot } from '../support/shot.ts';
import { until } from '../support/until.ts';
import { expectLive, openRigWith, type SiteRig, tile } from './wall-rig.ts';

let rig: SiteRig;

beforeAll(async () => {
  rig = await openRigWith(['Gate', 'Yard']);
});
afterAll(() => rig.close());

test('a person lets two cameras be recorded when something happens, sees it on the wall, and records by hand', async () => {
  const { page } = rig;
  await page.getByRole('button', { name: 'Recording' }).click();
  await page.getByRole('heading', { name: 'Recording', exact: true }).waitFor();
  await page.getByRole('checkbox', { name: 'Choose all cameras' }).check();
  const change = page.getByRole('region', { name: 'When these 2 cameras are recorded' });
  await change.getByRole('radio', { name: 'When something happens' }).check();
  // What happens is what the test says: the demo's places are never still for long, and their cameras tell motion too.
  for (const kind of await change.locator('.plan-kinds').getByRole('checkbox').all())
    if ((await kind.getAttribute('value')) !== 'external') await kind.uncheck();
  expect(await change.getByRole('checkbox', { name: 'Told by another program' }).isChecked()).toBe(true);
  // What cannot be so is said, and is not taken for what was before.
  const apply = change.getByRole('button', { name: 'Apply' });
  await change.getByLabel('Before it').fill('');
  await change.getByText('From 0 to 60.').waitFor();
  expect(await apply.isDisabled()).toBe(true);
  await change.getByLabel('Before it').fill('99');
  await change.getByText('From 0 to 60.').waitFor();
  await page.keyboard.press('Tab');
  expect(await change.getByLabel('Before it').inputValue()).toBe('60 s');
  await change.getByLabel('Before it').fill('2');
  await change.getByLabel('After it').fill('6');
  await expectAccessible(rig.page);
  await shot(rig.page, 'recording-page', true);
  await apply.click();
  const row = page.locator('tbody tr', { hasText: 'Gate' });
  await row.getByText('When something happens').waitFor();
  await row.getByText('armed, waits for something to happen').waitFor();

  await page.getByRole('link', { name: 'Wall' }).click();
  const gate = tile(page, 'Gate');
  await expectLive(gate);
  const says = (what: string) => gate.locator(`[data-recording="${what}"]`).waitFor({ timeout: 20_000 });
  await says('armed');
  const armedMs = Date.now();
  await shot(rig.page, 'recording-armed', true);
  const cameraId = await gate.getAttribute('data-camera');
  const call = (method: string, path: string, body?: unknown): Promise<unknown> =>
    page.evaluate(
      async ([m, p, b]) => {
        const answer = await fetch(`/api${p ?? ''}`, {
          method: m ?? 'GET',
          headers: { 'content-type': 'application/json' },
          ...(b === undefined ? {} : { body: b }),
        });
        if (!answer.ok) throw new Error(`${String(answer.status)} ${await answer.text()}`);
        return (await answer.json()) as unknown;
      },
      [method, path, body === undefined ? undefined : JSON.stringify(body)] as const,
    );
  await call('POST', '/events', { title: 'The door opens', cameraId });
  await says('yes');
  await says('armed');

  await gate.click();
  await page.keyboard.press('r');
  await says('manual');
  await gate.getByText(/by hand \(.+\) until/).waitFor();
  await shot(rig.page, 'recording-manual', true);
  await page.keyboard.press('r');
  await says('armed');

  // What was not asked for is no gap.
  const timeline = async () =>
    (await call(
      'GET',
      `/timeline?fromMs=${String(armedMs)}&toMs=${String(armedMs + 3_600_000)}&cameraId=${cameraId ?? ''}`,
    )) as { rows: { spans: unknown[]; gaps: unknown[] }[] };
  // The index is written once a second.
  await until('spans and no gap', async () => {
    const [row] = (await timeline()).rows;
    return row !== undefined && row.spans.length > 0 && row.gaps.length === 0;
  });
});

test('a week is painted by keyboard and by mouse, has exceptions, and is kept', async () => {
  const { page } = rig;
  await page.getByRole('link', { name: 'Cameras' }).click();
  await page.getByRole('button', { name: 'Actions for Gate' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await page.getByRole('radio', { name: 'By schedule' }).check();
  const week = page.getByRole('application', { name: 'Week to paint' });
  await week.focus();
  const at = page.getByText(/^Monday, 08:00 – 09:00/);
  await at.waitFor();
  // Monday from 8 to 10 always; then the same on all days.
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('2');
  await page.getByText('Monday, 08:00 – 10:00: Always').waitFor();
  await page.getByRole('button', { name: 'Monday as every day' }).click();
  // Sunday by mouse: nothing from noon on.
  await page.getByText('1 Off', { exact: true }).click();
  const box = await week.boundingBox();
  if (box === null) throw new Error('the week is not shown');
  const y = box.y + box.height * (6.5 / 7);
  await page.mouse.move(box.x + box.width * 0.505, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.998, y, { steps: 4 });
  await page.mouse.up();
  await page.getByText('Sunday, 12:00 – 24:00: Off').waitFor();
  await page.getByRole('button', { name: 'Add days' }).click();
  await page.getByLabel('Name', { exact: true }).last().fill('Holiday');
  await expectAccessible(rig.page);
  await shot(rig.page, 'recording-week', true);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForURL('**/cameras');
  const plan = await page.evaluate(async () => {
    const all = (await (await fetch('/api/cameras')).json()) as { name: string; main: { plan: unknown } }[];
    return all.find((c) => c.name === 'Gate')?.main.plan;
  });
  expect(plan).toMatchObject({ when: { by: 'week', week: { exceptions: [{ name: 'Holiday', mode: 'continuous' }] } } });
  const spans = (plan as { when: { week: { spans: unknown[] } } }).when.week.spans;
  expect(spans).toContainEqual({ day: 3, fromMin: 480, toMin: 600, mode: 'continuous' });
  expect(spans).toContainEqual({ day: 3, fromMin: 600, toMin: 1440, mode: 'events' });
  expect(spans).toContainEqual({ day: 6, fromMin: 600, toMin: 720, mode: 'events' });
  expect(spans).not.toContainEqual(expect.objectContaining({ day: 6, fromMin: 720 }));
  // The holiday is today: recorded always.
  await until('recorded', async () => {
    const all = await page.evaluate(
      async () =>
        (await (await fetch('/api/cameras')).json()) as { name: string; recording: { main: { why: string } } }[],
    );
    return all.find((c) => c.name === 'Gate')?.recording.main.why === 'continuous';
  });

  // A shared schedule can be made, and used by a camera.
  await page.getByRole('button', { name: 'Recording' }).click();
  await page.getByRole('button', { name: 'Add a schedule' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Shop hours');
  await page.getByRole('button', { name: 'Save the schedule' }).click();
  await page.getByText('Shop hours is saved.').waitFor();
  await page.getByRole('checkbox', { name: 'Choose Yard' }).check();
  await page.getByRole('radio', { name: 'By schedule' }).check();
  await page.getByRole('combobox', { name: 'Schedule', exact: true }).click();
  await page.getByRole('option', { name: 'Schedule “Shop hours”' }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.locator('tbody tr', { hasText: 'Yard' }).getByText('Schedule “Shop hours”').waitFor();

  // Removing it asks; while a camera is recorded by it, it says which one, and that it goes on.
  const dialog = page.getByRole('dialog', { name: 'Remove the schedule Shop hours' });
  const remove = dialog.getByRole('button', { name: 'Remove', exact: true });
  await page.getByRole('button', { name: 'Remove Shop hours' }).click();
  await dialog.getByText('It cannot be removed while this camera is recorded by it: Yard.').waitFor();
  await dialog.getByText('It goes on as the schedule says.').waitFor();
  expect(await remove.isDisabled()).toBe(true);
  const ground = () => remove.evaluate((e) => getComputedStyle(e).backgroundColor);
  const idle = await ground();
  await expectAccessible(page);
  await shot(page, 'recording-schedule-used', true);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('checkbox', { name: 'Choose Yard' }).check();
  await page.getByRole('radio', { name: 'Always', exact: true }).check();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.locator('tbody tr', { hasText: 'Yard' }).getByText('Always').waitFor();

  // Zones and lines that go by it are named before the station is asked, with the way there.
  const zoned = await page.evaluate(async () => {
    const cameras = (await (await fetch('/api/cameras')).json()) as { id: string; name: string }[];
    const { schedules } = (await (await fetch('/api/recording')).json()) as { schedules: { id: string }[] };
    const at = `/api/cameras/${cameras.find((c) => c.name === 'Yard')?.id ?? ''}`;
    const draw = async (scheduleId: string | null): Promise<string> => {
      const answer = await fetch(`${at}/zones`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          zone: {
            name: 'Till',
            kind: 'detect',
            points: [
              { x: 0, y: 0 },
              { x: 1, y: 0 },
              { x: 1, y: 1 },
            ],
            scheduleId,
          },
        }),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return ((await answer.json()) as { id: string }).id;
    };
    return `${at}/zones/${await draw(schedules[0]?.id ?? null)}`;
  });
  await page.getByRole('button', { name: 'Edit Shop hours' }).click();
  await page.getByText('What is changed here changes when this holds:').waitFor();
  await page.getByRole('link', { name: 'Yard: zone Till' }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Remove Shop hours' }).click();
  await dialog.getByText('It cannot be removed while this goes by it.').waitFor();
  const way = dialog.getByRole('link', { name: 'Yard: zone Till' });
  expect(await way.getAttribute('href')).toBe(zoned.replace(/^\/api(.*)\/zones.*$/, '$1/watching'));
  expect(await remove.isDisabled()).toBe(true);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.evaluate(async (at) => {
    await fetch(at, { method: 'DELETE' });
  }, zoned);
  await page.getByRole('button', { name: 'Remove Shop hours' }).click();
  await dialog.getByText('Nothing goes by it.').waitFor();
  expect(await ground(), 'what cannot be pressed does not look as if it could').not.toBe(idle);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Edit Shop hours' }).waitFor();
  await page.getByRole('button', { name: 'Remove Shop hours' }).click();
  await remove.click();
  await page.getByText('Shop hours is removed.').waitFor();
  await page.getByRole('button', { name: 'Edit Shop hours' }).waitFor({ state: 'detached' });
  expect(rig.faults).toEqual([]);
});

test('what is missing, and why, is listed by itself where coverage is proved', async () => {
  const { page, demo } = rig;
  await demo.cut('Gate');
  await until(
    'the gap of Gate',
    async () => {
      await page.goto(`${rig.station.url}/reports/coverage`);
      await page.locator('.coverage-key').waitFor();
      const gate = page.locator('.coverage-missing').filter({ has: page.getByRole('heading', { name: 'Gate' }) });
      return gate
        .getByText('Camera not reachable')
        .last()
        .waitFor({ timeout: 3000 })
        .then(
          () => true,
          () => false,
        );
    },
    60_000,
  );
  await expectAccessible(page);
  await shot(page, 'coverage-missing', true);
});
