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
  await engine.settled(60_000);
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
  await expect(page.getByText('Undone: Note saved on 2 traces')).toBeVisible();
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
