import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';

let demo: DemoStudio;
test.beforeAll(async () => {
  demo = await startDemo();
});
test.afterAll(() => demo[Symbol.asyncDispose]());

async function openDialog(page: Page, path = '/traces') {
  await demo.open(page, path);
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/^\d+ traces?/)).toBeVisible();
  return dialog;
}

test('previews, exports and hands the files over', async ({ page }) => {
  const dialog = await openDialog(page);
  await expect(dialog.getByRole('group', { name: 'Row as the file holds it' })).toContainText('duration_ms');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByText('done', { exact: true })).toBeVisible();
  const row = dialog.getByRole('row').nth(1);
  const download = page.waitForEvent('download');
  await row.getByRole('button', { name: /^Download/ }).click();
  const bytes = readFileSync(await (await download).path());
  const lines = bytes.toString().trimEnd().split('\n');
  expect(Object.keys(JSON.parse(lines[0] as string))).toEqual(expect.arrayContaining(['name', 'arguments', 'result']));
  await expect(row).toContainText(String(lines.length));
  const hash = createHash('sha256').update(bytes).digest('hex');
  await expect(row.getByTitle(hash)).toBeVisible();
  await dialog.getByRole('button', { name: 'Log', exact: true }).click();
  await expect(dialog.getByRole('list', { name: 'Log' })).toContainText('looking through them for leaks');
  await dialog.getByRole('button', { name: 'Check again' }).click();
  await expect(dialog.getByText(`Checked again: 0 leaks in ${lines.length} rows.`)).toBeVisible();
});

test('exports the current query, split, and names the equal command', async ({ page }) => {
  const dialog = await openDialog(page, '/traces?q=has%3Atool');
  await dialog.getByRole('textbox', { name: 'Search layout' }).fill('openai chat');
  await dialog
    .getByRole('group', { name: 'Layout' })
    .getByRole('checkbox', { name: /^OpenAI chat/ })
    .click();
  await dialog
    .getByRole('textbox', { name: 'Trainer' })
    .or(dialog.getByRole('combobox', { name: 'Trainer' }))
    .click();
  await page.getByRole('option', { name: /^OpenAI/ }).click();
  await expect(dialog.getByRole('region', { name: 'Trainer report' })).toContainText(/rows of the preview/);
  await dialog.getByRole('combobox', { name: 'File format' }).click();
  await page.getByRole('option', { name: /^Parquet/ }).click();
  await dialog.getByRole('switch', { name: 'Split into parts' }).click();
  await dialog.getByLabel('Share of split 1 in percent').fill('60');
  await expect(dialog.getByText('Shares add up to 70 %, not 100 %.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Export', exact: true })).toBeDisabled();
  await dialog.getByLabel('Share of split 2 in percent').fill('40');
  await dialog.getByLabel('Seed').fill('7');
  await expect(
    dialog.getByText(
      /sluice (?:-- )?export (?:--data-dir \S+ )?--layout openai-chat --format parquet --out \.\/dataset --query has:tool --split train=0\.6,test=0\.4 --seed 7 --trainer openai/,
    ),
  ).toBeVisible();
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByText('done', { exact: true })).toBeVisible();
  await expect(dialog.getByRole('row').filter({ hasText: 'train' })).toBeVisible();
});

test('hides more than the project where the export asks for it', async ({ page }) => {
  const dialog = await openDialog(page);
  const privacy = dialog.getByRole('group', { name: 'Privacy' });
  await expect(privacy.getByRole('switch', { name: 'Fresh pseudonyms' })).toBeChecked();
  await privacy.getByRole('switch', { name: 'Fresh pseudonyms' }).click();
  await expect(dialog.getByText('--out ./dataset --keep-pseudonyms')).toBeVisible();
  await privacy.getByRole('button', { name: 'Stricter for one entity' }).click();
  await privacy.getByRole('combobox', { name: 'Entity 1' }).fill('Email');
  await page.getByRole('option', { name: 'Email address' }).click();
  await expect(dialog.getByText(`--policy '{"actions":{"EMAIL":"mask"}}' --keep-pseudonyms`)).toBeVisible();
  await privacy.getByRole('combobox', { name: /^What is done/ }).click();
  await expect(page.getByRole('option', { name: 'Keep' })).toHaveCount(0);
  await page.getByRole('option', { name: 'Surrogate' }).click();
  await privacy.getByRole('combobox', { name: 'At least as strict as' }).click();
  await page.getByRole('option', { name: /GDPR/ }).click();
  await expect(dialog.getByText(`--policy '{"preset":"gdpr","actions":{"EMAIL":"surrogate"}}'`)).toBeVisible();
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByText('done', { exact: true })).toBeVisible();
});

test('exports one trace from its page', async ({ page }) => {
  const traceId = await demo.traceId('CI is red');
  const dialog = await openDialog(page, `/traces/${traceId}`);
  await expect(dialog.getByText('1 trace', { exact: true })).toBeVisible();
  await expect(dialog.getByText(`--query id:${traceId}`)).toBeVisible();
});

test('says when nothing matches', async ({ page }) => {
  const dialog = await openDialog(page, '/traces?q=tool%3Anever_called');
  await expect(dialog.getByText('The query matches no trace.')).toBeVisible();
});

test('has no serious axe violation, before and after', async ({ page }) => {
  await page.setViewportSize({ width: 1024, height: 700 });
  const dialog = await openDialog(page);
  await expectAccessibleInBothThemes(page);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByText('done', { exact: true })).toBeVisible();
  await expectAccessibleInBothThemes(page);
});

test('with picked rows, E and the buttons export these and no others', async ({ page }) => {
  await demo.open(page, '/traces');
  await expect(page.getByRole('grid', { name: 'Traces' })).toBeFocused();
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(page.getByRole('button', { name: 'Export 2 selected' })).toBeVisible();
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: 'Export dataset' });
  await expect(dialog.getByText(/^2 traces/)).toBeVisible();
  await expect(dialog.getByRole('combobox', { name: 'Query' })).toHaveValue(/^id:\S+ OR id:\S+$/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Export', exact: true })).toBeVisible();
});
