import { expect, type Locator, test } from '@playwright/test';
import { type DemoStudio, startDemo } from '../support/demo.js';

let demo: DemoStudio;

test.beforeAll(async () => {
  demo = await startDemo();
});
test.afterAll(() => demo[Symbol.asyncDispose]());

const lists = [
  { route: '/live', list: 'Exchanges', panel: 'Exchange' },
  { route: '/tool-calls', list: 'Tool calls', panel: 'Tool call' },
  { route: '/privacy/findings', list: 'Findings', panel: 'Finding' },
];

for (const { route, list, panel } of lists) {
  test(`${route}: Tab reaches the list and shows it, Enter opens a row, Escape closes it and keeps the place`, async ({
    page,
  }) => {
    await demo.open(page, route);
    const grid = page.getByRole('grid', { name: list });
    await expect(grid).toBeVisible();
    await tabTo(grid);
    await expect(grid).toHaveCSS('outline-style', 'solid');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('complementary', { name: panel })).toBeVisible();
    const row = await grid.getAttribute('aria-activedescendant');
    expect(row).not.toBeNull();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('complementary', { name: panel })).toBeHidden();
    await expect(grid).toBeFocused();
    await expect(grid).toHaveAttribute('aria-activedescendant', row ?? '');
  });
}

test('the help takes the focus, Escape closes it and gives the focus back', async ({ page }) => {
  await demo.open(page, '/live');
  const opener = page.getByRole('button', { name: 'Keyboard shortcuts' });
  await opener.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Keyboard' });
  await expect(dialog).toBeVisible();
  await expect(dialog.locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test('the help is searched by what a key does and by the key', async ({ page }) => {
  await demo.open(page, '/live');
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard' });
  await expect(dialog.getByText('Pause or resume')).toBeVisible();
  await dialog.getByLabel('Search the shortcuts').fill('undo');
  await expect(dialog.getByText('Undo, and go where it was')).toBeVisible();
  await expect(dialog.getByText('Pause or resume')).toBeHidden();
  await dialog.getByLabel('Search the shortcuts').fill('esc');
  await expect(dialog.getByText(/^Close what is uppermost/)).toBeVisible();
  await dialog.getByLabel('Search the shortcuts').fill('nothing like it');
  await expect(dialog.getByText('No shortcut does that.')).toBeVisible();
});

/** Presses Tab until it stands there, as somebody without a mouse does. */
async function tabTo(target: Locator): Promise<void> {
  for (let at = 0; at < 80; at++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await target.page().keyboard.press('Tab');
  }
  throw new Error('Tab does not reach it');
}
