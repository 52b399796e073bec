import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';
import { expectNoSidewaysScroll } from '../support/studio.js';

test.describe.configure({ mode: 'serial' });

let demo: DemoStudio;
test.beforeAll(async () => {
  demo = await startDemo();
});
test.afterAll(() => demo[Symbol.asyncDispose]());

test('a dataset is made in the builder, built, looked at and built again', async ({ page }) => {
  await demo.open(page, '/datasets');
  await expect(page.getByText('No dataset yet')).toBeVisible();
  await page.keyboard.press('n');
  const preview = page.getByRole('region', { name: 'Preview' });
  await expect(preview.getByText('No rows yet')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save and build' })).toBeDisabled();
  await page.getByRole('textbox', { name: 'Name' }).fill('tool-use');

  // Real rows follow the options.
  await page
    .getByRole('group', { name: 'Packages' })
    .getByRole('checkbox', { name: /^Conversations/ })
    .check();
  await page.getByLabel('Search layouts').fill('trl messages');
  await page
    .getByRole('group', { name: 'Layouts' })
    .getByRole('checkbox', { name: /trl-messages/ })
    .check();
  const row = preview.getByRole('group', { name: 'Row as the file holds it' });
  await expect(row).toContainText('messages');
  await page.getByLabel('Search layouts').fill('sharegpt');
  await page.getByRole('checkbox', { name: /llamafactory-sharegpt/ }).check();
  await page.getByRole('checkbox', { name: /llamafactory-sharegpt/ }).uncheck();
  await expect(row).not.toContainText('conversations');
  await page
    .getByRole('textbox', { name: 'Trainer' })
    .or(page.getByRole('combobox', { name: 'Trainer' }))
    .first()
    .click();
  await page.getByRole('option', { name: 'TRL' }).click();
  await expect(preview.getByRole('heading', { name: 'Trainer report' })).toBeVisible();
  await expect(
    page.getByText(/export .*--package conversations --layout trl-messages --format jsonl .*--trainer trl/),
  ).toBeVisible();

  // What selects nothing says so.
  await page.getByRole('combobox', { name: 'Query' }).fill('tool:nosuchtool');
  await page.getByRole('combobox', { name: 'Query' }).press('Enter');
  await expect(preview.getByText('The query matches no trace. Take a condition away.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the query' }).click();
  await expect(row).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectAccessibleInBothThemes(page);

  await page.getByRole('button', { name: 'Save and build' }).click();
  await expect(page.getByRole('heading', { name: 'tool-use' })).toBeVisible();
  const files = page.getByRole('table', { name: 'Files' });
  await expect(files).toContainText('.jsonl', { timeout: 120_000 });
  const [downloaded] = await Promise.all([
    page.waitForEvent('download'),
    files.getByRole('button', { name: 'Download quality.json' }).click(),
  ]);
  expect(downloaded.suggestedFilename()).toBe('quality.json');
  expect(JSON.parse(readFileSync(await downloaded.path(), 'utf8'))).toMatchObject({ format_version: 1 });
  await page.getByRole('button', { name: 'Verify signature, files and rows' }).click();
  await expect(page.getByText(/rows? as they were written; the manifest is signed/)).toBeVisible();
  await expectAccessibleInBothThemes(page);

  await page.getByRole('tab', { name: 'Quality' }).click();
  await expect(page.getByRole('table', { name: 'Splits' })).toBeVisible();
  await page.getByRole('tab', { name: 'Trainer report' }).click();
  await expect(page.getByRole('region', { name: 'Trainer report' }).getByRole('status')).toContainText(/rows?/);

  // A trace goes: what is stale says so, and is built again. The second version is compared with the first, row by row.
  await page.getByRole('tab', { name: 'Version' }).click();
  const gone = await demo.traceId('CI is red');
  await demo.engine.api(`/traces/${gone}`, { method: 'DELETE' });
  await expect(page.getByText(/rows? would be others today: .*erased/)).toBeVisible();
  await page.getByRole('button', { name: 'Build again' }).click();
  await expect(
    page
      .getByRole('combobox', { name: 'Version' })
      .or(page.getByRole('textbox', { name: 'Version' }))
      .first(),
  ).toHaveValue(/^Version 2/);
  await page.getByRole('tab', { name: 'Compare' }).click();
  await expect(page.getByRole('table', { name: 'Figures of both versions' })).toContainText('rows');
  await expect(page.getByText('Rows from version 1 to version 2')).toBeVisible();
  const differ = page.getByRole('region', { name: 'Rows that differ' });
  await differ
    .getByRole('button', { name: /Removed .*row \d/ })
    .first()
    .click();
  await expect(differ.getByRole('group', { name: 'version 1 and version 2' })).toContainText('messages');
  await expectAccessibleInBothThemes(page);
});

test('a row is seen through a chat template with what is learned of it, and a training run is noted', async ({
  page,
}) => {
  await demo.open(page, '/datasets/tool-use?tab=rows');
  await expect(page.getByText(/^row 1 of/)).toBeVisible();
  await page.keyboard.press('m');
  const text = page.getByRole('group', { name: 'Row as the template writes it' });
  await expect(text.locator('mark').first()).toBeVisible();
  await expect(page.getByText(/\d+ learned/)).toBeVisible();
  await expect(page.getByText(/Apache-2\.0|MIT/).first()).toBeVisible();
  await page.keyboard.press('t');
  await expect(page.getByLabel(/^Chat template/).first()).toBeFocused();
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Rows and mask' }).focus();
  await page.keyboard.press(']');
  await expect(page.getByText(/^row 2 of/)).toBeVisible();
  await page.keyboard.press('[');
  await expect(page.getByText(/^row 1 of/)).toBeVisible();
  await expectAccessibleInBothThemes(page);

  await page.getByRole('tab', { name: 'Training runs' }).click();
  const form = page.getByRole('form', { name: 'Note a training run' });
  await form.getByLabel('Run').fill('run-7');
  await form.getByLabel('Model').fill('qwen3-8b');
  await form.getByLabel('Metrics').fill('eval_loss: low');
  await expect(form.getByText('is no name with a number behind it')).toBeVisible();
  await form.getByLabel('Metrics').fill('eval_loss 0.42');
  await form.getByLabel('Rows').fill('data.jsonl');
  await expect(form.getByText('is no file with a row’s number, and no SHA-256.')).toBeVisible();
  await form.getByLabel('Rows').fill('data.jsonl 1-2');
  await form.getByRole('button', { name: 'Note it' }).click();
  await expect(page.getByRole('row', { name: /run-7 qwen3-8b .* 2 0\.42/ })).toBeVisible();
  await expectAccessibleInBothThemes(page);

  await page.keyboard.press('Escape');
  await demo.open(page, '/datasets');
  const row = page.getByRole('row').filter({ hasText: 'tool-use' });
  await expect(row).toContainText('conversations as trl-messages of every trace; jsonl');
  await expectAccessibleInBothThemes(page);

  // A dataset called `new` is one like others; a build that waits its turn is cancelled.
  const definition = { layouts: ['trl-messages', 'openai-chat', 'traces', 'tool-calls'], format: 'jsonl' };
  await demo.engine.api('/datasets', { body: { name: 'new', definition } });
  for (let build = 0; build < 4; build += 1) await demo.engine.api('/datasets/new/versions', { body: {} });
  await page.getByRole('row').filter({ hasText: /^new/ }).dblclick();
  await expect(page.getByRole('heading', { name: 'new', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel build' }).click();
  await expect.poll(async () => (await demo.engine.api('/jobs?kind=dataset-build')).items[0].state).toBe('cancelled');
});

test('reasoning that derived rows take is written from the builder, by a model that was agreed to', async ({
  page,
}) => {
  demo.model.otherwise(() => ({
    text: JSON.stringify({ reasoning: 'So I look.' }),
    usage: { input: 200, output: 50 },
  }));
  await demo.open(page, '/datasets/tool-use/edit');
  const derived = page.getByRole('group', { name: 'Derived rows' });
  await derived.getByRole('textbox', { name: 'Derived rows' }).or(derived.getByRole('combobox')).first().click();
  await page.getByRole('option', { name: 'Reasoning expansion' }).click();
  await page.keyboard.press('Escape');
  const write = derived.getByRole('button', { name: 'Have reasoning written' });
  const dialog = page.getByRole('dialog', { name: 'Have reasoning written' });
  await write.press('Enter');
  await expect(dialog.getByText('No model is set')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(write).toBeFocused();

  const { api } = demo.engine;
  const profile = { name: 'writer', base_url: `${demo.model.url}/v1/`, model: 'w-1', price: { input: 1, output: 10 } };
  await api('/models', { body: profile });
  await api('/models/writer/agree', { body: { host: new URL(demo.model.url).host } });
  const before = demo.model.requests.length;
  await write.press('Enter');
  await dialog.getByLabel('Traces').fill('tool:run');
  await expect(dialog.getByRole('status')).toContainText(/[1-9]\d* calls?, at most/);
  await expectAccessibleInBothThemes(page, '[role=dialog]');
  expect(demo.model.requests.length).toBe(before);
  await dialog.getByLabel('Budget, USD').fill('5');
  await dialog.getByRole('button', { name: 'Write reasoning' }).press('Enter');
  await expect(dialog.getByRole('status')).toContainText(
    /Reasoning of [1-9]\d* calls? stands now \(0 from the cache\)/,
  );
  expect(demo.model.requests.length).toBeGreaterThan(before);
  await expectAccessibleInBothThemes(page, '[role=dialog]');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog).toBeHidden();
});
