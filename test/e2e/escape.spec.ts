import { expect, type Page, test } from '@playwright/test';
import { type DemoStudio, startDemo } from '../support/demo.js';

let demo: DemoStudio;
test.beforeAll(async () => {
  demo = await startDemo();
});
test.afterAll(() => demo[Symbol.asyncDispose]());

const bar = (page: Page) => page.getByRole('combobox', { name: 'Query' });

test('Escape closes what lies over a trace, and leaves the trace only where nothing does', async ({ page }) => {
  const id = await demo.traceId('CI is red');
  await demo.open(page, `/traces/${id}`);
  const here = new RegExp(`#/traces/${id}`);
  await expect(page.getByRole('tab', { name: 'Conversation' })).toBeVisible();
  const layers: [open: () => Promise<void>, layer: ReturnType<Page['getByRole']>][] = [
    [() => page.keyboard.press('?'), page.getByRole('dialog', { name: 'Keyboard' })],
    [() => page.keyboard.press('e'), page.getByRole('dialog', { name: 'Export dataset' })],
    [() => page.keyboard.press('n'), page.getByRole('dialog')],
    [() => page.getByRole('button', { name: 'More actions' }).click(), page.getByRole('menu')],
  ];
  for (const [open, layer] of layers) {
    await open();
    await expect(layer).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(layer).toBeHidden();
    await expect(page).toHaveURL(here);
  }
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/#\/traces$/);
});

const lists = [
  { route: '/live', list: 'Exchanges', query: 'status:200' },
  { route: '/traces', list: 'Traces', query: 'has:tool' },
  { route: '/tool-calls', list: 'Tool calls', query: 'status:ok' },
];

for (const { route, list, query } of lists) {
  test(`${route}: Enter and Escape lead from the query to the list, Escape there clears it`, async ({ page }) => {
    await demo.open(page, route);
    const grid = page.getByRole('grid', { name: list });
    await expect(grid).toBeVisible();
    await page.keyboard.press('/');
    await page.keyboard.type(query);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/q=/);
    await expect(grid).toBeFocused();
    await page.keyboard.press('/');
    await expect(bar(page)).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(grid).toBeFocused();
    await expect(bar(page)).toHaveValue(query);
    await page.keyboard.press('Escape');
    await expect(bar(page)).toHaveValue('');
    await expect(page).not.toHaveURL(/q=/);
  });

  test(`${route}: an error stays under the bar, over dimmed rows, until it is mended`, async ({ page }) => {
    await demo.open(page, route);
    const grid = page.getByRole('grid', { name: list });
    await expect(grid).toBeVisible();
    await page.keyboard.press('/');
    await page.keyboard.type('modl:gpt');
    await page.keyboard.press('Enter');
    const problem = page.getByText('There is no field "modl"');
    await expect(problem).toBeVisible();
    await expect(bar(page)).toBeFocused();
    await expect(grid).toHaveCSS('opacity', '0.5');
    await page.keyboard.press('Escape');
    await expect(problem).toBeVisible();
    await expect(grid).toHaveCSS('opacity', '0.5');
    await page.keyboard.press('/');
    await page.keyboard.type(query);
    await page.keyboard.press('Enter');
    await expect(problem).toBeHidden();
    await expect(grid).toHaveCSS('opacity', '1');
  });
}

test('beside a query, Escape closes the panel first and the query last', async ({ page }) => {
  await demo.open(page, '/live?q=status%3A200');
  await page.getByRole('grid', { name: 'Exchanges' }).getByRole('row').nth(1).click();
  const panel = page.getByRole('complementary', { name: 'Exchange' });
  await expect(panel).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await expect(page).toHaveURL(/q=status/);
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/q=status/);
});

test('in the export dialog, Escape leaves its query, then the dialog', async ({ page }) => {
  await demo.open(page, '/traces?q=has%3Atool');
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export dataset' });
  await dialog.getByRole('combobox', { name: 'Query' }).focus();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole('combobox', { name: 'Query' })).toHaveValue('has:tool');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(/q=has/);
});

test('Escape lets go of the picked rows before the query', async ({ page }) => {
  await demo.open(page, '/traces?q=has%3Atool');
  await expect(page.getByRole('grid', { name: 'Traces' })).toBeFocused();
  await page.keyboard.press('x');
  const picked = page.getByRole('toolbar', { name: 'Selected traces' });
  await expect(picked).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(picked).toBeHidden();
  await expect(page).toHaveURL(/q=has/);
});
