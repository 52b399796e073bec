import { expect, type Page, test } from '@playwright/test';
import { type Engine, startEngine } from '../support/engine.js';
import { expectAccessible, openStudio } from '../support/studio.js';

const stored = 130;
let engine: Engine;
test.beforeAll(async () => {
  engine = await startEngine();
  for (let at = 0; at < stored; at += 1) {
    const payload = { content: `Thought ${at} of ${at % 2 === 0 ? 'herring' : 'mackerel'}.` };
    await engine.api('/ingest', { body: { trace_id: `thought-${at}`, event_type: 'reasoning_step', payload } });
  }
  await engine.settled();
});
test.afterAll(() => engine.dispose());

const rows = (page: Page) => page.getByRole('grid', { name: 'Traces' }).getByRole('row');
const bar = (page: Page) => page.getByRole('toolbar', { name: 'Selected traces' });
const matching = async (query: string): Promise<number> => {
  let count = 0;
  for (let cursor = ''; ; ) {
    const page = await engine.api(
      `/traces?limit=200&query=${encodeURIComponent(query)}${cursor && `&cursor=${cursor}`}`,
    );
    count += page.items.length;
    if (page.next_cursor === null) return count;
    cursor = page.next_cursor;
  }
};

test('what is picked is noted, given a consent and exported, and nothing else; the address keeps it', async ({
  page,
}) => {
  await openStudio(page, engine, '/traces');
  await expect(rows(page).nth(3)).toBeVisible();
  for (const key of ['x', 'j', 'x']) await page.keyboard.press(key);
  await expect(bar(page)).toContainText('2 selected');
  await page.reload();
  await expect(bar(page)).toContainText('2 selected');

  await page.keyboard.press('n');
  await page.getByRole('dialog', { name: 'Note on 2 traces' }).getByLabel('Note').fill('two of them');
  await page.getByRole('button', { name: 'Save on 2 traces' }).click();
  await expect.poll(() => matching('has:note')).toBe(2);

  await bar(page).getByRole('button', { name: 'Consent' }).click();
  await page.getByRole('button', { name: 'Set for 2 traces' }).click();
  await expect.poll(() => matching('-consent.basis:unknown')).toBe(stored - 2);

  // Into a trace and back, and undone from elsewhere. The dialog gave the focus back to the button that had opened it.
  await page.getByRole('grid', { name: 'Traces' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('log', { name: 'Conversation' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(bar(page)).toContainText('2 selected');
  await page.goto(`${engine.ready.api}/#/settings`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Settings');
  await page.keyboard.press('u');
  await expect(page.getByText('Undone: Note (2 traces)')).toBeVisible();
  await expect(rows(page).nth(3)).toBeVisible();
  await expect.poll(() => matching('has:note')).toBe(0);
});

test('everything that matches is counted, labelled and exported by its query, and comes back with one undo', async ({
  page,
}) => {
  await openStudio(page, engine, '/traces?q=herring');
  await expect(rows(page).nth(3)).toBeVisible();
  await page.keyboard.press('x');
  await expect(bar(page)).toContainText('1 selected');
  await expect(bar(page).getByRole('button', { name: 'Select all that match' })).toBeHidden();

  await page.goto(`${engine.ready.api}/#/traces?q=Thought`);
  await expect(rows(page).nth(3)).toContainText('Thought');
  await page.keyboard.press('x');
  await bar(page).getByRole('button', { name: 'Select all that match' }).click();
  await expect(bar(page)).toContainText(`All ${stored} selected`);
  await expectAccessible(page);
  // What comes later is none of it.
  await engine.api('/ingest', {
    body: { trace_id: 'later', event_type: 'reasoning_step', payload: { content: 'Thought too late.' } },
  });
  await engine.settled();
  await page.keyboard.press('a');
  const change = page.getByRole('dialog', { name: 'Change the reviews of all that match' });
  await expect(change.getByText(`${stored} of ${stored} would change: label of ${stored}.`)).toBeVisible();
  expect(await matching('label:accepted')).toBe(0);
  await expectAccessible(page);
  await change.getByRole('button', { name: `Change ${stored}` }).click();
  await expect(page.getByText(`Accepted ${stored} traces`, { exact: true })).toBeVisible();
  expect(await matching('label:accepted')).toBe(stored);
  await page.reload();
  await expect(bar(page)).toContainText(`All ${stored} selected`);
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: 'Export dataset' });
  await expect(dialog).toContainText('started:..');
  await page.keyboard.press('Escape');
  await page.keyboard.press('u');
  await expect.poll(() => matching('label:accepted')).toBe(0);
});

test('more rows than a query can name are labelled, tagged and given a consent, and nothing else', async ({ page }) => {
  const total = await matching('Thought');
  await openStudio(page, engine, '/traces?q=Thought');
  await expect(rows(page).nth(3)).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.getByText(`${total} traces match`)).toBeVisible();
  await page.keyboard.press('Control+a');
  await expect(bar(page)).toContainText(`${total} selected`);
  await page.keyboard.press('Home');
  await page.keyboard.press('x');
  const picked = total - 1;
  await expect(bar(page)).toContainText(`${picked} selected`);
  // Where only the first of them are read again.
  await page.reload();
  await expect(rows(page).nth(3)).toBeVisible();
  await expect(bar(page)).toContainText(`${picked} selected`);

  await page.keyboard.press('a');
  await expect(page.getByText(`Accepted ${picked} traces`, { exact: true })).toBeVisible();
  expect(await matching('label:accepted')).toBe(picked);
  await page.keyboard.press('u');
  await expect.poll(() => matching('label:accepted')).toBe(0);

  await page.keyboard.press('t');
  await page
    .getByRole('dialog', { name: `Tags of ${picked} traces` })
    .getByLabel('Add')
    .fill('mine');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: `Change ${picked} traces` }).click();
  await expect.poll(() => matching('tag:mine')).toBe(picked);

  await bar(page).getByRole('button', { name: 'Consent' }).click();
  await page.getByRole('dialog').getByRole('combobox', { name: 'Basis' }).click();
  await page.getByRole('option', { name: 'My own data' }).click();
  await page.getByRole('button', { name: `Set for ${picked} traces` }).click();
  await expect.poll(() => matching('consent.basis:own_data')).toBe(picked);
});

test('more rows than a query can name are exported and deleted, and nothing else', async ({ page }) => {
  const total = await matching('Thought');
  const picked = total - 1;
  await openStudio(page, engine, '/traces?q=Thought');
  await expect(rows(page).nth(3)).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.getByText(`${total} traces match`)).toBeVisible();
  for (const key of ['Control+a', 'Home', 'x', 'e']) await page.keyboard.press(key);
  const dialog = page.getByRole('dialog', { name: 'Export dataset' });
  await expect(dialog.getByText(`${picked} picked traces`)).toBeVisible();
  await expect(dialog.getByRole('region', { name: 'Preview' })).toContainText(`${picked} traces`);
  await expect(dialog).toContainText('--trace-ids');
  const saved = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save their ids' }).click();
  expect((await saved).suggestedFilename()).toBe('trace-ids.txt');
  await page.keyboard.press('Escape');

  await bar(page).getByRole('button', { name: 'Delete' }).click();
  await page
    .getByRole('dialog', { name: `Delete ${picked} traces?` })
    .getByRole('button', { name: 'Delete' })
    .click();
  await expect(bar(page)).toBeHidden();
  await expect.poll(() => matching('Thought')).toBe(1);
});

test('everything that matches is deleted, and what came later stays', async ({ page }) => {
  for (let at = 0; at < 105; at += 1) {
    const payload = { content: `Errand ${at}.` };
    await engine.api('/ingest', { body: { trace_id: `errand-${at}`, event_type: 'reasoning_step', payload } });
  }
  await engine.settled();
  await openStudio(page, engine, '/traces?q=Errand');
  await expect(rows(page).nth(3)).toBeVisible();
  await page.keyboard.press('x');
  await bar(page).getByRole('button', { name: 'Select all that match' }).click();
  await expect(bar(page)).toContainText('All 105 selected');
  await engine.api('/ingest', {
    body: { trace_id: 'errand-late', event_type: 'reasoning_step', payload: { content: 'Errand too late.' } },
  });
  await engine.settled();
  await bar(page).getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog', { name: 'Delete 105 traces?' }).getByRole('button', { name: 'Delete' }).click();
  await expect(bar(page)).toBeHidden();
  await expect.poll(() => matching('Errand')).toBe(1);
});
