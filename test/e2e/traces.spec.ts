import { expect, type Page, test } from '@playwright/test';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';

let demo: DemoStudio;
test.beforeAll(async () => {
  demo = await startDemo();
});
test.afterAll(() => demo[Symbol.asyncDispose]());

const rows = (page: Page) => page.getByRole('grid', { name: 'Traces' }).getByRole('row');
const activeTitle = (page: Page) => page.locator('[role=row][data-active] a');

test('lists the traces with their numbers, newest first', async ({ page }) => {
  const { items } = await demo.engine.api('/traces?limit=100');
  await demo.open(page, '/traces');
  await expect(rows(page)).toHaveCount(items.length + 1);
  const first = rows(page).nth(1);
  await expect(first).toContainText(items[0].title.slice(0, 30));
  await expect(first).toContainText(items[0].models[0]);
  const coding = items.find(({ title }: { title: string }) => title.startsWith('CI is red'));
  const row = rows(page).filter({ hasText: 'CI is red' });
  await expect(row.locator('[data-col=calls]')).toHaveText(String(coding.call_count));
  await expect(row.locator('[data-col=steps]')).toHaveText(String(coding.step_count));
  await expect(row.locator('[data-col=tools]')).toHaveText(String(coding.tool_call_count));
  await expect(row).toContainText('claude-cli');
});

test('moves and opens by keyboard, and comes back to the same row', async ({ page }) => {
  await demo.open(page, '/traces');
  await expect(activeTitle(page)).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  const title = (await activeTitle(page).textContent()) ?? '';
  await expect(rows(page).nth(2)).toContainText(title);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  await page.keyboard.press('Escape');
  await expect(activeTitle(page)).toHaveText(title);
});

test('filters by query, saves the filter, applies and deletes it', async ({ page }) => {
  await demo.open(page, '/traces');
  await expect(rows(page)).not.toHaveCount(0);
  await page.keyboard.press('/');
  await page.keyboard.type('tool:run_sql');
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(2);
  await expect(page).toHaveURL(/q=tool/);

  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByRole('menuitem', { name: /Save this query/ }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('SQL work');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'SQL work' })).toBeVisible();

  await demo.open(page, '/traces');
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByRole('menuitem', { name: /^SQL work/ }).click();
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'SQL work' }).click();
  await page.getByRole('menuitem', { name: 'Delete filter SQL work' }).click();
  await expect.poll(async () => page.getByRole('button', { name: 'SQL work' }).count()).toBe(0);
});

test('says what to do when nothing matches', async ({ page }) => {
  await demo.open(page, '/traces?q=tool%3Anever_called');
  await expect(page.getByText('No trace matches this query')).toBeVisible();
  await page.getByRole('button', { name: 'Show all traces' }).click();
  await expect(rows(page).nth(1)).toBeVisible();
});

test('selects several and labels them together, with one undo', async ({ page }) => {
  await demo.open(page, '/traces');
  await expect(activeTitle(page)).toBeVisible();
  for (const key of ['x', 'j', 'x', 'j', 'x']) await page.keyboard.press(key);
  await expect(page.getByText('3 selected', { exact: true })).toBeVisible();
  await page.keyboard.press('a');
  await expect(page.getByRole('status').filter({ hasText: 'Accepted 3 traces' })).toBeVisible();
  const accepted = async () => (await demo.engine.api('/traces?query=label:accepted')).items.length;
  await expect.poll(accepted).toBe(3);
  await page.keyboard.press('u');
  await expect.poll(accepted).toBe(0);
  await page.keyboard.press('Escape');
  await expect(page.getByText('3 selected', { exact: true })).toBeHidden();
});

test('new traces do not move the list under the reader', async ({ page }) => {
  for (let number = 0; number < 30; number += 1) {
    await demo.chat(`bulk-${number}`, [{ role: 'user', content: `Bulk question number ${number}` }]);
  }
  await demo.open(page, '/traces');
  await expect(rows(page).nth(5)).toBeVisible();
  const grid = page.getByRole('grid', { name: 'Traces' });
  await grid.evaluate((element) => {
    element.scrollTop = 480;
  });
  const before = await page.getByText('Bulk question number 14', { exact: true }).boundingBox();
  await demo.chat('late-1', [{ role: 'user', content: 'A late question' }]);
  const pill = page.getByRole('button', { name: '1 new' });
  await expect(pill).toBeVisible();
  expect(await page.getByText('Bulk question number 14', { exact: true }).boundingBox()).toEqual(before);
  await pill.click();
  await expect(rows(page).nth(1)).toContainText('A late question');

  await demo.chat('late-2', [{ role: 'user', content: 'The next late question' }]);
  await expect(rows(page).nth(1)).toContainText('The next late question');
});

test('deletes after asking', async ({ page }) => {
  await demo.chat('doomed', [{ role: 'user', content: 'Delete this conversation' }]);
  await demo.open(page, '/traces?q=%22Delete%20this%20conversation%22');
  await expect(rows(page)).toHaveCount(2);
  await page.keyboard.press('Delete');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('cannot be undone');
  await dialog.getByRole('button', { name: 'Keep' }).click();
  await expect(rows(page)).toHaveCount(2);
  await page.keyboard.press('Delete');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No trace matches this query')).toBeVisible();
});

for (const [width, height] of [
  [1440, 900],
  [1024, 700],
] as const) {
  test(`fits ${width} px and has no serious axe violation`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await demo.open(page, '/traces');
    await expect(rows(page).nth(1)).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await expectAccessibleInBothThemes(page);
  });
}
