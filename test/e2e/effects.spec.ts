import { expect, test } from '@playwright/test';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';

let demo: DemoStudio;
let research: string;
test.beforeAll(async () => {
  demo = await startDemo();
  research = await demo.traceId('desalination');
});
test.afterAll(() => demo[Symbol.asyncDispose]());

test('shows what the tool calls did on the wire, and leads to them', async ({ page }) => {
  await demo.open(page, `/traces/${research}?tab=effects`);
  const effects = page.getByRole('region', { name: 'Effects' });
  await expect(effects).toContainText('mcp.papers.example.org/mcp');
  await expect(effects.getByRole('article')).toHaveCount(7);
  await expectAccessibleInBothThemes(page);
  await effects.getByRole('button', { name: 'In the conversation' }).first().click();
  await expect(page.getByRole('log', { name: 'Conversation' }).locator('[data-selected]')).toContainText(
    'search_papers',
  );
});

test('has nothing to disagree about, and says so', async ({ page }) => {
  await demo.open(page, `/traces/${research}?tab=effects`);
  await page.getByText('Disagreements 0').click();
  await expect(page.getByRole('region', { name: 'Effects' }).getByRole('article')).toHaveCount(0);
  await expect(page.getByText('What was claimed, sent and reported agrees.')).toBeVisible();
});
