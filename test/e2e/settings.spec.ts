import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type Engine, startEngine } from '../support/engine.js';
import { expectAccessible, openStudio } from '../support/studio.js';

let engine: Engine;
test.beforeEach(async () => {
  engine = await startEngine();
});
test.afterEach(() => engine.dispose());

const stored = () => JSON.parse(readFileSync(join(engine.ready.data_dir, 'settings.json'), 'utf8'));

test('a valid change is saved to the file and shown after a reload', async ({ page }) => {
  await openStudio(page, engine, '/settings');
  await page.getByRole('combobox', { name: 'Also intercept' }).fill('*.models.example');
  await page.keyboard.press('Enter');
  await page.getByLabel('Grace when stopping, seconds').fill('3');
  await page.getByRole('button', { name: 'Add upstream' }).click();
  await page.getByLabel('Upstream name').fill('local');
  await page.getByLabel('URL of upstream local').fill('http://127.0.0.1:8000');
  await expect(page.getByText('3 changes not saved')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Settings saved')).toBeVisible();
  expect(stored()).toMatchObject({
    intercept: ['*.models.example'],
    drain_grace_ms: 3000,
    upstreams: { local: 'http://127.0.0.1:8000' },
  });
  await page.reload();
  await expect(page.getByText('*.models.example', { exact: true })).toBeVisible();
  await expect(page.getByLabel('Grace when stopping, seconds')).toHaveValue('3');
  await expect(page.getByRole('button', { name: 'Save' })).toBeHidden();
});

test('an invalid value is told at its field and cannot be saved; revert takes it back', async ({ page }) => {
  await openStudio(page, engine, '/settings');
  const proxy = page.getByLabel('Upstream proxy', { exact: true });
  await proxy.fill('ftp://somewhere');
  await expect(proxy).not.toHaveAttribute('aria-invalid', 'true');
  await proxy.blur();
  await expect(proxy).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByText('An address that begins with http://')).toBeVisible();
  await page.getByRole('combobox', { name: 'Never intercept' }).fill('not/a/host');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^not\/a\/host: /)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Revert' }).click();
  await expect(proxy).toHaveValue('');
  await expect(page.getByRole('button', { name: 'Save' })).toBeHidden();
});

test('what a flag sets is read-only and says so', async ({ page }) => {
  await openStudio(page, engine, '/settings');
  const field = page.getByLabel('Proxy port');
  await expect(field).toHaveAttribute('readonly', '');
  await expect(page.getByText('Set by --proxy-port or SLUICE_PROXY_PORT for this run.')).toBeVisible();
  await expect(page.getByLabel('Upstream proxy', { exact: true })).toBeEditable();
});

test('a change that waits for a restart says so', async ({ page }) => {
  await openStudio(page, engine, '/settings');
  await page.getByLabel('Host', { exact: true }).fill('127.0.0.2');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Takes effect when the engine is started again.')).toBeVisible();
});

test('Save with a field that is wrong goes to it and sends nothing', async ({ page }) => {
  await openStudio(page, engine, '/settings');
  const grace = page.getByLabel('Grace when stopping, seconds');
  await grace.fill('99999');
  await grace.press('Enter');
  await expect(page.getByText('From 0 to 600 seconds')).toBeVisible();
  await expect(grace).toBeFocused();
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled();
  await grace.fill('9');
  await expect(page.getByText('From 0 to 600 seconds')).toBeHidden();
});

test('an address that is to hear of jobs is added and tried', async ({ page }) => {
  const signatures: unknown[] = [];
  const server = createServer((request, response) => {
    signatures.push(request.headers['sluice-signature']);
    request.resume();
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jobs`;
    await openStudio(page, engine, '/settings');
    const webhooks = page.getByRole('region', { name: 'Webhooks' });
    await webhooks.getByRole('button', { name: 'Add webhook' }).click();
    await webhooks.getByLabel('Address').fill('nowhere');
    // What is wrong is said once the click is over: nothing moves under the pointer.
    await page.getByRole('button', { name: 'Save' }).hover();
    await page.mouse.down();
    await expect(webhooks.getByLabel('Address')).not.toBeFocused();
    await expect(webhooks.getByText('An http:// or https:// address')).toBeHidden();
    await page.mouse.up();
    await expect(webhooks.getByText('An http:// or https:// address')).toBeVisible();
    await expect(webhooks.getByRole('button', { name: 'Send a test to all of them' })).toBeHidden();
    await webhooks.getByLabel('Address').fill(url);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Settings saved')).toBeVisible();
    expect(stored()).toMatchObject({ webhooks: [{ url, kinds: expect.arrayContaining(['finalize']) }] });
    await webhooks.getByRole('button', { name: 'Send a test to all of them' }).click();
    await expect(webhooks.getByRole('list', { name: 'What came of the test' })).toContainText(`${url}: delivered`);
    expect(signatures).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    await webhooks.getByRole('button', { name: 'Show the secret that they are signed with' }).click();
    await expect(webhooks.locator('code')).toHaveText(/^[\w-]{20,}$/);
    await expectAccessible(page);
  } finally {
    server.close();
  }
});
