import { expect, type Page, test } from '@playwright/test';
import { type Engine, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { expectAccessible, openStudio } from '../support/studio.js';

let engine: Engine;
let model: ModelServer;
test.beforeEach(async () => {
  model = await startModelServer();
  engine = await startEngine(['--upstream', `local=${model.url}`]);
});
test.afterEach(async () => {
  await engine.dispose();
  await model.close();
});

async function post(messages: unknown[]): Promise<void> {
  const response = await fetch(`${engine.ready.proxy}/local/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'golden-agent/2.0' },
    body: JSON.stringify({ model: 'gpt-5-mini', messages }),
  });
  await response.arrayBuffer();
}

/** A task, a tool that the model asks for and what it gave, and the answer to that. */
async function task(said: string, tool: string, result: string): Promise<void> {
  const id = `call_${tool}`;
  const user = { role: 'user', content: said };
  const call = { id, type: 'function', function: { name: tool, arguments: '{"where":"here"}' } };
  model.say({ toolCalls: [{ id, name: tool, arguments: { where: 'here' } }] });
  await post([user]);
  model.say({ text: `Done with ${tool}.` });
  await post([
    user,
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: id, content: result },
  ]);
  await engine.settled();
}

const traces = (page: Page) => page.getByRole('grid', { name: 'Traces' });
const search = (page: Page) => page.getByRole('combobox', { name: 'Query' });
const conversation = (page: Page) => page.getByRole('log', { name: 'Conversation' });
const current = (page: Page) => conversation(page).locator('mark[data-current]');
const count = (page: Page) => page.getByRole('search', { name: 'Find in this trace' }).getByRole('status');

test('the first call is seen, on Connect and live', async ({ page }) => {
  await openStudio(page, engine, '/connect');
  await expect(page.getByText('Waiting for the first request')).toBeVisible();
  await post([{ role: 'user', content: 'the very first' }]);
  await expect(page.getByText('First request arrived from golden-agent/2.0')).toBeVisible();
  await page.getByRole('link', { name: 'Open live view' }).click();
  await expect(page.getByRole('grid', { name: 'Exchanges' })).toContainText('golden-agent/2.0');
});

test('a failed tool is seen as failed, in the list, in the trace and by a query', async ({ page }) => {
  await task('Run the checks.', 'run_checks', '{"exit_code": 1, "stderr": "plan.md: no such file"}');
  await task('Look at the sky.', 'look_up', 'It is blue.');
  await openStudio(page, engine, '/tool-calls');
  const calls = page.getByRole('grid', { name: 'Tool calls' });
  await expect(calls.getByRole('row').filter({ hasText: 'run_checks' })).toContainText('error');
  await expect(calls.getByRole('row').filter({ hasText: 'look_up' })).toContainText('ok');
  await search(page).fill('status:error');
  await expect(calls.getByRole('row')).toHaveCount(2);
  await calls.getByRole('link', { name: 'Open' }).click();
  await expect(conversation(page).locator('[data-selected]')).toContainText('run_checks');
  await expect(conversation(page).locator('[data-selected]')).toContainText('error');
});

test('a word of a result is found, shown in its row and landed on', async ({ page }) => {
  const long = Array.from({ length: 400 }, (_, line) => `line ${line} of a listing that nobody reads`).join('\n');
  await task(
    'List what is in the attic.',
    'list_files',
    `${long}\nthe zanzibar-crate stands behind the chimney\n${long}`,
  );
  await task('Count the boats.', 'count_boats', 'Seventeen boats.');
  await openStudio(page, engine, '/traces');
  await expect(traces(page).getByRole('row')).toHaveCount(3);
  await search(page).fill('Zanzibar');
  await search(page).press('Enter');
  await expect(traces(page).getByRole('row')).toHaveCount(2);
  const row = traces(page).getByRole('row').nth(1);
  await expect(row.locator('mark')).toHaveText('zanzibar');
  await expect(row).toContainText('-crate stands behind the chimney');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('List what is in the attic');
  await expect(current(page)).toHaveText('zanzibar');
  await expect(current(page)).toBeInViewport();
  await expect(count(page)).toHaveText('1 of 1 step, 1 time');
  // Back and a reload keep it.
  await page.reload();
  await expect(current(page)).toBeInViewport();
  await page.goBack();
  await expect(row.locator('mark')).toHaveText('zanzibar');
});

test('what is looked for in a long trace is counted before it is read, and walked by keys', async ({ page }) => {
  for (let at = 0; at < 1200; at += 1) {
    const content = at % 400 === 399 ? `Note ${at}: the needle, and a needle again.` : `Note ${at}: hay.`;
    await engine.api('/ingest', {
      body: { trace_id: 'long', event_type: 'reasoning_step', payload: { content } },
    });
  }
  await engine.settled();
  const { items } = await engine.api('/traces');
  await openStudio(page, engine, `/traces/${items[0].trace_id}`);
  await expect(conversation(page)).toContainText('Note 0: hay.');
  await page.keyboard.press('/');
  await expect(page.getByRole('textbox', { name: 'Find in this trace' })).toBeFocused();
  await page.keyboard.type('NEEDLE');
  await expect(count(page)).toContainText('3 steps, 6 times');
  await page.keyboard.press('Enter');
  await expect(conversation(page)).toBeFocused();
  const at = async (place: string, note: number) => {
    await expect(count(page)).toHaveText(`${place} of 3 steps, 6 times`);
    await expect(page.locator('[data-selected]')).toContainText(`Note ${note}:`);
    await expect(current(page)).toBeInViewport();
  };
  // The first was gone to when typing paused; Enter goes on, within its step.
  await at('1', 399);
  await page.keyboard.press('n');
  await page.keyboard.press('n');
  await at('2', 799);
  await page.keyboard.press('N');
  await page.keyboard.press('N');
  await at('1', 399);
  await page.keyboard.press('N');
  await page.keyboard.press('N');
  await at('3', 1199);
  await expect(page.getByRole('option', { name: /found here/ }).first()).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(count(page)).toBeHidden();
  await expect(page.locator('mark[data-found]')).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(items[0].trace_id));
  await page.keyboard.press('Escape');
  await expect(traces(page)).toBeVisible();
});

test('a word of a result is shown in the list of tool calls too', async ({ page }) => {
  await task('Look for the key.', 'search_house', `${'Nothing here. '.repeat(60)}The brass key hangs in the pantry.`);
  await openStudio(page, engine, '/tool-calls?q=brass');
  const calls = page.getByRole('grid', { name: 'Tool calls' });
  await expect(calls.locator('mark')).toHaveText('brass');
  await expect(calls).toContainText('key hangs in the pantry');
});
