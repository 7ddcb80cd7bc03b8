import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bookmark } from '#domain/bookmark.ts';
import type { Deletion } from '#domain/deletion.ts';
import type { Hold } from '#domain/hold.ts';
import { until } from '../support/until.ts';
import { goTo, openRig, type Rig } from './playback-rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig(12_000);
}, 150_000);
afterAll(async () => {
  await rig.stop();
});

const api = async <T>(path: string): Promise<T> =>
  (await (await rig.page.context().request.get(`${rig.station.url}/api${path}`)).json()) as T;
const strip = () => rig.page.locator('.tl-canvas');
const moment = async (): Promise<number> => Number(await strip().getAttribute('aria-valuenow'));
const dialog = () => rig.page.getByRole('dialog');
const looks = async (): Promise<string> => (await strip().screenshot()).toString('base64');

/** Marks a span of the past by keys, as a guard does. */
async function mark(from: string, to: string): Promise<void> {
  const { page } = rig;
  await goTo(page, from);
  await page.keyboard.press('k');
  await page.keyboard.press('[');
  await goTo(page, to);
  await page.keyboard.press(']');
  await page.locator('.tl-selected').waitFor();
}

describe('bookmarks', () => {
  it('are made with B at the moment that is seen, stand on the timeline, and are found, changed and deleted again', async () => {
    const { page } = rig;
    await goTo(page, '8s ago');
    await page.keyboard.press('k');
    await until('the moment', async () => (await strip().getAttribute('aria-valuetext'))?.includes('paused') === true);
    const at = await moment();
    const before = await looks();
    await page.keyboard.press('b');
    await dialog().getByLabel('Name').fill('Red van');
    await dialog().getByRole('button', { name: 'Add the bookmark' }).click();
    await dialog().waitFor({ state: 'detached' });
    const { bookmarks } = await api<{ bookmarks: Bookmark[] }>('/bookmarks');
    expect(bookmarks.map((b) => b.name)).toEqual(['Red van']);
    expect(Math.abs((bookmarks[0]?.atMs ?? 0) / 1000 - at)).toBeLessThan(2);
    await until('its flag', async () => (await looks()) !== before);

    await page.getByRole('link', { name: 'Bookmarks' }).click();
    await page.getByRole('button', { name: 'Show this moment on the wall: Red van' }).click();
    await until('the moment again', async () => Math.abs((await moment()) - at) <= 2);

    await page.getByRole('link', { name: 'Bookmarks' }).click();
    await page.getByRole('button', { name: 'Change bookmark: Red van' }).click();
    await dialog().getByLabel('Name').fill('Blue van');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page.getByText('Blue van', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete bookmark: Blue van' }).click();
    await dialog().getByRole('button', { name: 'Delete bookmark' }).click();
    await page.getByText('Moments that people marked are listed here').waitFor();
    expect((await api<{ bookmarks: Bookmark[] }>('/bookmarks')).bookmarks).toEqual([]);
    await page.getByRole('link', { name: 'Wall' }).click();
  });
});

describe('holds', () => {
  it('are placed on a marked span, keep it from being deleted by hand, and are lifted with a reason', async () => {
    const { page } = rig;
    await mark('9s ago', '5s ago');
    await page.getByRole('button', { name: 'Hold…' }).click();
    await dialog().getByLabel('Reason').fill('Case 12');
    await dialog().getByRole('button', { name: 'Hold it' }).click();
    await dialog().waitFor({ state: 'detached' });
    const [hold] = await api<Hold[]>('/holds');
    expect(hold).toMatchObject({ reason: 'Case 12', owner: 'guard', createdBy: 'guard', lifted: null });
    expect((hold?.toMs ?? 0) - (hold?.fromMs ?? 0)).toBeGreaterThan(2_000);

    await mark('12s ago', '2s ago');
    await page.getByRole('button', { name: 'Delete…' }).click();
    await dialog().getByLabel('Reason').fill('Asked for by letter');
    await dialog().getByRole('button', { name: 'Delete for good' }).click();
    await dialog().getByRole('alert').filter({ hasText: 'Lift the hold first' }).waitFor();
    await page.keyboard.press('Escape');

    await page.goto(`${rig.station.url}/holds`);
    await page.getByText('Case 12', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Lift hold: Case 12' }).click();
    await dialog().getByLabel('Why it may go').fill('The case is closed');
    await dialog().getByRole('button', { name: 'Lift hold' }).click();
    await page.getByText('The case is closed').waitFor();
    expect((await api<Hold[]>('/holds'))[0]?.lifted).toMatchObject({ by: 'guard', reason: 'The case is closed' });
    await page.getByRole('link', { name: 'Wall' }).click();
  });
});

describe('deleting by hand', () => {
  it('is told in the report with name and reason, once its recordings are closed', async () => {
    const { page } = rig;
    await strip().waitFor();
    await mark('12s ago', '4s ago');
    await page.getByRole('button', { name: 'Delete…' }).click();
    await dialog().getByLabel('Reason').fill('Asked for by letter');
    await dialog().getByRole('button', { name: 'Delete for good' }).click();
    await dialog().waitFor({ state: 'detached' });
    const report = await until(
      'the report',
      async () => {
        const { deletions } = await api<{ deletions: Deletion[] }>('/retention/deletions?reason=by-hand');
        return deletions.length >= 2 ? deletions : null;
      },
      120_000,
    );
    expect(report.map((d) => d.stream).sort()).toEqual(['main', 'sub']);
    expect(new Set(report.map((d) => `${d.by}: ${d.why}`))).toEqual(new Set(['guard: Asked for by letter']));
    await page.getByRole('link', { name: 'Storage' }).click();
    await page.getByRole('link', { name: 'Retention' }).click();
    await page.getByText('guard: Asked for by letter').first().waitFor();
    const csv = await page.context().request.get(`${rig.station.url}/api/retention/deletions.csv`);
    expect(csv.headers()['content-type']).toContain('text/csv');
    expect((await csv.text()).split('\r\n')).toHaveLength(report.length + 2);
  }, 180_000);
});

describe('the rules', () => {
  it('are said for the station and for one camera, and a rule that cannot be is refused where it was typed', async () => {
    const { page } = rig;
    await page.goto(`${rig.station.url}/storage/retention`);
    const main = page.getByRole('group', { name: 'Main streams' });
    await main.getByLabel('At most, days').fill('30');
    await main.getByLabel('At least, days').fill('40');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await main.getByText('Not more than “at most”.').waitFor();
    // By Enter, before the field puts it right by itself.
    await main.getByLabel('At most, days').fill('99999');
    await page.keyboard.press('Enter');
    await main.getByText('From 0.01 to 3,650.').waitFor();
    await main.getByLabel('At most, days').fill('30');
    await main.getByLabel('At least, days').fill('7');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved. It takes effect within a minute.').waitFor();
    type State = { station: { main: { maxDays: number; minDays: number } }; cameras: { retention: unknown }[] };
    expect((await api<State>('/retention')).station.main).toMatchObject({ maxDays: 30, minDays: 7 });

    await page
      .getByRole('button', { name: /^Rules of / })
      .first()
      .click();
    await dialog().getByLabel('Legal maximum, days').fill('20');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: 'of its own' }).waitFor();
    expect((await api<State>('/retention')).cameras.map((c) => c.retention)).toEqual([
      { main: null, sub: null, legalDays: 20 },
    ]);
  });
});
