import { expect, type Page, test } from '@playwright/test';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';

let demo: DemoStudio;
let traceId: string;
test.beforeAll(async () => {
  demo = await startDemo();
  traceId = await demo.traceId('CI is red');
});
test.afterAll(() => demo[Symbol.asyncDispose]());

const review = async () => (await demo.engine.api(`/traces/${traceId}`)).review;
const pressed = (page: Page, name: RegExp) => page.getByRole('button', { name, pressed: true });

async function open(page: Page) {
  await demo.open(page, `/traces/${traceId}`);
  await expect(page.getByRole('group', { name: 'Review' })).toBeVisible();
}

test('labels and rates by keyboard, and takes it back step by step, even after a reload', async ({ page }) => {
  await open(page);
  await page.keyboard.press('a');
  await expect(pressed(page, /^Accept/)).toBeVisible();
  await page.keyboard.press('4');
  await page.keyboard.press('r');
  await expect(pressed(page, /^Reject/)).toBeVisible();
  await expect.poll(review).toMatchObject({ label: 'rejected', rating: 4 });

  await page.keyboard.press('u');
  await expect(pressed(page, /^Accept/)).toBeVisible();
  await page.reload();
  await expect(pressed(page, /^Accept/)).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect.poll(review).toMatchObject({ label: 'accepted', rating: null });
  await page.keyboard.press('u');
  await expect.poll(async () => (await review())?.label ?? null).toBeNull();
  await page.keyboard.press('u');
  await expect(page.getByRole('status').filter({ hasText: 'Nothing to undo' })).toBeVisible();
});

test('tags are completed from what is known', async ({ page }) => {
  await open(page);
  await page.keyboard.press('t');
  await page
    .getByRole('combobox', { name: 'Tags' })
    .or(page.getByRole('textbox', { name: 'Tags' }))
    .first()
    .fill('golden');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await review())?.tags).toEqual(['golden']);
  await page.keyboard.press('Escape');

  await demo.open(page, `/traces/${await demo.traceId('Which three product')}`);
  await expect(page.getByRole('group', { name: 'Review' })).toBeVisible();
  await page.keyboard.press('t');
  await expect(
    page.getByRole('dialog').getByRole('textbox').or(page.getByRole('dialog').getByRole('combobox')).first(),
  ).toBeFocused();
  await page.keyboard.type('gol');
  await page.getByRole('option', { name: 'golden' }).click();
  await page.keyboard.press('Escape');
  await expect.poll(async () => (await demo.engine.api('/traces?query=tag:golden')).items.length).toBe(2);
});

test('the note saves itself, Escape leaves, one undo takes the visit back', async ({ page }) => {
  await open(page);
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Note' }).fill('Two bugs hide each other.');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await page.getByRole('textbox', { name: 'Note' }).pressSequentially(' Good.');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect.poll(async () => (await review())?.note).toBe('Two bugs hide each other. Good.');
  await page.keyboard.press('u');
  await expect.poll(async () => (await review())?.note).toBe('');
});

test('a letter typed in a field is no shortcut', async ({ page }) => {
  await demo.open(page, '/traces');
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('ar1');
  expect((await demo.engine.api('/traces?query=is:reviewed rating:1')).items).toEqual([]);
});

test('walks through the list it came from', async ({ page }) => {
  await demo.open(page, '/traces?q=has%3Atool');
  const rows = page.getByRole('grid', { name: 'Traces' }).getByRole('row');
  await expect(rows.nth(2)).toBeVisible();
  const titles = await rows.locator('a').allTextContents();
  expect(titles.length).toBeGreaterThan(1);
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText(titles[0] as string);
  await page.keyboard.press(']');
  await expect(heading).toHaveText(titles[1] as string);
  await page.keyboard.press('[');
  await expect(heading).toHaveText(titles[0] as string);
  await expect(page).toHaveTitle(`${titles[0]} · Sluice`);
  await page.keyboard.press('Escape');
  await expect(page).toHaveTitle('Traces · Sluice');
});

test('a label that the engine refuses is taken back on screen', async ({ page }) => {
  await page.routeWebSocket(/\/rpc/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const text = message.toString();
      if (!text.includes('"reviews.set"')) return server.send(message);
      // The client sends what it asks at the same moment as one message.
      const asked: { id: number; params: { path: string } }[] = [JSON.parse(text)].flat();
      const others = asked.filter(({ params }) => params.path !== 'reviews.set');
      if (others.length > 0) server.send(JSON.stringify(others));
      const id = asked.find(({ params }) => params.path === 'reviews.set')?.id;
      const sluice = { code: 'engine_busy', message: 'The engine is busy.', next: 'Try again in a moment.' };
      const data = { code: 'BAD_REQUEST', httpStatus: 400, sluice };
      socket.send(JSON.stringify({ id, error: { message: sluice.message, code: -32600, data } }));
    });
  });
  await open(page);
  await page.keyboard.press('a');
  await expect(page.getByRole('status').filter({ hasText: 'Not saved: The engine is busy.' })).toBeVisible();
  await expect(pressed(page, /^Accept/)).toHaveCount(0);
});

for (const [key, name] of [
  ['n', 'Note'],
  ['t', 'Tags'],
] as const) {
  test(`the ${name.toLowerCase()} dialog has no serious axe violation`, async ({ page }) => {
    await open(page);
    await page.keyboard.press(key);
    await expect(page.getByRole('dialog', { name })).toBeVisible();
    await expectAccessibleInBothThemes(page, '[role=dialog]');
  });
}
