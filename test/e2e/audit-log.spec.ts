import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { expectAccessibleInBothThemes } from '../support/demo.js';
import { type Engine, startEngine } from '../support/engine.js';
import { expectNoSidewaysScroll, openStudio } from '../support/studio.js';

/** Known on this machine, and in a picture's bytes, where redaction looks for no text. */
const phrase = ['kestrel', 'winter', 'harbour', 'lantern'].join(' ');
const picture = Buffer.from([0, 255, 254, 200, 201, ...Buffer.from(phrase), 250, 251, 0]).toString('base64');

let engine: Engine;
test.beforeAll(async () => {
  engine = await startEngine([], { env: { TEAM_PASSPHRASE: phrase } });
  for (const [trace_id, content] of [
    ['plain', 'Is the build green?'],
    ['picture', `Look at this: data:image/png;base64,${picture}`],
  ]) {
    await engine.api('/ingest', { body: { trace_id, event_type: 'message', payload: { role: 'user', content } } });
  }
  await engine.settled();
});
test.afterAll(() => engine?.dispose());

async function startExport(page: Page, query: string) {
  await page.goto('about:blank');
  await openStudio(page, engine, `/traces${query}`);
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: /^Traces / }).click();
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  return dialog;
}

const log = (page: Page) => page.getByRole('grid', { name: 'Audit log' });

test('an export without a leak says so and shows rows of it for review', async ({ page }) => {
  const clean = await startExport(page, `?q=${encodeURIComponent('"build green"')}`);
  await expect(clean.getByText('No leak found in 1 row.')).toBeVisible();
  const sample = clean.getByRole('region', { name: 'Sample for review' });
  await expect(sample).toContainText('1 of 1');
  await expect(sample.getByRole('region', { name: 'Row of the sample' })).toContainText('Is the build green?');
  await expectAccessibleInBothThemes(page);
});

test('an export with a leak is refused, until somebody takes it on by name', async ({ page }) => {
  await page.setViewportSize({ width: 1024, height: 700 });
  const dialog = await startExport(page, '');
  const refused = dialog.getByRole('region', { name: 'Refused export' });
  await expect(refused).toContainText('Nothing was left at the target.');
  await expect(refused.getByRole('table', { name: 'Leaks' })).toContainText('known-value');
  await expect(refused).not.toContainText(picture.slice(12, 36));
  await expectAccessibleInBothThemes(page);

  const again = refused.getByRole('button', { name: 'Export with leaks' });
  await refused.getByLabel('Your name').fill('Sam Reviewer');
  await expect(again).toBeDisabled();
  await refused.getByLabel('Why it may be exported all the same').fill('a test picture');
  await again.press('Enter');
  const check = dialog.getByRole('region', { name: 'Leak check' });
  await expect(check).toContainText('taken on by Sam Reviewer');
  await expect(check).toContainText('a test picture');
  const sample = check.getByRole('region', { name: 'Sample for review' });
  await expect(sample).toContainText('1 of 2');
  await sample.getByRole('button', { name: 'Next row of the sample' }).click();
  await expect(sample).toContainText('2 of 2');
  await expect(sample.getByRole('button', { name: 'Next row of the sample' })).toBeDisabled();
  await expectNoSidewaysScroll(page);
});

test('the audit log lists it, newest first, by action, and grows while it is shown', async ({ page }) => {
  const allow_leaks = { name: 'Sam Reviewer', reason: 'a test picture' };
  const job = await engine.api('/exports', { body: { layout: 'traces', format: 'jsonl', allow_leaks } });
  await engine.until(`/jobs/${job.job_id}`, ({ ended_at }) => ended_at !== null);
  await openStudio(page, engine, '/privacy/audit');
  await expect(log(page).getByRole('row').nth(1)).toContainText('Export written');
  await expect(log(page).getByRole('row').nth(2)).toContainText('Leak taken on by name');
  const made = await engine.api('/tokens', { body: { name: 'reader', scopes: ['read'] } });
  await expect(log(page).getByRole('row').nth(1)).toContainText('Token made');
  await expect(log(page).getByRole('row').nth(1)).toContainText(made.token_id);

  await page.getByRole('combobox', { name: 'Actions' }).click();
  await page.getByRole('option', { name: 'Leak taken on by name' }).click();
  await page.keyboard.press('Escape');
  await expect(log(page).getByRole('row').nth(1)).toContainText('Leak taken on by name');
  await expect(log(page)).not.toContainText('Token made');
  await log(page).focus();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: 'Entry of the audit log' });
  await expect(panel).toContainText('Sam Reviewer');
  await expectAccessibleInBothThemes(page);
});

test('verifying tells that it is whole, and what is wrong when it is not', async ({ page }) => {
  const { token_id } = await engine.api('/tokens', { body: { name: 'writer', scopes: ['ingest'] } });
  await openStudio(page, engine, '/privacy/audit');
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText(/^The log is whole: \d+ entr(y|ies)\./)).toBeVisible();
  await expectAccessibleInBothThemes(page);
  const path = join(engine.ready.data_dir, 'audit.jsonl');
  const whole = readFileSync(path, 'utf8');
  writeFileSync(path, whole.replace(token_id, token_id.replace('-7', '-6')));
  try {
    await page.getByRole('button', { name: 'Verify' }).click();
    await expect(page.getByText(/^The log is not whole\. Line \d+: The entry was changed/)).toBeVisible();
  } finally {
    writeFileSync(path, whole);
  }
  await expectNoSidewaysScroll(page);
});
