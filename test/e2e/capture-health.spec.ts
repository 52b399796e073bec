import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type DemoStudio, expectAccessibleInBothThemes, startDemo } from '../support/demo.js';
import { sluice, startEngine } from '../support/engine.js';
import { openStudio } from '../support/studio.js';

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

test.describe('what earlier runs lost', () => {
  let dataDir: string;
  test.beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'sluice-losses-'));
    // As a run that was killed left it.
    const left = {
      version: 1,
      since: '2026-11-02T08:00:00.000Z',
      last_at: '2026-11-05T09:30:00.000Z',
      losses: { journal_errors: 7, damaged: 2, bodies_lost: 0, quarantined: 1 },
    };
    writeFileSync(join(dataDir, 'losses.json'), `${JSON.stringify(left).padEnd(511)}\n`, { mode: 0o600 });
  });
  test.afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  test('is shown until somebody takes note of it, and not after a start again', async ({ page }) => {
    const losses = page.getByRole('region', { name: 'Losses', exact: true });
    {
      await using engine = await startEngine([], { dataDir });
      await openStudio(page, engine, '/capture-health');
      await expect(losses).toContainText('earlier runs lost something');
      await expect(losses.getByText('Earlier runs: failed writes to the journal').locator('..')).toContainText('7');
      await expect(losses.getByText('look', { exact: true })).toBeVisible();
      await expectAccessibleInBothThemes(page);
      await losses.getByRole('button', { name: 'Acknowledge' }).click();
      await expect(losses).not.toContainText('Earlier runs');
      await expect(losses).toContainText('Nothing was lost');
      expect((await engine.api('/status')).earlier_losses).toBeNull();
      const { items } = await engine.api('/audit-log');
      expect(items).toContainEqual(expect.objectContaining({ action: 'losses_acknowledged' }));
      await engine.stop();
    }
    await using again = await startEngine([], { dataDir });
    expect((await again.api('/status')).earlier_losses).toBeNull();
  });

  test('is told by the command line, which can take note of it too', async () => {
    await using engine = await startEngine([], { dataDir });
    const told = await sluice(['status', '--data-dir', dataDir]);
    expect(told.stdout).toContain(
      'Lost       by earlier runs since 2026-11-02T08:00:00.000Z, last 2026-11-05T09:30:00.000Z: 7 failed writes',
    );
    const noted = await sluice(['status', '--data-dir', dataDir, '--acknowledge']);
    expect(noted.code, noted.stderr).toBe(0);
    expect(noted.stdout).not.toContain('by earlier runs');
    expect((await sluice(['status', '--data-dir', dataDir])).stdout).not.toContain('by earlier runs');
    expect((await engine.api('/status')).earlier_losses).toBeNull();
  });
});
