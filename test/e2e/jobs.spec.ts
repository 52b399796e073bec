import { expect, test } from '@playwright/test';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';

let demo: DemoStudio;
test.beforeAll(async () => {
  demo = await startDemo();
});
test.afterAll(() => demo[Symbol.asyncDispose]());

test('shows what runs and ran, and what each job says', async ({ page }) => {
  await demo.open(page, '/jobs');
  await expect(page.getByText('No jobs yet')).toBeVisible();
  await demo.engine.api('/validate', { body: { query: '' } });
  const jobs = page.getByRole('list', { name: 'Jobs' });
  await expect(jobs).toContainText('Validate all traces');
  await expect(jobs).toContainText('Validation');
  await page.getByRole('button', { name: 'Log' }).click();
  const log = page.getByRole('list', { name: 'Log' });
  await expect(log).toContainText('queued');
  await expect(log.getByRole('listitem').last()).toContainText('done');
  await expectAccessibleInBothThemes(page);
});
