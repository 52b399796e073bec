import { expect, type Page, test } from '@playwright/test';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';

let demo: DemoStudio;
let coding: string;
test.beforeAll(async () => {
  demo = await startDemo();
  coding = await demo.traceId('CI is red');
});
test.afterAll(() => demo[Symbol.asyncDispose]());

const steps = (page: Page) => page.getByRole('listbox', { name: 'Steps in order' });
const conversation = (page: Page) => page.getByRole('log', { name: 'Conversation' });
const tab = (page: Page, name: string | RegExp) => page.getByRole('tab', { name });

test('shows messages, reasoning folded, and a tool call together with its result', async ({ page }) => {
  await demo.open(page, `/traces/${coding}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('CI is red');
  const reasoning = conversation(page)
    .getByRole('button', { name: /^Reasoning/ })
    .first();
  await expect(reasoning).toHaveAttribute('aria-expanded', 'false');
  await reasoning.click();
  await expect(reasoning).toHaveAttribute('aria-expanded', 'true');
  const tool = conversation(page).locator('[data-index]').filter({ hasText: 'python -m pytest' }).first();
  await expect(tool.getByRole('group', { name: 'Arguments' })).toContainText('python -m pytest');
  await expect(tool.getByRole('group', { name: 'Result' })).toContainText('AssertionError');
});

test('timeline and conversation follow each other, and a step has its own link', async ({ page }) => {
  await demo.open(page, `/traces/${coding}`);
  const last = steps(page).getByRole('option').last();
  await last.click();
  await expect(last).toHaveAttribute('aria-selected', 'true');
  await expect(page).toHaveURL(/step=/);
  await expect(conversation(page).locator('[data-selected]')).toBeInViewport();

  const link = new URL(page.url()).hash.slice(1);
  await demo.open(page, link);
  await expect(conversation(page).locator('[data-selected]')).toBeInViewport();
  await expect(steps(page).locator('[aria-selected=true]')).toBeVisible();

  await conversation(page).evaluate((element) => {
    element.scrollTop = 0;
  });
  await expect(steps(page).getByRole('option').first()).toHaveAttribute('data-in-view', 'true');
});

test('j and k step through', async ({ page }) => {
  await demo.open(page, `/traces/${coding}`);
  await expect(steps(page).getByRole('option').first()).toBeVisible();
  for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
  await expect(steps(page).getByRole('option').nth(1)).toHaveAttribute('aria-selected', 'true');
});

test('links a subagent and its parent', async ({ page }) => {
  await demo.open(page, `/traces/${coding}`);
  await page.getByRole('button', { name: /subagent traces/ }).click();
  await page.getByRole('menuitem', { name: /Search the tidewatch/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Search the tidewatch');
  await page.getByRole('link', { name: coding.slice(-8) }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('CI is red');
});

test('marks in place what was redacted', async ({ page }) => {
  await demo.open(page, `/traces/${await demo.traceId('checkout service on staging')}`);
  const mark = conversation(page).locator('mark').filter({ hasText: '<PASSWORD_' }).first();
  await expect(mark).toHaveAttribute('title', /Found by .+, confidence \d+ %/);
  await tab(page, 'Redactions').click();
  const findings = page.getByRole('region', { name: 'Findings' });
  await expect(findings.getByRole('heading', { name: 'PASSWORD' })).toBeVisible();
  await page.getByText('By place').click();
  await expect(findings).toContainText('request.');
});

test('tool calls, decisions, calls and raw exchanges of a trace', async ({ page }) => {
  await demo.open(page, `/traces/${coding}`);
  await tab(page, 'Tool calls').click();
  await page.getByRole('grid', { name: 'Tool calls' }).getByRole('row').nth(2).click();
  await page.getByRole('button', { name: 'In the conversation' }).click();
  await expect(conversation(page).locator('[data-selected]')).toBeInViewport();

  await tab(page, 'Decisions').click();
  const decision = page.getByRole('region', { name: 'Decisions' }).getByRole('article').first();
  await expect(decision).toContainText('derived');
  await expect(decision.locator('li[data-chosen]')).toContainText('Bash');

  await tab(page, /^Calls/).click();
  const second = page.getByRole('region', { name: 'Model calls' }).getByRole('article').nth(1);
  await expect(second).toContainText('recorded');
  await expect(second.getByRole('button', { name: 'call 1' })).toBeVisible();
  await second.getByRole('button', { name: 'Raw' }).click();
  await expect(tab(page, 'Raw')).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText('https://api.anthropic.com/v1/messages').first()).toBeVisible();
});

test('grows while it is watched', async ({ page }) => {
  const history: unknown[] = [{ role: 'user', content: 'Count the open tickets' }];
  demo.model.say({ toolCalls: [{ name: 'count', arguments: { state: 'open' }, id: 'call_growing' }] });
  await demo.chat('growing', history, ['count']);
  await demo.open(page, `/traces/${await demo.traceId('Count the open tickets')}`);
  await expect(conversation(page)).toContainText('no result yet');
  demo.model.say({ text: 'There are 12 open tickets.' });
  history.push(
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_growing', type: 'function', function: { name: 'count', arguments: '{"state":"open"}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_growing', content: '12' },
  );
  await demo.chat('growing', history, ['count']);
  await expect(conversation(page)).toContainText('There are 12 open tickets.');
  await expect(conversation(page)).not.toContainText('no result yet');
});

test('hostile and huge content stays text and stays bounded', async ({ page }) => {
  const huge = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>\n${'x'.repeat(79).concat('\n').repeat(62_500)}`;
  demo.model.say({ text: '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe> **not bold**' });
  await demo.chat('hostile', [
    { role: 'user', content: 'Read the huge file' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_huge', type: 'function', function: { name: 'read', arguments: '{"path":"huge"}' } }],
    },
    { role: 'tool', tool_call_id: 'call_huge', content: huge },
  ]);
  await demo.open(page, `/traces/${await demo.traceId('Read the huge file')}`);
  await expect(conversation(page)).toContainText('<img src=x onerror=');
  await expect(conversation(page)).toContainText('**not bold**');
  const size = () => conversation(page).evaluate((element) => element.textContent?.length ?? 0);
  expect(await size()).toBeLessThan(20_000);
  await conversation(page)
    .getByRole('button', { name: /Show more 5 MB left/ })
    .click();
  await expect.poll(size).toBeGreaterThan(16_000);
  expect(await size()).toBeLessThan(40_000);
  expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
  expect(await page.locator('main img, main iframe, main script').count()).toBe(0);
});

test('a trace that does not exist says so and leads back', async ({ page }) => {
  await demo.open(page, '/traces/01990000-0000-7000-8000-000000000000');
  await expect(page.getByText('not_found')).toBeVisible();
  await page.getByRole('link', { name: 'All traces' }).click();
  await expect(page.getByRole('grid', { name: 'Traces' })).toBeVisible();
});

for (const name of ['conversation', 'tools', 'decisions', 'calls', 'redactions', 'raw']) {
  test(`the ${name} view fits 1024 px and has no serious axe violation`, async ({ page }) => {
    await page.setViewportSize({ width: 1024, height: 700 });
    await demo.open(page, `/traces/${coding}?tab=${name}`);
    await expect(page.getByRole('tabpanel').first()).toBeVisible();
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await expectAccessibleInBothThemes(page);
  });
}
