import { expect, type Page, test } from '@playwright/test';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';
import { watchErrors } from '../support/studio.js';

let demo: DemoStudio;
let coding: string;
test.beforeAll(async () => {
  demo = await startDemo();
  coding = await demo.traceId('CI is red');
});
test.afterAll(() => demo[Symbol.asyncDispose]());

const waterfall = (page: Page) => page.getByRole('tree', { name: 'Waterfall' });

test('the waterfall shows the trace’s calls and tools, and its subagent below', async ({ page }) => {
  await demo.open(page, `/traces/${coding}?tab=family`);
  await expect(waterfall(page).getByRole('treeitem', { expanded: true })).toContainText('CI is red');
  await expect(waterfall(page).getByRole('treeitem').filter({ hasText: 'python -m pytest' }).first()).toBeVisible();
  const subagent = waterfall(page).getByRole('treeitem').filter({ hasText: 'subagent' });
  await subagent.scrollIntoViewIfNeeded();
  await subagent.getByRole('button', { name: 'Show its calls' }).click();
  await expect(waterfall(page).getByRole('treeitem', { expanded: true })).toHaveCount(2);
  await expectAccessibleInBothThemes(page);
});

test('the keyboard goes through it, folds and opens', async ({ page }) => {
  await demo.open(page, `/traces/${coding}?tab=family`);
  await expect(waterfall(page).getByRole('treeitem', { expanded: true })).toBeVisible();
  await waterfall(page).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(waterfall(page).getByRole('treeitem', { expanded: true })).toHaveCount(0);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Search the tidewatch');
});

test('the graph names who called what, without a complaint of the page', async ({ page }) => {
  const errors = watchErrors(page);
  await demo.open(page, `/traces/${coding}?tab=family&view=graph`);
  for (const name of ['claude-opus-5', 'Bash', 'Task', 'Grep']) {
    await expect(page.locator('.react-flow__node').filter({ hasText: name }).first()).toBeVisible();
  }
  await expect(page.locator('.react-flow__edge').filter({ hasText: 'failed' })).toHaveCount(1);
  await page.locator('.react-flow__node').filter({ hasText: 'Search the tidewatch' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Search the tidewatch');
  expect(errors).toEqual([]);
});

test('the live view groups by trace and folds a group', async ({ page }) => {
  await demo.open(page, '/live');
  const rows = page.getByRole('grid', { name: 'Exchanges' }).getByRole('row');
  await page.getByRole('button', { name: 'Group by trace' }).click();
  const head = rows.filter({ hasText: 'Write the notes' });
  await expect(head).toBeVisible();
  const before = await rows.filter({ hasText: 'qwen3' }).count();
  expect(before).toBe(3);
  await head.click({ position: { x: 10, y: 10 } });
  await expect(rows.filter({ hasText: 'qwen3' })).toHaveCount(0);
});
