import { expect, test } from '@playwright/test';
import { type Engine, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { expectAccessible, openStudio } from '../support/studio.js';

/** What this spec uses of the page's globals. */
interface Clipboard {
  navigator: { clipboard: { readText(): Promise<string> } };
}

let engine: Engine;
let model: ModelServer;
test.beforeAll(async () => {
  model = await startModelServer();
  engine = await startEngine(['--upstream', `local=${model.url}`]);
});
test.afterAll(async () => {
  await engine.dispose();
  await model.close();
});

test('lines can be copied for every way, and name this engine', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openStudio(page, engine, '/connect');
  for (const tab of ['Run a command', 'Shells', 'SDKs', 'Agents']) {
    await page.getByRole('tab', { name: tab }).click();
    const panel = page.getByRole('tabpanel', { name: tab });
    const code = await panel.locator('pre').first().textContent();
    await panel
      .getByRole('button', { name: /^Copy: / })
      .first()
      .click();
    expect(await page.evaluate(() => (globalThis as unknown as Clipboard).navigator.clipboard.readText())).toBe(code);
    await expectAccessible(page);
  }
  await page.getByRole('tab', { name: 'SDKs' }).click();
  await expect(page.getByRole('tabpanel', { name: 'SDKs' })).toContainText(new URL(engine.ready.proxy).host);
  await expect(page.getByRole('region', { name: 'Certificate authority' })).toContainText(engine.ready.ca);
});

test('turns green by itself when the first request arrives, and leads to it', async ({ page }) => {
  await openStudio(page, engine, '/connect');
  await expect(page.getByText('Waiting for the first request')).toBeVisible();
  await fetch(`${engine.ready.proxy}/local/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'first-agent/3.1' },
    body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'hello' }] }),
  });
  await expect(page.getByText('First request arrived from first-agent/3.1')).toBeVisible();
  await page.getByRole('link', { name: 'Open live view' }).click();
  await expect(page.getByRole('grid', { name: 'Exchanges' })).toContainText('first-agent/3.1');
});
