import { expect, type Page, test } from '@playwright/test';
import { type Engine, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { openStudio } from '../support/studio.js';

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

/** A call in which the model asks for a tool of this name, and the call with its result. */
async function withTool(tool: string, said = `Please use ${tool}.`): Promise<void> {
  const id = `call_${tool}`;
  const asked = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id, type: 'function', function: { name: tool, arguments: '{"at":"home"}' } }],
  };
  const user = { role: 'user', content: said };
  model.say({ toolCalls: [{ id, name: tool, arguments: { at: 'home' } }] });
  await post([user]);
  model.say({ text: `It was ${tool}.` });
  await post([user, asked, { role: 'tool', tool_call_id: id, content: 'nothing unusual' }]);
  await engine.settled();
}

async function post(messages: unknown[]): Promise<void> {
  const response = await fetch(`${engine.ready.proxy}/local/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'returning-agent/1.0' },
    body: JSON.stringify({ model: 'gpt-5-mini', messages }),
  });
  await response.arrayBuffer();
}

/** Goes to a page without loading the studio anew. */
const goTo = (page: Page, route: string) => page.goto(`${engine.ready.api}/#${route}`);
const captured = (page: Page) => page.getByRole('region', { name: 'Engine state' });

test('from the empty live view over Connect and the first call back to it', async ({ page }) => {
  await openStudio(page, engine);
  await expect(page.getByText('Nothing captured yet')).toBeVisible();
  await page.getByRole('link', { name: 'Connect an agent' }).click();
  await expect(page.getByText('Waiting for the first request')).toBeVisible();
  await post([{ role: 'user', content: 'the first call' }]);
  await expect(page.getByText('First request arrived from returning-agent/1.0')).toBeVisible();
  await page.getByRole('link', { name: 'Open live view' }).click();
  await expect(page.getByRole('grid', { name: 'Exchanges' })).toContainText('returning-agent/1.0');
  await expect(captured(page)).toContainText('Captured1');
  await expect(page.getByText('Nothing captured yet')).toBeHidden();
});

const lists = [
  { list: 'Exchanges', route: '/live', empty: 'Nothing captured yet' },
  { list: 'Traces', route: '/traces', empty: 'No traces yet' },
  { list: 'Tool calls', route: '/tool-calls', empty: 'No tool calls yet' },
  { list: 'Findings', route: '/privacy/findings', empty: 'Nothing was redacted yet' },
];

for (const { list, route, empty } of lists) {
  test(`${list}: what arrived while another page was shown is there on return, each time`, async ({ page }) => {
    await openStudio(page, engine, route);
    await expect(page.getByText(empty)).toBeVisible();
    const rows = page.getByRole('grid', { name: list, exact: true }).getByRole('row');
    let before = 0;
    for (const tool of ['first_tool', 'second_tool']) {
      await goTo(page, '/settings');
      await expect(page.getByRole('heading', { level: 1 })).toContainText('Settings');
      await withTool(tool, `Please use ${tool} for ${tool.slice(0, 5)}.person@example.org.`);
      await goTo(page, route);
      await expect.poll(() => rows.count()).toBeGreaterThan(before + 1);
      before = (await rows.count()) - 1;
    }
  });
}

test('a trace that grew while another page was shown has its new counts on return', async ({ page }) => {
  await withTool('first_tool');
  const { items } = await engine.api<{ items: { trace_id: string }[] }>('/traces');
  const route = `/traces/${items[0]?.trace_id}`;
  await openStudio(page, engine, route);
  const tab = page.getByRole('tab', { name: /^Calls/ });
  await expect(tab).toContainText('2');
  await goTo(page, '/settings');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Settings');
  const user = { role: 'user', content: 'Please use first_tool.' };
  const asked = {
    role: 'assistant',
    content: null,
    tool_calls: [
      { id: 'call_first_tool', type: 'function', function: { name: 'first_tool', arguments: '{"at":"home"}' } },
    ],
  };
  const result = { role: 'tool', tool_call_id: 'call_first_tool', content: 'nothing unusual' };
  await post([
    user,
    asked,
    result,
    { role: 'assistant', content: 'It was first_tool.' },
    { role: 'user', content: 'And now?' },
  ]);
  await engine.settled();
  await goTo(page, route);
  await expect(tab).toContainText('3');
});
