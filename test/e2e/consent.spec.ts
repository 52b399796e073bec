import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type Engine, startEngine } from '../support/engine.js';
import { expectAccessible, expectNoSidewaysScroll, openStudio } from '../support/studio.js';

let engine: Engine;
const person = ['Ottilie', 'Bramblewood'].join(' ');

test.beforeEach(async () => {
  engine = await startEngine();
  for (let index = 0; index < 3; index++) {
    await engine.api('/traces', {
      body: {
        schema_version: '1',
        developer_id: `dev-${index}`,
        bug_id: `BUG-${index}`,
        repo: { name: 'harbour', url: 'https://example.test/harbour', branch: 'main', commit_before: 'a1' },
        start_time: `2020-11-2${index}T09:00:00Z`,
        end_time: `2020-11-2${index}T09:10:00Z`,
        ...(index === 0 ? { consent: { basis: 'contract', scope: ['evaluation'], licence: 'MIT' } } : {}),
      },
    });
  }
  await engine.settled();
});
test.afterEach(() => engine.dispose());

test('the consent of a trace is said in its header, and its history shown', async ({ page }) => {
  const [trace] = (await engine.api('/traces?query=consent:no')).items;
  await openStudio(page, engine, `/traces/${trace.trace_id}`);
  await page.getByRole('button', { name: 'Consent: none' }).click();
  const dialog = page.getByRole('dialog', { name: 'Consent' });
  await expect(dialog.getByText('Nobody said anything')).toBeVisible();
  await dialog.getByRole('combobox', { name: 'Basis' }).click();
  await page.getByRole('option', { name: 'Consent', exact: true }).click();
  await dialog.getByRole('combobox', { name: 'May be used for' }).fill('training');
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Who it is about').fill(person);
  await dialog.getByLabel('Licence').fill('CC-BY-4.0');
  await expectAccessible(page, '[role="dialog"]');
  await dialog.getByRole('button', { name: 'Save consent' }).click();
  await expect(dialog).toBeHidden();
  const fact = page.getByRole('button', { name: 'Consent: training · CC-BY-4.0' });
  await expect(fact).toBeVisible();

  const stored = await engine.api(`/traces/${trace.trace_id}/consent`);
  expect(stored).toMatchObject({ origin: 'own', consent: { basis: 'consent', recorded_by: 'studio' } });
  expect(stored.consent.subject).toMatch(/^<PERSON_[0-9a-f]{8}>$/);
  await fact.click();
  const history = dialog.getByRole('region', { name: 'History of the consent' });
  await expect(history.getByRole('listitem')).toHaveCount(1);
  await expect(dialog.getByLabel('Who it is about')).toHaveValue(stored.consent.subject);
  await dialog.getByRole('button', { name: 'Forget what was said here' }).click();
  await expect(page.getByRole('button', { name: 'Consent: none' })).toBeVisible();
});

test('the tab counts, links into the list, and sets a default and many at once', async ({ page }) => {
  await openStudio(page, engine, '/privacy/consent');
  const overview = page.getByRole('region', { name: 'Overview' });
  await expect(overview.getByRole('link', { name: 'None: 2 traces' })).toBeVisible();
  await expect(overview.getByRole('link', { name: 'MIT: 1 traces' })).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);

  const fresh = page.getByRole('region', { name: 'New traces' });
  await fresh.getByRole('switch', { name: 'New traces have a default consent' }).click();
  await fresh.getByRole('combobox', { name: 'Basis' }).click();
  await page.getByRole('option', { name: 'My own data' }).click();
  await fresh.getByLabel('Who it is about').fill(person);
  await fresh.getByRole('button', { name: 'Save default' }).click();
  await expect(page.getByText('Default consent saved')).toBeVisible();
  const file = readFileSync(join(engine.ready.data_dir, 'settings.json'), 'utf8');
  expect(file).not.toContain(person);
  expect(JSON.parse(file).consent_default).toMatchObject({ basis: 'own_data' });

  const exports = page.getByRole('region', { name: 'Exports' });
  await exports.getByRole('switch', { name: 'Exports need a consent' }).click();
  await expect(exports.getByRole('switch')).toBeChecked();
  expect((await engine.api('/policy')).file.consent).toEqual({ required: true });

  const many = page.getByRole('region', { name: 'Many at once' });
  await many.getByRole('button', { name: 'Set consents of many traces' }).click();
  await many.getByRole('combobox', { name: 'Basis' }).click();
  await page.getByRole('option', { name: 'Public before' }).click();
  await many.getByRole('button', { name: 'Set for all of them' }).click();
  await expect(overview.getByRole('link', { name: 'Public before: 2 traces' })).toBeVisible();
  await overview.getByRole('link', { name: 'Public before: 2 traces' }).click();
  await expect(page.getByText('2 traces match')).toBeVisible();
});

test('retention says what would go before it deletes', async ({ page }) => {
  await page.setViewportSize({ width: 1024, height: 700 });
  await openStudio(page, engine, '/privacy/consent');
  const retention = page.getByRole('region', { name: 'Retention' });
  await expect(retention.getByRole('button', { name: 'What would go now?' })).toBeDisabled();
  await retention.getByLabel('Delete traces older than, days').fill('365');
  await retention.getByRole('button', { name: 'Save retention' }).click();
  await expect(page.getByText('Retention saved')).toBeVisible();
  await retention.getByRole('button', { name: 'What would go now?' }).click();
  await expect(retention.getByText('Would delete 3 traces (3 for their age, 0 for the size)')).toBeVisible();
  expect((await engine.api('/traces')).items).toHaveLength(3);
  await expectNoSidewaysScroll(page);
  await retention.getByRole('button', { name: 'Delete it now' }).click();
  await expect(retention.getByText('Deleted 3 traces (3 for their age')).toBeVisible();
  expect((await engine.api('/traces')).items).toEqual([]);
  await expect(
    page.getByRole('region', { name: 'Overview' }).getByRole('link', { name: 'None: 0 traces' }),
  ).toBeVisible();
});

test('an export that gives nothing for want of consents says so, with their number and the ways on', async ({
  page,
}) => {
  const { file } = await engine.api('/policy');
  await engine.api('/policy', { method: 'PUT', body: { ...file, consent: { required: true } } });
  await openStudio(page, engine, '/traces');
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export dataset' });
  await dialog.getByRole('checkbox', { name: /^Traces / }).click();
  const why = dialog.getByRole('list', { name: 'Why' });
  await expect(why).toContainText('2 traces: no consent');
  await expect(why).toContainText('1 trace: no consent for training');
  await dialog.getByRole('button', { name: 'Take them all the same' }).click();
  await expect(why).toBeHidden();
  await expect(dialog.getByRole('group', { name: 'Row as the file holds it' })).toBeVisible();
  await dialog.getByRole('switch', { name: /^Take traces/ }).click();
  await dialog.getByRole('link', { name: 'Set a consent for these 2' }).click();
  await expect(page.getByRole('form', { name: 'Consent of many traces' })).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Query' })).toHaveValue('consent:no');
});
