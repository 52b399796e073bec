import { expect, test } from '@playwright/test';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';

let demo: DemoStudio;
test.beforeAll(async () => {
  demo = await startDemo();
});
test.afterAll(() => demo[Symbol.asyncDispose]());

test('says whether bytes, reading, clients, threading and effects are as they should be', async ({ page }) => {
  await demo.open(page, '/capture-health');
  const card = (name: string) => page.getByRole('region', { name, exact: true });
  for (const name of ['Losses', 'Bytes', 'Reading', 'Clients', 'Threading', 'Effects', 'Backpressure']) {
    await expect(card(name)).toBeVisible();
  }
  await expect(card('Losses')).toContainText('Nothing was lost');
  await expect(card('Bytes')).toContainText('52 exchanges');
  await expect(card('Threading')).toContainText('mean confidence');
  await expect(card('Reading').getByRole('img', { name: 'as it should be' })).toBeVisible();
  await expectAccessibleInBothThemes(page);
});

test('its numbers lead to what they count', async ({ page }) => {
  await demo.open(page, '/capture-health');
  await page.getByRole('link', { name: 'State aborted' }).click();
  await expect(page).toHaveURL(/#\/live\?q=state/);
  await expect(
    page.getByRole('grid', { name: 'Exchanges' }).getByRole('row').filter({ hasText: 'aborted' }),
  ).toHaveCount(1);
});
