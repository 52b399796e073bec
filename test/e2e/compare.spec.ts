import { expect, type Page, test } from '@playwright/test';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';
import { expectNoSidewaysScroll, watchErrors } from '../support/studio.js';

/** Comparing two, near-duplicates and quality: long journeys on one engine. */

let demo: DemoStudio;
let first: string;
let second: string;
const task = 'Move the harbour ledger to its own file and keep the tests green';

async function send(model: string, session: string, messages: unknown[]): Promise<void> {
  const tools = [{ type: 'function', function: { name: 'bash', parameters: { type: 'object' } } }];
  const response = await fetch(`${demo.engine.ready.proxy}/s/${session}/stub/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages, tools }),
  });
  expect(response.ok).toBe(true);
  await response.arrayBuffer();
}

/** The task by a model: three commands, of which the second is its own, and an answer. */
async function run(model: string, session: string, own: string, answer: string): Promise<void> {
  const messages: unknown[] = [
    { role: 'system', content: 'You keep ledgers.' },
    { role: 'user', content: task },
  ];
  for (const [at, command] of ['ls src', own, 'npm test'].entries()) {
    const id = `call_${at}`;
    demo.model.say({ toolCalls: [{ name: 'bash', arguments: { command }, id }] });
    await send(model, session, messages);
    const call = { id, type: 'function', function: { name: 'bash', arguments: JSON.stringify({ command }) } };
    messages.push(
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: id, content: at === 1 ? `done by ${own}` : 'ledger.ts\nharbour.ts' },
    );
  }
  demo.model.say({ text: answer });
  await send(model, session, messages);
}

const talk = (words: string) =>
  Array.from({ length: 499 }, (_, at) => ({
    role: at % 2 === 0 ? 'user' : 'assistant',
    content: at % 60 === 59 ? `Tide ${at} as the ${words} keeper saw it` : `Tide ${at}, which both keepers saw alike.`,
  }));

const found = async (query: string): Promise<string[]> =>
  (await demo.engine.api(`/traces?limit=20&query=${encodeURIComponent(query)}`)).items.map(
    ({ trace_id }: { trace_id: string }) => trace_id,
  );

test.beforeAll(async () => {
  demo = await startDemo();
  await run('gpt-5.1', 'ledger-1', 'git mv src/all.ts src/ledger.ts', 'The ledger has its own file. All tests pass.');
  await run('claude-opus-4-7', 'ledger-2', 'cp src/all.ts src/ledger.ts', 'I copied the ledger. All tests pass.');
  for (const [at, words] of ['northern', 'southern'].entries()) {
    demo.model.say({ text: `So said the ${words} keeper` });
    await send('gpt-5.1', `tides-${at}`, talk(words));
  }
  await demo.engine.settled();
  [second, first] = (await found('model:claude-opus-4-7 "harbour ledger"')).concat(
    await found('model:gpt-5.1 "harbour ledger"'),
  ) as [string, string];
});
test.afterAll(() => demo[Symbol.asyncDispose]());

const rows = (page: Page) => page.getByRole('region', { name: 'Aligned steps' }).getByRole('listitem');
const active = (page: Page) => rows(page).and(page.locator('[aria-current=true]'));
const said = (page: Page, name: RegExp) => page.getByRole('button', { name, pressed: true });
const comparisons = async () => (await demo.engine.api(`/traces/${first}/labels`)).comparisons;

test('from a trace by keyboard: the other run, its first difference, which is better, and back', async ({ page }) => {
  const errors = watchErrors(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await demo.open(page, `/traces/${first}`);
  await expect(page.getByRole('group', { name: 'Review' })).toBeVisible();
  await page.keyboard.press('=');
  const candidates = page.getByRole('grid', { name: 'Compare with' });
  await expect(candidates).toContainText('claude-opus-4-7');
  await expect(candidates).toContainText('same task');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');

  await expect(page.getByText('Difference 1 of 3')).toBeVisible();
  await expect(active(page)).toContainText('Tool call');
  await expect(active(page).locator('del')).toContainText(['git mv']);
  await expect(active(page).locator('ins')).toContainText(['cp']);
  await expect(active(page)).toBeInViewport();
  await expect(rows(page).filter({ hasText: 'equal steps' })).toHaveCount(1);
  await page.keyboard.press('n');
  await expect(active(page)).toContainText('done by');
  await page.keyboard.press('p');
  await expect(page.getByText('Difference 1 of 3')).toBeVisible();
  await page.keyboard.press('f');
  await expect(rows(page).filter({ hasText: 'equal steps' })).toHaveCount(0);
  await page.keyboard.press('f');

  await page.keyboard.press('r');
  await page.keyboard.type('It moves, the other copies');
  await page.keyboard.press('Enter');
  await page.keyboard.press('a');
  await expect(said(page, /^A better/)).toBeVisible();
  await expect(page.getByText('One preference pair: A chosen, B rejected')).toBeVisible();
  await expect.poll(comparisons).toMatchObject([{ preferred: 'a', reason: 'It moves, the other copies' }]);
  await page.keyboard.press('t');
  await expect(said(page, /^Tie/)).toBeVisible();
  await expect(page.getByText('No preference pair comes of it')).toBeVisible();
  await page.keyboard.press('u');
  await expect(said(page, /^A better/)).toBeVisible();
  await page.keyboard.press('u');
  await expect(page.getByText('Nothing said yet')).toBeVisible();
  await expect.poll(comparisons).toEqual([]);
  await page.keyboard.press('U');
  await expect(said(page, /^A better/)).toBeVisible();

  await page.keyboard.press('s');
  await expect(page).toHaveURL(new RegExp(`a=${second}`));
  await expect(said(page, /^B better/)).toBeVisible();
  await expectAccessibleInBothThemes(page);
  await page.setViewportSize({ width: 1024, height: 700 });
  await expectNoSidewaysScroll(page);
  // One below the other, where two columns would be too narrow to read.
  const [removed, added] = await Promise.all(
    ['del', 'ins'].map((tag) => active(page).locator(tag).first().boundingBox()),
  );
  expect(added?.y).toBeGreaterThan(removed?.y ?? Number.POSITIVE_INFINITY);
  await page.keyboard.press('c');
  await expect(page.getByRole('grid', { name: 'Compare with' })).toContainText('yes');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('harbour ledger');
  expect(errors).toEqual([]);
});

test('a call is compared from the calls tab, and says where nothing can be', async ({ page }) => {
  await demo.open(page, `/traces/${first}?tab=calls`);
  await page.getByRole('region', { name: 'Model calls' }).getByRole('link', { name: 'Compare' }).nth(1).click();
  await expect(page).toHaveURL(/a_call=/);
  await expect(page.getByText('Nothing to compare it with')).toBeVisible();
});

test('500 by 500 steps: only the rows in sight are drawn, from the first difference to the last', async ({ page }) => {
  const [a, b] = await found('"both keepers saw alike"');
  await demo.open(page, `/compare?a=${a}&b=${b}`);
  await expect(page.getByText('Difference 1 of 9')).toBeVisible();
  await expect(active(page)).toContainText('Tide 59');
  await page.keyboard.press('f');
  await expect(rows(page).first()).toHaveAttribute('aria-setsize', '500');
  expect(await rows(page).count()).toBeLessThan(40);
  await page.keyboard.press('End');
  await expect(active(page)).toContainText('keeper');
  await expect(active(page)).toHaveAttribute('aria-posinset', '500');
  await expect(active(page)).toBeInViewport();
  expect(await rows(page).count()).toBeLessThan(40);
});

test('near-duplicates: found as a job, who is kept and why, how near the others are, two compared', async ({
  page,
}) => {
  await demo.open(page, '/traces');
  await page.getByRole('link', { name: 'Near-duplicates' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Near-duplicates' })).toBeVisible();
  await page.getByText('Tasks', { exact: true }).click();
  await page.getByRole('button', { name: 'Find near-duplicates' }).click();
  await expect(page.getByText(/looked at, \d+ clusters?, \d+ duplicates? from 0.72 on/)).toBeVisible();
  const clusters = page.getByRole('grid', { name: 'Clusters' });
  await expect(clusters).toContainText('harbour ledger');
  await clusters.getByRole('row').filter({ hasText: 'harbour ledger' }).click();
  const panel = page.getByRole('complementary', { name: 'Cluster' });
  await expect(panel).toContainText('Kept by rule: the ');
  await expect(panel.getByRole('listitem')).toHaveCount(2);
  await expect(panel.getByRole('listitem').first()).toContainText('kept');
  await expect(panel.getByRole('listitem').last()).toContainText('100.0 % similar');
  await expectAccessibleInBothThemes(page);
  await panel.getByRole('link', { name: /^Compare/ }).click();
  await expect(page.getByText('Difference 1 of 3')).toBeVisible();
});

test('quality: computed on demand, evidence by keyboard, no value with its reason, steps lead to it', async ({
  page,
}) => {
  await demo.open(page, `/traces/${first}?tab=quality`);
  await page.getByRole('button', { name: 'Compute now' }).click();
  const scores = page.getByRole('list', { name: 'Scores' });
  await expect(scores.getByRole('listitem')).toHaveCount(10);
  await expect(scores.getByRole('listitem').filter({ hasText: 'user_satisfaction' })).toContainText(
    'Nobody said anything',
  );
  await expect(page.getByText('Training weight')).toBeVisible();
  await page.getByRole('link', { name: 'Near-duplicates' }).focus();
  await page.keyboard.press('Tab');
  await expect(scores.getByRole('group', { name: /^Success rate/ })).toBeFocused();
  await expect(page.getByRole('tooltip').filter({ hasText: '3 of 3 actions ended well' })).toBeVisible();
  await expectAccessibleInBothThemes(page);

  const work = page.getByLabel('Field of work');
  await expect(work).toHaveValue('');
  await page.keyboard.press('F');
  await expect(work).toBeFocused();
  await work.selectOption('Finance');
  await expect(page.getByText('said by a person')).toBeVisible();
  await expect
    .poll(async () => (await demo.engine.api(`/traces?query=${encodeURIComponent('domain:finance')}`)).items.length)
    .toBe(1);
  await work.selectOption('as the rules say');
  await expect(page.getByText('no rule tells one')).toBeVisible();

  await scores
    .getByRole('button', { name: /^step \d/ })
    .first()
    .click();
  await expect(page.getByRole('log', { name: 'Conversation' }).locator('[data-selected]')).toBeInViewport();

  await demo.open(page, '/traces');
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByRole('menuitem', { name: /^complete_execution/ }).click();
  const query = page.getByRole('combobox', { name: 'Query' });
  await expect(query).toHaveValue('status:completed score.completeness>=0.9');
  await query.fill('status:completed score.completeness>=0.5 harbour');
  await query.press('Enter');
  await expect(page.getByRole('grid', { name: 'Traces' })).toContainText('harbour ledger');
});
