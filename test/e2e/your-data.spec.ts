import { expect, test } from '@playwright/test';
import { type Engine, startEngine } from '../support/engine.js';
import { searchFiles } from '../support/planted.js';
import { expectAccessible, expectNoSidewaysScroll, openStudio, watchErrors } from '../support/studio.js';

let engine: Engine;
const person = ['Ottilie', 'Bramblewood'].join(' ');

test.beforeEach(async () => {
  engine = await startEngine();
  await engine.api('/policy', { method: 'PUT', body: { version: 2, actions: { PERSON: 'keep' } } });
  for (let index = 0; index < 3; index++) {
    await engine.api('/traces', {
      body: {
        schema_version: '1',
        developer_id: `dev-${index}`,
        bug_id: `BUG-${index}`,
        repo: { name: 'harbour', url: 'https://example.test/harbour', branch: 'main', commit_before: 'a1' },
        start_time: `2020-11-2${index}T09:00:00Z`,
        end_time: `2020-11-2${index}T09:10:00Z`,
        events: [
          {
            type: 'terminal_command',
            timestamp: `2020-11-2${index}T09:01:00Z`,
            command: 'git log',
            output: index === 0 ? 'nobody' : `Author: ${person}`,
            exit_code: 0,
          },
        ],
      },
    });
  }
  await engine.settled();
});
test.afterEach(() => engine.dispose());

test('a person is found, written into a file and erased, with a receipt', async ({ page }) => {
  const errors = watchErrors(page);
  await openStudio(page, engine, '/privacy/data');
  await expect(page.getByText('Nothing was erased here yet.')).toBeVisible();
  await expect(page.getByRole('cell', { name: 'Encrypted' }).first()).toBeVisible();
  await page.getByLabel('Values that name the person').fill(person);
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page.getByText('and 2 traces hold them.')).toBeVisible();

  await page.getByRole('button', { name: 'Write all of it into a file' }).click();
  await expect(page.getByText('2 traces and 2 exchanges, in')).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Erase…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('A mask stands in their place.')).toBeVisible();
  await expectAccessible(page, '[role="dialog"]');
  await dialog.getByRole('button', { name: 'Erase', exact: true }).click();
  const receipts = page.getByRole('list', { name: 'Receipts' });
  await expect(receipts.getByRole('listitem')).toHaveCount(1, { timeout: 20_000 });
  await receipts.getByText('A person:').click();
  await expect(receipts.getByText('Copies, backups and snapshots')).toBeVisible();
  expect(searchFiles(engine.ready.data_dir, { person })).toEqual([]);
  expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).not.toContain(
    'Ottilie',
  );
  expect((await engine.api('/traces?query=')).items).toHaveLength(3);
  expect(errors).toEqual([]);
});

for (const [width, height] of [
  [1440, 900],
  [1024, 700],
] as const) {
  test(`everything fits at ${width} by ${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await openStudio(page, engine, '/privacy/data');
    await expect(page.getByText('The studio’s own token.')).toBeVisible();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
}
