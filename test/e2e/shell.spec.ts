import { expect, test } from '@playwright/test';
import { type Engine, startEngine } from '../support/engine.js';
import { expectAccessible, expectNoSidewaysScroll, openStudio, watchErrors } from '../support/studio.js';

let engine: Engine;
test.beforeAll(async () => {
  engine = await startEngine(['--demo']);
  await engine.settled();
});
test.afterAll(() => engine.dispose());

const pages: [label: string, route: string, key: string][] = [
  ['Live', '/live', 'l'],
  ['Traces', '/traces', 't'],
  ['Tool calls', '/tool-calls', 'c'],
  ['Jobs', '/jobs', 'j'],
  ['Connect', '/connect', 'a'],
  ['Settings', '/settings', 's'],
];

test.describe('token', () => {
  test('leaves the address bar, survives a reload and reaches no other tab', async ({ page, context }) => {
    await openStudio(page, engine);
    expect(page.url()).not.toContain(engine.ready.token);
    await page.reload();
    await expect(page.getByText('Capturing')).toBeVisible();
    const other = await context.newPage();
    await other.goto(engine.ready.api);
    await expect(other.getByLabel('Token', { exact: true })).toBeVisible();
  });

  test('is asked for where the address carries none, and a wrong one is refused', async ({ page }) => {
    await page.goto(engine.ready.api);
    await page.getByLabel('Token', { exact: true }).fill('not-the-token');
    await page.getByRole('button', { name: 'Open the studio' }).click();
    await expect(page.getByText('does not accept the token')).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel('Token', { exact: true }).fill(engine.ready.token);
    await page.getByRole('button', { name: 'Open the studio' }).click();
    await expect(page.getByText('Capturing')).toBeVisible();
  });
});

test('every page opens by link and by keys, without an error and without sideways scroll', async ({ page }) => {
  const errors = watchErrors(page);
  await page.setViewportSize({ width: 1024, height: 700 });
  await openStudio(page, engine);
  for (const [label, route, key] of pages) {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: label, exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`#${route}$`));
    await expectNoSidewaysScroll(page);
    await page.goto(`${engine.ready.api}/#/nowhere`);
    await expect(page).toHaveURL(/#\/live$/);
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await expect(page).toHaveURL(new RegExp(`#${route}$`));
    await expect(page.getByRole('link', { name: label, exact: true })).toHaveAttribute('aria-current', 'page');
  }
  expect(errors).toEqual([]);
});

for (const [label, route] of pages) {
  test(`${label} is accessible in both themes`, async ({ page }) => {
    await openStudio(page, engine, route);
    await expect(page.getByRole('heading', { level: 1 })).toContainText(label);
    await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
    await expectAccessible(page);
  });
}

test('the theme can be chosen and is kept', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await openStudio(page, engine);
  const root = page.locator('html');
  await expect(root).toHaveAttribute('data-mantine-color-scheme', 'light');
  await page.getByRole('button', { name: /^Theme/ }).click();
  await page.getByRole('menuitem', { name: 'Dark' }).click();
  await expect(root).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.reload();
  await expect(root).toHaveAttribute('data-mantine-color-scheme', 'dark');
});

test('`?` explains the keys, Escape closes it, and the navigation folds', async ({ page }) => {
  await openStudio(page, engine);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard' });
  await expect(help).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
  await page.getByRole('button', { name: 'Collapse navigation' }).click();
  await expect(page.getByRole('link', { name: 'Traces' })).toBeVisible();
  await expect(page.getByText('Captured')).toBeHidden();
  await page.getByRole('button', { name: 'Expand navigation' }).click();
  await expect(page.getByText('Captured')).toBeVisible();
});

test('a lost engine is told, and the studio comes back by itself', async ({ page }) => {
  const token = 'e2e-token-that-both-engines-share';
  const first = await startEngine(['--token', token]);
  const port = new URL(first.ready.api).port;
  await openStudio(page, first);
  await first.kill9();
  await expect(page.getByText('Connection to the engine lost')).toBeVisible();
  const second = await startEngine(['--token', token, '--api-port', port], { dataDir: first.ready.data_dir });
  try {
    await expect(page.getByText('Connection to the engine lost')).toBeHidden();
    await expect(page.getByText(new URL(second.ready.proxy).host)).toBeVisible();
  } finally {
    await second.dispose();
    await first.dispose();
  }
});
