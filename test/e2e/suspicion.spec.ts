import { expect, test } from '@playwright/test';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';

let demo: DemoStudio;
test.beforeAll(async () => {
  demo = await startDemo();
  demo.model.otherwise(({ json }) =>
    json['messages'].at(-1).role === 'tool'
      ? { text: 'Moored.' }
      : { toolCalls: [{ id: 'call_moor_0000000001', name: 'bash', arguments: { command: './moor --berth 4' } }] },
  );
  const asked = [{ role: 'user', content: 'Moor the boat' }];
  await demo.chat('moor', asked, ['bash']);
  const call = {
    id: 'call_moor_0000000001',
    type: 'function',
    function: { name: 'bash', arguments: '{"command":"./moor --berth 4"}' },
  };
  const answered = [
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: call.id, content: 'hauling\nFATAL: the rope parted' },
  ];
  await demo.chat('moor', [...asked, ...answered], ['bash']);
});
test.afterAll(() => demo[Symbol.asyncDispose]());

test('shows a result that says that the tool failed, and takes a word for it by one key', async ({ page }) => {
  await demo.open(page, '/tool-calls?q=status:suspect session:moor');
  const row = page.getByRole('grid', { name: 'Tool calls' }).getByRole('row').filter({ hasText: './moor' });
  await expect(row).toContainText('suspect');
  await row.click();
  const panel = page.getByRole('complementary', { name: 'Tool call' });
  await expect(panel).toContainText('May have failed: it ends with an error');
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press('y');
  await expect(panel).toContainText('You said that it failed.');
  await expect(page.getByText('bash: failed')).toBeVisible();
  await expect(row).toHaveCount(0);
  const { items } = await demo.engine.api('/tool-calls?query=session:moor');
  expect(items[0]).toMatchObject({ status: 'error', suspicion: null, metadata: { judged: 'error' } });

  const trace = await demo.traceId('Moor the boat');
  await demo.open(page, `/traces/${trace}?tab=tools`);
  await expect(page.getByText('You said that it failed.')).toBeVisible();
  await page.keyboard.press('y');
  await demo.open(page, `/traces/${trace}`);
  await expect(page.getByRole('log', { name: 'Conversation' })).toContainText('suspect');
  await page.getByRole('button', { name: /It did not/ }).click();
  await expect(page.getByText('You said that it did not fail.')).toBeVisible();
  expect((await demo.engine.api('/tool-calls?query=session:moor')).items[0]).toMatchObject({ status: 'ok' });
});
