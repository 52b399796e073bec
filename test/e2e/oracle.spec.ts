import { expect, test } from '@playwright/test';
import { startEngine } from '../support/engine.js';
import { expectAccessible, expectNoSidewaysScroll, openStudio, watchErrors } from '../support/studio.js';

test('a run is started by keyboard, its report is read, and what is chosen of it comes into the store', async ({
  page,
}) => {
  await using engine = await startEngine();
  const errors = watchErrors(page);
  await openStudio(page, engine, '/live');
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await expect(page.getByRole('heading', { level: 1, name: 'Oracle' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Domains' }).getByRole('row', { name: /^Finance/ })).toBeVisible();

  await page.getByRole('button', { name: 'Finance', exact: true }).click();
  const finance = page.getByRole('region', { name: 'Finance' });
  await expect(finance).toContainText('finance.list_invoices');
  await expect(finance.getByRole('heading', { name: 'Rules' })).toBeVisible();
  await finance.getByRole('button', { name: 'All domains' }).click();

  await page.getByLabel('How many').fill('60');
  await page.getByRole('combobox', { name: 'Of these domains' }).click();
  await page.keyboard.type('finan');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Write gold traces' }).press('Enter');
  const runs = page.getByRole('region', { name: 'Runs' });
  await expect(runs.getByRole('listitem').first()).toContainText('60 gold traces over finance');
  await runs.getByText('Report, and bring into the store').click();
  await expect(runs).toContainText('60 valid, 0 left out');
  await expect(
    runs.getByRole('table', { name: 'Validators' }).getByRole('row', { name: /^minimal-scope/ }),
  ).toContainText('100.0 %');
  await expect(runs).toContainText('pairs of tools that intents allow');
  const baseline = runs.getByRole('table', { name: 'Measures of finance', exact: true });
  await expect(baseline.getByRole('row', { name: /^Calls/ })).toContainText('60');
  await runs.getByLabel('Of', { exact: true }).selectOption({ index: 1 });
  await expect(runs.getByRole('table', { name: /^Measures of finance\./ })).toBeVisible();
  await runs.getByLabel('Sample for review').fill('4');
  await runs.getByRole('button', { name: 'Make a review queue' }).click();
  await expect(runs).toContainText('4 wait for somebody to say.');
  await expectAccessible(page);
  await page.setViewportSize({ width: 1024, height: 700 });
  await expectNoSidewaysScroll(page);

  await runs.getByLabel('Bring those that').fill('cost>1');
  await runs.getByLabel('Bring those that').press('Enter');
  await expect(runs.getByRole('alert').or(runs.getByText('query_invalid')).first()).toBeVisible();
  await runs.getByLabel('Bring those that').fill('tool_calls>=2');
  await runs.getByLabel('At most').fill('5');
  await runs.getByLabel('At most').press('Enter');
  await runs.getByRole('link', { name: 'imports' }).click();
  await expect(page.getByRole('region', { name: 'Imports' }).getByRole('listitem').first()).toContainText('5 traces');
  await page.getByRole('region', { name: 'Imports' }).getByRole('link').first().click();
  await expect(page.getByText('Gold trace under finance_policy_v1').first()).toBeVisible();
  await page.getByRole('tab', { name: 'Baseline' }).click();
  await expect(page.getByText('gold traces of')).toContainText('Beside 60 gold traces of finance');
  const measures = page.getByRole('table', { name: 'Measures' });
  await expect(measures.getByRole('row', { name: /^E_scope/ })).toContainText('60');
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  expect(errors.filter((error) => !error.includes('query_invalid'))).toEqual([]);
});

test('a run with quotas is watched, paused and gone on with', async ({ page }) => {
  await using engine = await startEngine();
  const errors = watchErrors(page);
  await openStudio(page, engine, '/oracle');
  await page.getByLabel('How many').fill('50000000');
  await page.getByText('Shapes of the calls').click();
  await page.getByLabel('One call, %').fill('60');
  await page.getByLabel('With branches, %').fill('40');
  await page.getByRole('button', { name: 'Write gold traces' }).click();
  const run = page.getByRole('region', { name: 'Runs' }).getByRole('listitem').first();
  await expect(run).toContainText('of domain, intent and shape', { timeout: 30_000 });
  await expect(run).toContainText('a second');
  await run.getByRole('button', { name: 'Pause' }).click();
  await expect(run).toContainText('The job was paused.');
  await run.getByRole('button', { name: 'Resume' }).click();
  await expect(run.getByText('running')).toBeVisible();
  await run.getByRole('button', { name: 'Cancel' }).click();
  await expect(run).toContainText('The job was cancelled.');

  await page.getByLabel('Made by').selectOption('model');
  await expect(page.getByText('No model is set')).toBeVisible();
  expect(errors).toEqual([]);
});
