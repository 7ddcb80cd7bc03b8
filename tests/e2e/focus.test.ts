/** By keyboard, focus is never lost: dialogs give it back, rows that go leave it beside, pages begin at their start. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { shot } from '../support/shot.ts';
import { until } from '../support/until.ts';
import { goTo, openRig, type Rig } from './playback-rig.ts';

let rig: Rig;
let cameraId = '';
beforeAll(async () => {
  rig = await openRig(8_000);
  const answer = await rig.page.context().request.get(`${rig.station.url}/api/cameras`);
  cameraId = ((await answer.json()) as { id: string }[])[0]?.id ?? '';
}, 150_000);
afterAll(async () => {
  await rig.stop();
});

/** The name of what has the focus, else what it is; nothing: it is lost. */
const focused = (): Promise<string> =>
  rig.page.evaluate<string>(`(() => {
    const at = document.activeElement;
    if (at === null || at === document.body) return '';
    return at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? (at.textContent || at.className).trim();
  })()`);
const hasFocus = (name: string | RegExp): Promise<unknown> =>
  until(`the focus on ${String(name)}`, async () => {
    const at = await focused();
    return typeof name === 'string' ? at === name : name.test(at);
  });
/** As a person does who came there by Tab. */
async function press(name: string | RegExp, inDialog = false): Promise<void> {
  const root = inDialog ? rig.page.getByRole('dialog') : rig.page;
  const button = root.getByRole('button', { name });
  await button.focus();
  await rig.page.keyboard.press('Enter');
}
/** What has the focus, or the field around it, is ringed. */
const ringed = (): Promise<boolean> =>
  rig.page.evaluate<boolean>(`[document.activeElement, document.activeElement?.closest('.mantine-Input-input')]
    .some((e) => e && getComputedStyle(e).outlineStyle === 'solid' && getComputedStyle(e).outlineWidth === '2px')`);
const closed = (): Promise<void> => rig.page.getByRole('dialog').waitFor({ state: 'detached' });

it('goes to the start of a page, back to what opened a dialog, and to the row beside one that went', async () => {
  const { page, station } = rig;
  for (const name of ['One', 'Two', 'Three']) {
    const made = await page.context().request.post(`${station.url}/api/bookmarks`, {
      data: { cameraId, atMs: Date.now() - 3000, name, note: '' },
      headers: { origin: station.url },
    });
    expect(made.ok()).toBe(true);
  }
  await page.getByRole('link', { name: 'Bookmarks' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Three', { exact: true }).waitFor();
  await hasFocus('Bookmarks and holds');

  await press('Change bookmark: Two');
  await hasFocus(/^Name/);
  await page.keyboard.press('Escape');
  await closed();
  await hasFocus('Change bookmark: Two');

  await press('Delete bookmark: Two');
  // Where nothing is to be typed, it begins where nothing happens.
  await hasFocus('Cancel');
  await press('Delete bookmark', true);
  await closed();
  await hasFocus('Delete bookmark: One');
  await press('Delete bookmark: One');
  await press('Delete bookmark', true);
  await closed();
  await hasFocus('Delete bookmark: Three');
  await press('Delete bookmark: Three');
  await press('Delete bookmark', true);
  await closed();
  await until('something has it', async () => (await focused()) !== '');
  await press('To the wall');
  await page.locator('.tl-canvas').waitFor();
  await hasFocus(/^(Wall|Tile 1)/);
});

it('goes back through a menu to the button that opened it, and stays in a dialog that refuses', async () => {
  const { page, station } = rig;
  await page.goto(`${station.url}/settings`);
  await press('Add a user');
  await hasFocus('User name');
  expect(await ringed(), 'the field is seen to have it').toBe(true);
  await page.keyboard.type('ann');
  await page.keyboard.press('Tab');
  expect(await ringed(), 'and that of a password').toBe(true);
  await page.keyboard.type('short');
  await page.keyboard.press('Enter');
  await page.getByText('At least 10 characters: 5 so far.').waitFor();
  await hasFocus('Password');
  await page.keyboard.type(' a long night with coffee');
  await page.keyboard.press('Enter');
  await closed();
  await hasFocus('Add a user');
  // A row came above it: it is moved into sight.
  const box = await page.getByRole('button', { name: 'Add a user' }).boundingBox();
  expect((box?.y ?? 0) > 0 && (box?.y ?? 0) + (box?.height ?? 0) <= 900, 'it is in sight').toBe(true);

  await press('Actions for ann');
  await page.getByRole('menuitem', { name: 'Remove' }).focus();
  await page.keyboard.press('Enter');
  await hasFocus('Cancel');
  await page.keyboard.press('Escape');
  await closed();
  await hasFocus('Actions for ann');
});

it('a month that is turned by its button can be turned on; Escape in the typed time gives the keys back to the wall', async () => {
  const { page, station } = rig;
  await page.goto(station.url);
  await page.locator('.tl-canvas').waitFor();
  await page.locator('.tl-daypicker .tl-wide').focus();
  await page.keyboard.press('Enter');
  const month = page.locator('.tl-calendar strong');
  const first = await month.innerText();
  await page.getByRole('button', { name: 'Month before' }).focus();
  await page.keyboard.press('Enter');
  await until('the month before', async () => (await month.innerText()) !== first);
  const second = await month.innerText();
  await page.keyboard.press('Enter');
  await until('the one before that', async () => (await month.innerText()) !== second);
  await page.keyboard.press('Escape');
  await until('the button of the day', () =>
    page.evaluate<boolean>(`document.activeElement.matches('.tl-daypicker .tl-wide')`),
  );

  await page.locator('.tl-goto input').focus();
  await page.keyboard.type('yest');
  await page.keyboard.press('Escape');
  await hasFocus(/^Tile 1/);
});

it('on the timeline, keys of the wall mean what they mean on the wall; a span that is let go leaves the focus there', async () => {
  const { page } = rig;
  await goTo(page, '6s ago');
  await page.keyboard.press('k');
  await page.keyboard.press('[');
  await goTo(page, '+3s');
  await page.keyboard.press(']');
  await press('Hold…');
  await hasFocus(/^Reason/);
  await page.keyboard.type('Case 12');
  await page.keyboard.press('Enter');
  await closed();
  await page.getByText('The footage is held.').waitFor();
  await hasFocus('Hold…');
  await press('Clear selection (Esc)');
  await until('the timeline has it', () => page.evaluate<boolean>(`document.activeElement.matches('.tl-canvas')`));
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await closed();
  await until('it again', () => page.evaluate<boolean>(`document.activeElement.matches('.tl-canvas')`));
  await page.keyboard.press('Home');
});

it('an address without a page says so and leads back to the wall, with the keyboard alone', async () => {
  const { page, station } = rig;
  for (const [address, why] of [
    ['/nothing/here', 'There is no page at this address.'],
    ['/storage/nothing', 'There is no page at this address.'],
    ['/settings/analysis/nothing', 'There is no page at this address.'],
    ['/cameras/nothing', 'This is no longer here. Somebody may have removed it.'],
  ] as const) {
    await page.goto(`${station.url}${address}`);
    await page.getByRole('heading', { name: why }).waitFor();
    const back = page.getByRole('link', { name: 'To the wall' });
    await back.focus();
    await page.keyboard.press('Enter');
    await page.locator('.tl-canvas').waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    await hasFocus(/^(Wall|Tile 1)/);
  }
  await page.goto(`${station.url}/nothing/here`);
  await page.getByRole('link', { name: 'To the wall' }).waitFor();
  await shot(page, 'no-page');
  await expectAccessible(page);
});
