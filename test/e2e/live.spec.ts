import { spawnSync } from 'node:child_process';
import { expect, type Page, test } from '@playwright/test';
import { type Engine, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { expectAccessible, openStudio } from '../support/studio.js';

let engine: Engine;
let model: ModelServer;
test.beforeEach(async () => {
  model = await startModelServer();
  engine = await startEngine(['--upstream', `local=${model.url}`, '--upstream', 'nobody=http://127.0.0.1:1']);
});
test.afterEach(async () => {
  await engine.dispose();
  await model.close();
});

/** One call through the gateway; resolves with the body. */
async function call(text: string, upstream = 'local', extra: object = {}): Promise<string> {
  const response = await fetch(`${engine.ready.proxy}/${upstream}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'e2e-agent/1.0' },
    body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: text }], ...extra }),
  });
  return response.text();
}

const rows = (page: Page) => page.getByRole('grid', { name: 'Exchanges' }).getByRole('row').filter({ hasText: 'POST' });

test('says what to do while nothing was captured', async ({ page }) => {
  await openStudio(page, engine);
  await expect(page.getByText('Nothing captured yet')).toBeVisible();
  await page.getByRole('link', { name: 'Connect an agent' }).click();
  await expect(page).toHaveURL(/#\/connect$/);
});

test('a call shows while it streams, and then with its tokens and status', async ({ page }) => {
  await openStudio(page, engine);
  model.say({ text: 'One piece after the other. '.repeat(8), gapMs: 900 });
  const done = call('stream please', 'local', { stream: true, stream_options: { include_usage: true } });
  await expect(rows(page).first()).toContainText('streaming');
  await expect(rows(page).first()).toContainText('gpt-5-mini');
  await expect(page.getByText('1 in flight')).toBeVisible();
  await rows(page).first().click();
  await expect(page.getByRole('complementary', { name: 'Exchange' })).toContainText('Exchange in flight');
  await done;
  await expect(rows(page).first()).toContainText('200');
  await expect(page.getByRole('complementary', { name: 'Exchange' })).toContainText('openai-chat');
  await expect(rows(page)).toHaveCount(1);
});

test('an exchange that a search finds shows in its row what was found', async ({ page }) => {
  model.say({ text: 'The gooseberry jam stands in the cellar.' });
  await call('Where is the jam?');
  await call('And the bread?');
  await openStudio(page, engine);
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).locator('mark')).toHaveCount(0);
  const bar = page.getByRole('combobox', { name: 'Query' });
  await bar.fill('gooseberry');
  await bar.press('Enter');
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).locator('mark')).toHaveText('gooseberry');
  await expect(rows(page).first()).toContainText('jam stands in the cellar');
  await expectAccessible(page);
});

test('pause holds the list, resume brings what was missed, clear hides it', async ({ page }) => {
  await call('one');
  await openStudio(page, engine);
  await expect(rows(page)).toHaveCount(1);
  await page.keyboard.press('p');
  await call('two');
  await expect(page.getByText('Paused · 1 new')).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(page.getByText('What comes next appears here.')).toBeVisible();
  await call('three');
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole('button', { name: 'Show earlier exchanges' }).click();
  await expect(rows(page)).toHaveCount(3);
});

test('the query bar filters, completes by keyboard and underlines the wrong word', async ({ page }) => {
  await call('one');
  await fetch(`${engine.ready.proxy}/local/v1/models`);
  await engine.settled();
  await openStudio(page, engine);
  await expect(page.getByRole('grid', { name: 'Exchanges' }).getByRole('row')).toHaveCount(3);
  await page.keyboard.press('/');
  const bar = page.getByRole('combobox', { name: 'Query' });
  await expect(bar).toBeFocused();
  await page.keyboard.type('mod');
  await page.keyboard.press('Tab');
  await expect(bar).toHaveValue('model:');
  await expect(page.getByRole('option', { name: /gpt-5-mini/ })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(bar).toHaveValue('model:gpt-5-mini ');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('grid', { name: 'Exchanges' }).getByRole('row')).toHaveCount(2);
  await expect(page).toHaveURL(/q=model%3Agpt-5-mini/);
  await bar.fill('model:x modl:gpt');
  await expect(page.getByText('There is no field "modl"')).toBeVisible();
  await expect(bar).toHaveAttribute('aria-invalid', 'true');
  await bar.fill('status:5xx');
  await page.keyboard.press('Enter');
  await expect(page.getByText('No exchange matches')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the query', exact: true }).last().click();
  await expect(page.getByRole('grid', { name: 'Exchanges' }).getByRole('row')).toHaveCount(3);
});

test('the side panel shows captured text as text, marks what was redacted, and saves it', async ({ page }) => {
  const script = '<img src=x onerror="document.title=1">';
  await call(`${script} write to ${'maria'}@${'example.org'} please`);
  await openStudio(page, engine);
  await rows(page).first().click();
  const panel = page.getByRole('complementary', { name: 'Exchange' });
  await panel.getByRole('tab', { name: 'Request' }).click();
  const body = panel.getByRole('region', { name: 'request body' });
  await body.getByText('Text', { exact: true }).click();
  await expect(body).toContainText('<img src=x onerror=');
  expect(await body.locator('img').count()).toBe(0);
  await expect(body.locator('mark')).toHaveText(/^<EMAIL_[0-9a-f]{8}>$/);
  await expect(page).toHaveTitle('Live · Sluice');
  const download = page.waitForEvent('download');
  await body.getByRole('button', { name: 'Download' }).click();
  expect((await download).suggestedFilename()).toMatch(/-request\.json$/);
  await panel.getByRole('tab', { name: /Redacted/ }).click();
  await expect(panel.getByRole('cell', { name: /^<EMAIL_/ }).first()).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
});

test('rows are reached and opened by keyboard, and lead to their trace', async ({ page }) => {
  await call('one');
  await call('two');
  await engine.settled();
  await openStudio(page, engine);
  await expect(rows(page)).toHaveCount(2);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(rows(page).nth(1)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('k');
  await expect(rows(page).first()).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('complementary', { name: 'Exchange' }).getByRole('link', { name: 'Open trace' }).click();
  await expect(page).toHaveURL(/#\/traces\/[0-9a-f-]{36}/);
});

test('a failure says what happened and what to do', async ({ page }) => {
  await call('hello', 'nobody');
  await openStudio(page, engine);
  await rows(page).first().click();
  const problems = page.getByRole('region', { name: 'Problems' });
  await expect(problems).toContainText('upstream_refused');
  await expect(problems).toContainText('Check that the upstream runs');
});

test('a client that refuses the certificate is named and can be tunnelled', async ({ page }) => {
  const curl = spawnSync('curl', ['--version']);
  test.skip(curl.status !== 0, 'needs curl, which tells the proxy why it goes');
  await openStudio(page, engine);
  spawnSync('curl', ['-sS', '-m', '5', '-x', engine.ready.proxy, 'https://api.openai.com/v1/models'], {
    env: { PATH: process.env['PATH'] },
  });
  const notice = page.getByRole('region', { name: 'Clients that refuse the certificate' });
  await expect(notice).toContainText('curl');
  await expect(notice).toContainText('api.openai.com');
  await expectAccessible(page);
  await notice.getByRole('button', { name: 'Tunnel this host' }).click();
  await expect(notice).toBeHidden();
  await page.goto(`${engine.ready.api}/#/settings`);
  await expect(page.getByText('api.openai.com', { exact: true })).toBeVisible();
});
