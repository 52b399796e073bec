import { expect, type Page, test } from '@playwright/test';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';
import type { ModelRequest } from '../support/model-server.js';
import { expectNoSidewaysScroll, watchErrors } from '../support/studio.js';

/** Models, judges, their rubrics and how far they can be trusted: one journey on one engine, with a scripted model. */

let demo: DemoStudio;

/** Every dimension a little over its middle, a quote that stands in the first step, and one that nobody wrote. */
function verdict({ json }: ModelRequest): string {
  const properties = json.response_format?.json_schema?.schema?.properties ?? {};
  const names = Object.keys(properties.dimensions?.properties ?? {});
  // It always likes the first one.
  if (properties.preferred)
    return JSON.stringify({
      preferred: 'first',
      feedback: 'The first <b>one</b>.',
      evidence: [{ trace: 'first', step: 1, quote: 'lighthouse' }],
    });
  return JSON.stringify({
    dimensions: Object.fromEntries(names.map((name) => [name, names.includes('plan') ? 3.5 : 0.6])),
    feedback: 'It looks before it edits. <img src=x onerror=alert(1)>',
    evidence: [
      { step: 1, quote: 'lighthouse', dimension: names[0] ?? '' },
      { step: 1, quote: 'words that nobody wrote', dimension: names[0] ?? '' },
    ],
  });
}

test.beforeAll(async () => {
  demo = await startDemo();
  demo.model.say({ text: 'The lamp burns. It needs no oil before Friday.' });
  await demo.chat('lamp', [{ role: 'user', content: 'Look after the lighthouse and say whether it needs oil' }]);
  demo.model.otherwise((request) => ({ text: verdict(request), usage: { input: 200, output: 50 } }));
});
test.afterAll(() => demo[Symbol.asyncDispose]());

const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });

async function looksRight(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 });
  await expectAccessibleInBothThemes(page);
  await page.setViewportSize({ width: 1024, height: 700 });
  await expectNoSidewaysScroll(page);
}

test('a model is set, agreed to and asked; what it said is read, checked and found again; trust says how little is known', async ({
  page,
}) => {
  const errors = watchErrors(page);
  await demo.open(page, '/verify/judgements');
  await expect(page.getByText('Nothing was judged yet')).toBeVisible();
  await tab(page, 'Models').click();
  await expect(page.getByText('No model is set')).toBeVisible();

  await page.getByRole('button', { name: 'Add a model' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Kind of address').selectOption('custom');
  await dialog.getByLabel('Name').fill('keeper');
  await dialog.getByLabel('Address', { exact: true }).fill(`${demo.model.url}/v1/`);
  await dialog.getByLabel('Model', { exact: true }).fill('j-1');
  await dialog.getByLabel('Price in').fill('1');
  await dialog.getByLabel('Price out').fill('10');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('not agreed: nothing is sent')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Agree', exact: true })).toBeDisabled();
  const before = demo.model.requests.length;
  await page.getByLabel(/^I agree that redacted text is sent to/).check();
  await page.getByRole('button', { name: 'Agree', exact: true }).click();
  await expect(page.getByText('agreed', { exact: true })).toBeVisible();
  expect(demo.model.requests.length).toBe(before);
  await looksRight(page);

  const id = await demo.traceId('lighthouse');
  await demo.open(page, `/traces/${id}?tab=judge`);
  const form = page.getByRole('region', { name: 'Ask a judge' });
  await form.getByLabel('Rubric').selectOption({ label: 'Trajectory, version 1' });
  await expect(form.getByText(/1 trace, 1 call, at most \$0\.\d+/)).toBeVisible();
  await form.getByRole('button', { name: 'Judge', exact: true }).click();
  const judgements = page.getByRole('region', { name: 'Judgements' });
  await expect(judgements.getByText('3.5 of 5').first()).toBeVisible();
  await expect(judgements.getByText('Tool choice')).toBeVisible();
  await expect(judgements.getByText('<img src=x onerror=alert(1)>')).toBeVisible();
  await expect(judgements.getByText('not in this step')).toHaveCount(1);
  await looksRight(page);
  await judgements
    .getByRole('button', { name: 'step 1' })
    .or(judgements.getByRole('link', { name: 'step 1' }))
    .first()
    .click();
  await expect(page.getByText('Look after the lighthouse').last()).toBeVisible();

  await demo.open(page, '/verify/judgements');
  const list = page.getByRole('grid', { name: 'Judgements' });
  await expect(list).toContainText('3.5 of 5');
  await list.getByRole('row').filter({ hasText: '3.5 of 5' }).click();
  await expect(page.getByRole('complementary', { name: 'Judgement' })).toContainText('Tool choice');
  await looksRight(page);

  await tab(page, 'Trust').click();
  await expect(page.getByText(/it takes 10 at least/).first()).toBeVisible();
  await looksRight(page);
  await page.getByRole('button', { name: 'Probe a judge' }).click();
  const probes = page.getByRole('dialog', { name: 'Probe a judge' });
  await expect(probes.getByRole('checkbox', { checked: true })).toHaveCount(3);
  await expectAccessibleInBothThemes(page);
  await probes.getByLabel('Good traces').fill('label:');
  await expect(probes.getByRole('button', { name: 'Start' })).toBeDisabled();
  await probes.getByLabel('Good traces').fill('');
  for (const name of ['Fault injection', 'Injection attacks']) await probes.getByLabel(name).uncheck();
  await probes.getByRole('button', { name: 'Start' }).click();
  const job = page.getByRole('list', { name: 'Probing the judge keeper' });
  await expect(job.getByText('done', { exact: true })).toBeVisible();
  await expect(page.getByRole('table', { name: /^Change of the score by padding: keeper/ })).toBeVisible();
  expect(errors).toEqual([]);
});

test('what a trace was compared with stands among its judgements, on either side', async ({ page }) => {
  const errors = watchErrors(page);
  await demo.chat('oil', [{ role: 'user', content: 'Fill the oil of the second lighthouse' }]);
  const [a, b] = [await demo.traceId('Look after the lighthouse'), await demo.traceId('Fill the oil')];
  await demo.engine.api('/judge/compare', { body: { a, b, profile: 'keeper' } });
  for (const [own, other] of [
    [a, b],
    [b, a],
  ] as const) {
    await demo.open(page, `/traces/${own}?tab=judge`);
    const compared = page.getByRole('region', { name: 'Compared with other traces' });
    await expect(compared.getByText('Tie: the two orders disagree')).toBeVisible();
    await expect(compared.getByText('The first <b>one</b>.')).toBeVisible();
    await expect(compared.getByRole('link')).toHaveAttribute('href', new RegExp(other));
  }
  await looksRight(page);
  expect(errors).toEqual([]);
});

test('a judge is asked which of two traces is better: of a trace’s own page, and beside the two', async ({ page }) => {
  const errors = watchErrors(page);
  await demo.chat('pier', [{ role: 'user', content: 'Paint the pier of the third lighthouse' }]);
  const [a, b] = [await demo.traceId('Look after the lighthouse'), await demo.traceId('Paint the pier')];
  await demo.open(page, `/traces/${b}?tab=judge`);
  const section = page.getByRole('region', { name: 'Compare with…' });
  const ask = section.getByRole('button', { name: 'Ask which is better' });
  await expect(ask).toBeDisabled();
  await section.getByLabel('Id of the other trace').fill(b);
  await expect(section.getByText('That is this trace.')).toBeVisible();
  await section.getByLabel('Id of the other trace').fill(a);
  await ask.click();
  await expect(section.getByRole('status')).toContainText('Tie: the two orders disagree.');
  await expect(section.getByText('The first <b>one</b>.').first()).toBeVisible();
  const compared = page.getByRole('region', { name: 'Compared with other traces' });
  await expect(compared.getByRole('link')).toHaveAttribute('href', new RegExp(a));
  await looksRight(page);

  await demo.open(page, `/compare?a=${b}&b=${a}`);
  await page.getByRole('button', { name: 'Ask a judge' }).click();
  const dialog = page.getByRole('dialog', { name: 'Ask a judge which is better' });
  await dialog.getByRole('button', { name: 'Ask which is better' }).click();
  await expect(dialog.getByRole('status')).toContainText('Asked before: no cost.');
  await looksRight(page);
  expect(errors).toEqual([]);
});

test('what is selected in the list is judged as one job', async ({ page }) => {
  await demo.open(page, '/traces?q=client:claude*');
  const grid = page.getByRole('grid', { name: 'Traces' });
  await expect(grid.getByRole('row').nth(2)).toBeVisible();
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.getByRole('toolbar', { name: 'Selected traces' }).getByRole('button', { name: 'Verify' }).click();
  await page.getByRole('menuitem', { name: 'Judge…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Judge traces' });
  // One of them holds no reasoning, so nothing is asked about it.
  await expect(dialog.getByText(/^2 traces, 1 call,/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Judge', exact: true }).click();
  await expect(page.getByRole('grid', { name: 'Judgements' }).getByText(/^reasoning/)).toHaveCount(2);
});

test('a rubric of one’s own is written and kept', async ({ page }) => {
  const errors = watchErrors(page);
  await demo.open(page, '/verify/rubrics');
  const rubrics = page.getByRole('list', { name: 'Rubrics' });
  await expect(rubrics.getByRole('listitem')).toHaveCount(4);
  await looksRight(page);
  await page.getByRole('button', { name: 'Make one of my own' }).click();
  await page.getByLabel('Id', { exact: true }).first().fill('lamp-care');
  await page.getByLabel('Title', { exact: true }).first().fill('Care of the lamp');
  await page.getByRole('button', { name: 'Save rubric' }).click();
  await expect(rubrics.getByRole('listitem')).toHaveCount(5);
  await expect(rubrics).toContainText('your own');
  expect(errors).toEqual([]);
});
