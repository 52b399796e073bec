import { expect, type Page, test } from '@playwright/test';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';
import { expectNoSidewaysScroll, watchErrors } from '../support/studio.js';

const mail = `nadia.planted${'@'}example.com`;
const key = `sk-proj-${'E2eF'.repeat(12)}`;
/** A value that no detector knows. */
const missed = 'Project Heliotrope-77';
const planted = [mail, key, missed];

let demo: DemoStudio;
let trace: string;
test.beforeAll(async () => {
  demo = await startDemo();
  demo.model.say({ text: `Noted. ${missed} it is.` });
  await demo.chat('findings', [
    { role: 'system', content: `Reports go to ${mail}.` },
    { role: 'user', content: `Sunflower: write to ${mail} and to ${mail}, the key is ${key}` },
  ]);
  trace = await demo.traceId('Sunflower');
});
test.afterAll(() => demo[Symbol.asyncDispose]());

const list = (page: Page) => page.getByRole('grid', { name: 'Findings' });
const rows = (page: Page) =>
  list(page)
    .getByRole('row')
    .filter({ has: page.getByRole('gridcell') });
const facet = (page: Page, name: string, value: RegExp) =>
  page.getByRole('region', { name, exact: true }).getByRole('button', { name: value });
const status = (page: Page) => page.getByRole('tabpanel').getByRole('status').filter({ hasText: /\S/ });

/** Everything that the browser keeps of this page, and its address. */
async function keptByBrowser(page: Page): Promise<string> {
  const kept = await page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const caches_ = await caches.keys().catch(() => []);
    return JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      databases,
      caches_,
      location.href,
      history.state,
    ]);
  });
  return kept;
}

async function openOf(page: Page, params = ''): Promise<void> {
  await demo.open(page, `/privacy/findings?trace_id=${trace}${params}`);
  await expect(rows(page).first()).toBeVisible();
}

test('shows what was found, how much of what and where, each in its context, and how well it was measured', async ({
  page,
}) => {
  const errors = watchErrors(page);
  await demo.open(page, '/privacy/findings');
  await expect(page.getByText(/values were replaced before anything was stored/)).toBeVisible();
  await expect(page.getByText(/Not everything is found\. Measured \d{4}-\d\d-\d\d/)).toBeVisible();

  await openOf(page);
  await expect(facet(page, 'Entity', /^email\s*3/)).toBeVisible();
  await facet(page, 'Where', /^Message/).click();
  await facet(page, 'Entity', /^email/).click();
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText('Sunflower: write to <EMAIL_');
  await expect(rows(page).getByRole('gridcell').nth(3)).toHaveText('2');
  await facet(page, 'Entity', /^email/).click();
  await expect(rows(page)).toHaveCount(2);
  await expect(page.locator('body')).not.toContainText(mail);
  await page.setViewportSize({ width: 1024, height: 700 });
  await expectNoSidewaysScroll(page);
  expect(errors).toEqual([]);
});

test('has no serious axe violation', async ({ page }) => {
  await openOf(page);
  await expectAccessibleInBothThemes(page);
});

test('is read by keyboard; f keeps a value from now on, z takes that back', async ({ page }) => {
  await openOf(page, '&entity=EMAIL&placement=message');
  await page.keyboard.press('j');
  await page.keyboard.press('f');
  await expect(status(page)).toContainText(/The value behind <EMAIL_[0-9a-f]{8}> is kept from now on/);
  await expect(status(page)).toContainText('What is stored keeps the placeholder');
  await expect(rows(page)).toContainText('allowed');
  demo.model.say({ text: 'sent' });
  await demo.chat('allowed', [{ role: 'user', content: `Marigold for ${mail}` }]);
  const allowed = await demo.traceId('Marigold');
  const text = async (id: string) => JSON.stringify(await demo.engine.api(`/traces/${id}`));
  expect(await text(allowed)).toContain(mail);
  expect(await text(trace)).not.toContain(mail);

  await page.keyboard.press('z');
  await expect(status(page)).toContainText('is replaced again');
  await expect(rows(page)).not.toContainText('allowed');
  demo.model.say({ text: 'sent' });
  await demo.chat('undone', [{ role: 'user', content: `Foxglove for ${mail}` }]);
  expect(await text(await demo.traceId('Foxglove'))).not.toContain(mail);
  await page.keyboard.press('z');
  await expect(status(page)).toContainText('Nothing to undo');
});

test('the panel shows every place, leads to trace and exchange, and to all places of the value', async ({ page }) => {
  await openOf(page, '&entity=EMAIL&placement=message');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: 'Finding' });
  await expect(panel.getByRole('listitem')).toHaveCount(2);
  await expect(panel.getByRole('listitem').nth(1)).toContainText('request.body.messages[1].content');
  await expect(panel.getByRole('listitem').nth(1)).toContainText('and to <EMAIL_');
  await expectAccessibleInBothThemes(page);
  await panel.getByRole('button', { name: 'Open exchange' }).click();
  await expect(
    page.getByRole('complementary', { name: 'Exchange' }).getByRole('tab', { name: 'Request' }),
  ).toBeVisible();
  await page.keyboard.press('Escape');
  await panel.getByRole('button', { name: 'All places of this value' }).click();
  await expect(page).toHaveURL(/replacement=%3CEMAIL_[0-9a-f]{8}%3E/);
  await expect.poll(() => rows(page).count()).toBeGreaterThan(1);
  await rows(page).last().click();
  await panel.getByRole('link', { name: 'Open trace' }).click();
  await expect(page.getByRole('tab', { name: /Redactions/, selected: true })).toBeVisible();
});

test('a mask cannot be allowed by its placeholder, and the page says why', async ({ page }) => {
  const { api } = demo.engine;
  const { file } = await api('/policy');
  await api('/policy', { method: 'PUT', body: { ...file, actions: { ...file?.actions, EMAIL: 'mask' } } });
  demo.model.say({ text: 'ok' });
  await demo.chat('masked', [{ role: 'user', content: `Snowdrop for ${mail}` }]);
  const id = await demo.traceId('Snowdrop');
  await demo.open(page, `/privacy/findings?trace_id=${id}&entity=EMAIL`);
  await expect(rows(page)).toHaveCount(1);
  await page.keyboard.press('j');
  await page.keyboard.press('f');
  await expect(status(page)).toContainText('<EMAIL_MASKED> is a mask');
  await expect(status(page)).toContainText('on the Policy page');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Cannot be allowed from here')).toBeVisible();
  await api('/policy', { method: 'PUT', body: file });
});

/** Selects a text on the page as somebody does with the mouse. */
async function select(page: Page, text: string): Promise<void> {
  await page.evaluate((wanted) => {
    const walker = document.createTreeWalker(document.querySelector('main') as Node, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const at = (node.nodeValue ?? '').indexOf(wanted);
      if (at < 0) continue;
      getSelection()?.setBaseAndExtent(node, at, node, at + wanted.length);
      return;
    }
    throw new Error('It is not on the page.');
  }, text);
}

test('a missed value that is selected is never stored again, and leaves what is stored', async ({ page }) => {
  await demo.open(page, `/traces/${trace}`);
  const conversation = page.getByRole('log', { name: 'Conversation' });
  await expect(conversation).toContainText(missed);
  await page.keyboard.press('m');
  await expect(page.getByRole('status').filter({ hasText: 'Select the value that was missed' })).toBeVisible();
  await select(page, missed);
  await page.keyboard.press('m');
  const dialog = page.getByRole('dialog', { name: 'Never store this value' });
  await expect(dialog).toContainText(missed);
  await expectAccessibleInBothThemes(page);
  for (const value of planted) expect(await keptByBrowser(page)).not.toContain(value);
  await dialog.getByRole('button', { name: 'Never store it' }).click();
  await expect(dialog).toContainText('It is replaced from now on');
  await expect(dialog).toContainText('What is stored was searched: done');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect.poll(async () => JSON.stringify(await demo.engine.api(`/traces/${trace}`))).not.toContain(missed);
  for (const value of planted) expect(await keptByBrowser(page)).not.toContain(value);
  expect(JSON.stringify(await demo.engine.api('/jobs'))).not.toContain(missed);
  expect(demo.engine.log()).not.toContain(missed);
  await page.reload();
  await expect(conversation).toContainText('<CUSTOM_');
});

test('a note is stored without its values, and the browser keeps none of them', async ({ page }) => {
  await demo.open(page, `/traces/${trace}`);
  await expect(page.getByRole('group', { name: 'Review' })).toBeVisible();
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Note' }).fill(`ask ${mail} about ${key}`);
  await page.keyboard.press('Escape');
  const note = async () => (await demo.engine.api(`/traces/${trace}`)).review?.note ?? '';
  await expect.poll(note).toMatch(/^ask <EMAIL_[0-9a-f]{8}> about <API_KEY_/);
  await expect(page.getByRole('group', { name: 'Review' })).not.toContainText(mail);
  for (const value of planted) expect(await keptByBrowser(page)).not.toContain(value);
  await demo.open(page, `/privacy/findings?trace_id=${trace}&placement=note`);
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).last()).toContainText('ask <EMAIL_');
});
