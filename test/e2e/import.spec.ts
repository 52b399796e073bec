import { expect, test } from '@playwright/test';
import { type Engine, startEngine } from '../support/engine.js';
import { expectAccessible, openStudio, watchErrors } from '../support/studio.js';

let engine: Engine;
test.beforeEach(async () => {
  engine = await startEngine();
});
test.afterEach(() => engine.dispose());

const words = 'Where is the invoice for order 4711?';
const row = (text: string) =>
  JSON.stringify({
    messages: [
      { role: 'user', content: text },
      { role: 'assistant', content: 'In your account, under invoices.' },
    ],
  });
const jsonl = (name: string, lines: string[]) => ({
  name,
  mimeType: 'application/jsonl',
  buffer: Buffer.from(`${lines.join('\n')}\n`),
});

test('a file that is picked becomes traces, and what could not be read is said', async ({ page }) => {
  const errors = watchErrors(page);
  await openStudio(page, engine, '/import');
  await page
    .getByLabel('Files to import')
    .setInputFiles(jsonl('chats.jsonl', [row(words), '{"messages": 7}', row('Hello?')]));
  const imports = page.getByRole('region', { name: 'Imports' });
  await expect(imports.getByRole('listitem')).toContainText('2 traces');
  await expect(imports).toContainText('1 part skipped');
  await imports.getByRole('link').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/invoice|Hello/);
  expect(errors).toEqual([]);
});

test('a file that is dropped on any page is imported there and shown', async ({ page }) => {
  await openStudio(page, engine, '/traces');
  await expect(page.getByRole('heading', { level: 1, name: 'Traces' })).toBeVisible();
  const dropped = await page.evaluateHandle(
    (text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], 'dropped.jsonl'));
      return data;
    },
    `${row(words)}\n`,
  );
  await page.locator('body').dispatchEvent('dragover', { dataTransfer: dropped });
  await page.locator('body').dispatchEvent('drop', { dataTransfer: dropped });
  await expect(page.getByRole('heading', { level: 1, name: 'Import' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Imports' }).getByRole('listitem')).toContainText('1 trace');
});

test('the same file again adds nothing', async ({ page }) => {
  await openStudio(page, engine, '/import');
  for (const times of [1, 2]) {
    await page.getByLabel('Files to import').setInputFiles(jsonl('chats.jsonl', [row(words)]));
    await expect(page.getByRole('region', { name: 'Imports' }).getByRole('listitem')).toHaveCount(times);
    await expect(page.getByText('Sending')).toBeHidden();
  }
  await expect(page.getByRole('region', { name: 'Imports' })).toContainText('there already');
});

test('a file that nobody knows is refused in words; the page is accessible', async ({ page }) => {
  await openStudio(page, engine, '/import');
  await page.getByLabel('Files to import').setInputFiles({
    name: 'notes.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('just some words'),
  });
  await expect(page.getByText(/No importer knows this kind of file/).first()).toBeVisible();
  await page.getByLabel('Or a file on the engine’s machine').fill('/nowhere/at/all.har');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByText('import_unreadable')).toBeVisible();
  await expectAccessible(page);
});

test('a dropped file is taken too', async ({ page }) => {
  await openStudio(page, engine, '/import');
  const transfer = await page.evaluateHandle(
    (text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], 'dropped.jsonl'));
      return data;
    },
    `${row(words)}\n`,
  );
  await page.getByRole('region', { name: 'Drop files' }).dispatchEvent('drop', { dataTransfer: transfer });
  await expect(page.getByRole('region', { name: 'Imports' })).toContainText('1 trace, 1 call');
});
