import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { type Engine, startEngine } from '../support/engine.js';
import { searchFiles } from '../support/planted.js';
import { expectAccessible, expectNoSidewaysScroll, openStudio, watchErrors } from '../support/studio.js';

// The page is long: looking through all of it takes its time.
test.setTimeout(120_000);

let engine: Engine;
test.beforeEach(async () => {
  engine = await startEngine();
});
test.afterEach(() => engine.dispose());

const file = () => JSON.parse(readFileSync(join(engine.ready.data_dir, 'policy.json'), 'utf8'));
const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });

test('a preset and an action of one’s own are looked at before they are saved, and hold at once', async ({ page }) => {
  const errors = watchErrors(page);
  await openStudio(page, engine, '/privacy/policy');
  await expect(page.getByRole('tab', { name: 'Policy' })).toHaveAttribute('aria-selected', 'true');
  await expect(row(page, 'Email address')).toContainText('<EMAIL_7f3a9c21>');
  await page.getByRole('radio', { name: 'HIPAA Safe Harbor' }).click();
  await expect(page.getByRole('heading', { name: 'What HIPAA Safe Harbor leaves to you' })).toBeVisible();
  await page.getByText('What is covered, identifier by identifier').click();
  await expect(row(page, '\\(Q\\) Full-face photographs')).toContainText('not found');
  await expect(row(page, 'Email address')).toContainText('<EMAIL_MASKED>');

  await page.getByLabel('Action for Email address').selectOption('Keep');
  await expect(row(page, 'Email address')).not.toContainText('<EMAIL_MASKED>');
  await page.getByRole('button', { name: 'Review and save' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save the policy' });
  await expect(dialog).toContainText('none → HIPAA Safe Harbor');
  await expect(dialog).toContainText('Pseudonym → Mask');
  await expect(dialog).toContainText('stricter in part');
  await expectAccessible(page, '[role="dialog"]');
  await dialog.getByRole('button', { name: 'Save policy' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('region', { name: 'What is stored' })).toContainText(
    'Nothing that is stored had to change.',
    { timeout: 30_000 },
  );
  await expect(page.getByRole('button', { name: 'Review and save' })).toBeHidden();
  expect(file()).toEqual({ version: 2, preset: 'hipaa', actions: { EMAIL: 'keep' } });
  expect((await engine.api('/policy')).policy.actions).toMatchObject({ EMAIL: 'keep', PHONE: 'mask' });
  await page.reload();
  await expect(page.getByRole('radio', { name: 'HIPAA Safe Harbor' })).toBeChecked();
  await expect(page.getByLabel('Action for Email address')).toHaveValue('keep');
  expect(errors).toEqual([]);
});

test('a known value goes in and is never shown again', async ({ page }) => {
  const value = `Operation ${'Kestrel'} Nightfall`;
  await openStudio(page, engine, '/privacy/policy');
  const field = page.getByLabel('New value');
  await expect(field).toHaveAttribute('type', 'password');
  await expect(page.getByRole('button', { name: 'Add value' })).toBeDisabled();
  await page.getByLabel('Taken for').selectOption('Organisation');
  await field.fill(value);
  await field.press('Enter');
  await expect(page.getByRole('row', { name: `${value.length} characters, never shown Organisation` })).toBeVisible();
  await expect(field).toHaveValue('');
  const seen = await page.evaluate(
    () => document.documentElement.outerHTML + JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
  );
  expect(seen).not.toContain('Kestrel');
  expect(searchFiles(engine.ready.data_dir, { value })).toEqual([]);
  await page.getByRole('button', { name: /^Forget value 1/ }).click();
  await expect(page.getByText('never shown', { exact: false }).filter({ hasText: 'characters,' })).toHaveCount(0);
  expect((await engine.api('/known-values')).items).toEqual([]);
});

test('lists are edited by keyboard, and a change can be taken back', async ({ page }) => {
  await openStudio(page, engine, '/privacy/policy');
  const allowed = page.getByRole('combobox', { name: 'Allowed values' });
  await allowed.fill('support@example.com');
  await page.keyboard.press('Enter');
  await page.getByText('Secrets by name').click();
  await page.getByRole('combobox', { name: 'Names of secrets' }).fill('*Launch-Code');
  await page.keyboard.press('Enter');
  await expect(page.getByText('*launchcode', { exact: true })).toBeVisible();
  // What was not saved is still there after a look at another tab.
  await page.getByRole('tab', { name: 'Audit log' }).click();
  await page.getByRole('tab', { name: 'Policy' }).click();
  await expect(page.getByText('support@example.com')).toBeVisible();
  await page.getByRole('button', { name: 'Review and save' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save the policy' });
  await expect(dialog).toContainText(/Allowed values\s*1 added/);
  await expect(dialog).toContainText(/Names of secrets\s*1 added/);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Revert' }).click();
  await expect(page.getByText('support@example.com')).toHaveCount(0);

  await page.getByRole('combobox', { name: 'Allowed by pseudonym' }).fill('<EMAIL_MASKED>');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Review and save' }).click();
  await expect(dialog).toContainText('policy_invalid');
  await expect(dialog.getByRole('button', { name: 'Save policy' })).toBeDisabled();
});

test('a file that was edited badly is told, and the last good policy stays', async ({ page }) => {
  await openStudio(page, engine, '/privacy/policy');
  await expect(page.getByLabel('Action for Email address')).toHaveValue('');
  writeFileSync(join(engine.ready.data_dir, 'policy.json'), '{"actions":{"EMAIL":"burn"}}');
  await expect(page.getByText('The last good one holds.', { exact: false })).toBeVisible();
  await expect(page.getByText(/actions\.EMAIL/)).toBeVisible();
  writeFileSync(join(engine.ready.data_dir, 'policy.json'), '{"actions":{"EMAIL":"mask"}}');
  await expect(page.getByText('The last good one holds.', { exact: false })).toBeHidden();
  await expect(page.getByLabel('Action for Email address')).toHaveValue('mask');
});

for (const scheme of ['light', 'dark'] as const) {
  test(`fits the small window and can be read, ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 1024, height: 700 });
    await openStudio(page, engine, '/privacy/policy');
    await page.getByRole('radio', { name: 'GDPR' }).click();
    await page.getByText('Personal data by name').click();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
}

test('a preset that asks for consents says what the next export leaves out', async ({ page }) => {
  await engine.api('/ingest', {
    body: { trace_id: 'alone', event_type: 'reasoning_step', payload: { content: 'Nobody said that it may be used.' } },
  });
  await engine.settled();
  await openStudio(page, engine, '/privacy/policy');
  await page.getByRole('radio', { name: 'GDPR' }).click();
  await page.getByRole('button', { name: 'Review and save' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save the policy' });
  await expect(dialog).toContainText('The next one for training takes at most 0 of 1 trace');
  await expect(dialog.getByRole('link', { name: 'Set a consent for it' })).toBeVisible();
});
