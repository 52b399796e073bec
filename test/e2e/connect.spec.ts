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

test('the lines of a run say its scenario and mode, and a trace says and changes them', async ({ page }) => {
  await openStudio(page, engine, '/connect');
  const panel = page.getByRole('tabpanel', { name: 'Run a command' });
  await panel.getByLabel('Scenario').fill('Harbour survey');
  await panel.getByRole('combobox', { name: 'Mode' }).click();
  await page.getByRole('option', { name: 'SIMULATION' }).click();
  for (const line of await panel.locator('pre').all())
    await expect(line).toContainText("--scenario 'Harbour survey' --mode SIMULATION -- your-agent");
  await expectAccessible(page);

  await fetch(`${engine.ready.proxy}/local/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-sluice-scenario': 'Harbour survey' },
    body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'How deep is it here?' }] }),
  });
  const id = await engine.until('/traces?query=scenario:"Harbour survey"', ({ items }) => items[0]?.trace_id);
  await openStudio(page, engine, `/traces/${id}`);
  await page.getByRole('button', { name: 'Scenario: Harbour survey' }).click();
  const dialog = page.getByRole('dialog', { name: 'Scenario and mode' });
  await dialog.getByLabel('Scenario').fill('Depth sounding');
  await dialog.getByRole('combobox', { name: 'Mode' }).fill('EXEC');
  await page.getByRole('option', { name: 'EXECUTION' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Scenario: Depth sounding · EXECUTION' })).toBeVisible();
  const { items } = await engine.api('/traces?query=scenario:"Depth sounding" mode:EXECUTION');
  expect(items.map(({ trace_id }: { trace_id: string }) => trace_id)).toEqual([id]);
});
