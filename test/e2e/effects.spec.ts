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

test('names a failure on the wire that the result does not tell of', async ({ page }) => {
  await demo.open(page, `/traces/${research}?tab=effects`);
  await page.getByText('Disagreements 1').click();
  const cards = page.getByRole('region', { name: 'Effects' }).getByRole('article');
  await expect(cards).toHaveCount(1);
  await expect(cards.first()).toContainText('claimed ok');
  await expect(page.getByText('Claims, wire and reports differ here.')).toBeVisible();
});
