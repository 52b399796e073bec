import { expect, type Page, test } from '@playwright/test';
import type { QueueItem, Review, TraceLabels } from '../../src/shared/model/index.js';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';
import { watchErrors } from '../support/studio.js';

/** A review without the mouse, by two reviewers of one queue. */

const errands = 6;
let demo: DemoStudio;
let ben: string;
test.beforeAll(async () => {
  demo = await startDemo();
  for (let number = 0; number < errands; number += 1) {
    const payload = { content: `Errand number ${number} of the quay` };
    await demo.engine.api('/ingest', { body: { trace_id: `quay/${number}`, event_type: 'reasoning_step', payload } });
  }
  await demo.traceId('CI is red');
  await demo.engine.settled();
  ben = (await demo.engine.api('/tokens', { body: { name: 'ben', scopes: ['review'] } })).token;
});
test.afterAll(() => demo[Symbol.asyncDispose]());

const items = async (queue: string): Promise<QueueItem[]> =>
  (await demo.engine.api(`/queues/${encodeURIComponent(queue)}/items?limit=200`)).items;
const panel = (page: Page) => page.getByRole('complementary', { name: 'Decision' });
const openSteps = async (page: Page) => {
  await expect(panel(page)).toBeVisible();
  await expect(page.getByRole('log', { name: 'Conversation' })).toContainText(/\w/);
};
const told = (page: Page, text: string | RegExp) =>
  expect(page.getByRole('status').filter({ hasText: text }).first()).toBeVisible();

/** All that was said, without the times at which it was. */
async function state(queue: string, traceIds: readonly string[]): Promise<string> {
  const timeless = (value: object) =>
    JSON.stringify(value, (key, each) =>
      /_at$|^lease_until$|^spent_ms$|^trace_revision$/.test(key) ? undefined : each,
    );
  const said = await Promise.all(
    traceIds.map(async (id) => {
      const review: Review | null = (await demo.engine.api(`/traces/${id}`)).review;
      const { corrections, step_labels }: TraceLabels = await demo.engine.api(`/traces/${id}/labels`);
      const { label, rating, tags, note } = review ?? { label: null, rating: null, tags: [], note: '' };
      return timeless({ label, rating, tags, note, corrections, step_labels });
    }),
  );
  return [...said, ...(await items(queue)).map(timeless)].join('\n');
}

test('a queue is made, worked, and every act undone and done again, by keyboard alone', async ({ page }) => {
  const errors = watchErrors(page);
  await demo.open(page, '/traces');
  await expect(page.getByRole('grid', { name: 'Traces' })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await expect(page.getByText('No review queues yet')).toBeVisible();
  await page.keyboard.press('n');
  const form = page.getByRole('dialog', { name: 'New queue' });
  await expect(form.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.type('repairs');
  await page.keyboard.press('Tab');
  await page.keyboard.type('has:tool');
  await page.keyboard.press('Escape');
  await expect(form.getByText(/^[1-9]\d* traces match now/)).toBeVisible();
  await expectAccessibleInBothThemes(page, '[role=dialog]');
  await form.getByRole('textbox', { name: 'Name' }).press('Enter');
  await expect(page.getByRole('grid', { name: 'Review queues' })).toContainText('repairs');
  // As long as it fades, keys are its own.
  await expect(form).toBeHidden();
  await page.keyboard.press('Enter');
  await openSteps(page);

  // Each kind of act on the first item, in one go.
  const [taken] = await items('repairs');
  const first = (taken as QueueItem).trace_id;
  const untouched = await state('repairs', [first]);
  await page.keyboard.press('l');
  await expect(page.locator('[data-selected]')).toBeVisible();
  for (const key of ['+', '-']) await page.keyboard.press(key);
  await told(page, 'Step labelled: wrong');
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'Correct the tool call' });
  await dialog.getByRole('textbox', { name: 'Arguments' }).press('Control+a');
  await page.keyboard.type('{"mistyped": ');
  await expect(dialog.getByRole('list', { name: 'Problems' })).toContainText('not JSON yet');
  await page.keyboard.type('"Errand"}');
  await expect(dialog.getByRole('group', { name: 'Original and Corrected' })).toContainText('Errand');
  await expectAccessibleInBothThemes(page, '[role=dialog]');
  await dialog.getByRole('textbox', { name: 'Why' }).press('Control+Enter');
  await expect(page.getByRole('region', { name: 'Correction by owner' }).first()).toBeVisible();
  if (await dialog.isVisible()) await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.keyboard.press('b');
  await page.keyboard.press('Tab');
  const better = page.getByRole('dialog', { name: 'What would have been better' });
  await better.getByRole('textbox', { name: 'Why' }).fill('It asks for what is there.');
  await page.keyboard.press('Control+Enter');
  await expect(better).toBeHidden();
  await page.keyboard.press('w');
  await told(page, /^First wrong step/);
  await page.keyboard.press('a');
  await page.keyboard.press('4');
  await page.keyboard.press('t');
  await page.keyboard.type('quay');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await page.keyboard.type('Two bugs.');
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press('Control+Enter');
  await told(page, 'Submitted: accepted');
  await openSteps(page);
  await page.keyboard.press('s');
  await told(page, 'Skipped');
  // The one after is taken as soon as it is shown.
  await expect.poll(async () => (await items('repairs')).length).toBe(3);
  const all = await state('repairs', [first]);
  expect(all).toContain('"note":"Two bugs."');
  expect(all).toContain('"first_wrong":true');
  expect(all).toContain('It asks for what is there.');
  expect(all).toContain('"tags":["quay"]');

  // Skip, submit, note, tags, rating, accept, first wrong, better, correction, wrong, right.
  const acts = 11;
  for (let done = 0; done < acts; done += 1) await page.keyboard.press('u');
  await expect.poll(() => state('repairs', [first]).then((now) => now.split('\n')[0])).toBe(untouched.split('\n')[0]);
  expect((await items('repairs')).every((item) => item.state === 'assigned')).toBe(true);
  await expect(panel(page).getByRole('button', { pressed: true })).toHaveCount(0);
  for (let done = 0; done < acts; done += 1) await page.keyboard.press('U');
  await expect.poll(() => state('repairs', [first])).toBe(all);

  // Back to what was decided: it stays so until it is opened again, which an undo takes back.
  await page.keyboard.press('[');
  await page.keyboard.press('[');
  await expect(panel(page)).toContainText('decided');
  await page.keyboard.press('r');
  await told(page, /decided already/);
  await page.keyboard.press('o');
  await page.keyboard.press('r');
  await expect(panel(page).getByRole('button', { name: /^Reject/, pressed: true })).toBeVisible();
  for (const key of ['u', 'u']) await page.keyboard.press(key);
  await expect.poll(() => state('repairs', [first])).toBe(all);

  // A correction is said anew and taken away; both are undone.
  const correction = page.getByRole('region', { name: 'Correction by owner' });
  for (const key of ['l', 'c']) await page.keyboard.press(key);
  await dialog.getByRole('button', { name: 'Edit' }).press('Enter');
  await expect(dialog.getByRole('textbox', { name: 'Arguments' })).toHaveValue(/Errand/);
  await dialog.getByRole('textbox', { name: 'Why' }).fill('Said anew.');
  await page.keyboard.press('Control+Enter');
  // What does not fit the tool's schema is kept, and told once more.
  await expect(correction.first()).toContainText('Said anew.');
  if (await dialog.isVisible()) await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.keyboard.press('c');
  await dialog.getByRole('button', { name: 'Remove' }).press('Enter');
  await expect(dialog.getByRole('button', { name: 'Edit' })).toHaveCount(0);
  await dialog.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(correction).toHaveCount(0);
  await page.keyboard.press('u');
  await expect(correction.first()).toContainText('Said anew.');
  await page.keyboard.press('u');
  await expect.poll(() => state('repairs', [first])).toBe(all);
  // Back from the first tool call leads to the last.
  await page.keyboard.press('L');
  await told(page, /^From the end again: the last tool call|^No other tool call/);
  expect(errors).toEqual([]);
});

test('keys that come faster than the engine answers meet the item they were meant for', async ({ page }) => {
  await demo.engine.api('/queues', { body: { name: 'quay', query: 'quay', order: 'oldest', second_review: 1 } });
  await demo.open(page, '/review/quay');
  await openSteps(page);
  const ratings = Array.from({ length: errands }, (_, at) => (at % 5) + 1);
  for (const [at, rating] of ratings.entries()) {
    await page.keyboard.press(at % 2 === 0 ? 'a' : 'r');
    await page.keyboard.press(String(rating));
    await page.keyboard.press('n');
    await page.keyboard.type(`no. ${at}`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
  }
  await expect(page.getByText('Nothing is left for you in this queue')).toBeVisible();
  const done = (await items('quay')).reverse();
  expect(done.map(({ decision }) => [decision?.rating, decision?.note, decision?.label])).toEqual(
    ratings.map((rating, at) => [rating, `no. ${at}`, at % 2 === 0 ? 'accepted' : 'rejected']),
  );
  // All of it back, and there again.
  for (let at = 0; at < errands * 4; at += 1) await page.keyboard.press('u');
  await expect.poll(async () => (await items('quay')).filter(({ state }) => state === 'submitted').length).toBe(0);
  for (let at = 0; at < errands * 4; at += 1) await page.keyboard.press('U');
  await expect
    .poll(async () => (await items('quay')).filter(({ state }) => state === 'submitted').length)
    .toBe(errands);
  expect((await items('quay')).reverse().map(({ decision }) => decision)).toEqual(done.map(({ decision }) => decision));
});

test('the second reviewer sees nothing of the first, and what they do not agree on is shown with both labels', async ({
  page,
}) => {
  await page.goto(`${demo.engine.ready.api}/#token=${ben}&to=/review/quay`);
  await openSteps(page);
  await expect(panel(page)).toContainText('A second review, blind.');
  await expect(panel(page).getByRole('textbox', { name: 'Note' })).toHaveValue('');
  await expect(page.getByText(/no\. \d/)).toHaveCount(0);
  await expect(page.locator('main')).not.toContainText('owner');
  await expect(panel(page).getByRole('button', { pressed: true })).toHaveCount(0);
  await page.keyboard.press('r');
  await page.keyboard.press('Enter');
  await told(page, 'Submitted: rejected');
  await expect.poll(async () => (await items('quay')).filter(({ disputed }) => disputed).length).toBe(2);
  await page.keyboard.press('[');
  const dispute = page.getByRole('region', { name: 'Disputed' });
  await expect(dispute).toContainText('owner accepted');
  await expect(dispute).toContainText('ben rejected');
  await page.keyboard.press('a');
  await expect(dispute).toContainText('settled: accepted');
  await expect(dispute).toContainText('ben rejected');
  await expect.poll(async () => (await items('quay')).filter(({ disputed }) => disputed).length).toBe(0);
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press('Escape');
  const queue = page.getByRole('complementary', { name: 'Queue' });
  await expect(queue).toBeVisible();
});

test('keys are changed in the help, a key that is taken is refused, and all go back', async ({ page }) => {
  await demo.engine.api('/queues', { body: { name: 'by other keys', query: '' } });
  await demo.open(page, '/review');
  const list = page.getByRole('grid', { name: 'Review queues' });
  await expect(list).toBeVisible();
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard' });
  await dialog.getByLabel('Search the shortcuts').fill('skip: leave');
  const change = dialog.getByRole('button', { name: /Skip: leave it to others/ });
  await change.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('a');
  await expect(dialog.getByText('a is “Accept” already.')).toBeVisible();
  await change.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('q');
  await expect(dialog.getByText('q now: Skip: leave it to others.')).toBeVisible();
  await expectAccessibleInBothThemes(page, '[role=dialog]');
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(list).toBeVisible();
  await page.keyboard.press('?');
  await dialog.getByLabel('Search the shortcuts').fill('skip: leave');
  await expect(dialog.getByRole('button', { name: 'Change q: Skip: leave it to others' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Reset all' }).click();
  await expect(dialog.getByRole('button', { name: 'Change s: Skip: leave it to others' })).toBeVisible();
  await dialog.getByLabel('Search the shortcuts').fill('rate');
  await expect(dialog.getByText(/^Fixed.*: each digit is the rating/)).toBeVisible();
  await dialog.getByLabel('Search the shortcuts').fill('');
  await expectAccessibleInBothThemes(page, '[role=dialog]');
  await page.keyboard.press('Escape');

  // What is said and not submitted is there when the page is loaded anew.
  await demo.open(page, '/review/by%20other%20keys');
  await openSteps(page);
  for (const key of ['r', '2', 'n']) await page.keyboard.press(key);
  await page.keyboard.type('Half a not');
  await expect.poll(async () => (await items('by other keys'))[0]?.draft?.note).toBe('Half a not');
  await page.reload();
  await openSteps(page);
  await expect(panel(page).getByRole('button', { name: /^Reject/, pressed: true })).toBeVisible();
  await expect(panel(page).getByRole('textbox', { name: 'Note' })).toHaveValue('Half a not');

  // A queue is deleted, and back by an undo.
  await demo.open(page, '/review?queue=by%20other%20keys');
  await expect(list).toContainText('by other keys');
  await page.keyboard.press('Delete');
  await page
    .getByRole('dialog', { name: 'Delete the queue by other keys' })
    .getByRole('button', { name: 'Delete' })
    .press('Enter');
  await expect(list).not.toContainText('by other keys');
  await page.keyboard.press('u');
  await expect(list).toContainText('by other keys');
});
