import { existsSync } from 'node:fs';
import { defineConfig, devices } from '@playwright/test';

const executablePath = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find((path) => path && existsSync(path));
const isRoot = process.getuid?.() === 0;

/** The studio in a real browser, served by a real engine that each spec starts for itself. */
export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  fullyParallel: false,
  workers: 2,
  // Nobody's machine is so slow: what takes longer hangs.
  timeout: 600_000,
  expect: { timeout: 90_000 },
  // What is typed while a busy machine still draws can be lost; who needed the second try is named by `npm test`.
  retries: 1,
  forbidOnly: Boolean(process.env['CI']),
  projects: [
    {
      name: 'studio',
      testIgnore: 'electron*.spec.ts',
      use: {
        ...devices['Desktop Chrome'],
        viewport: { width: 1280, height: 800 },
        // A trace doubles what a test costs: `npx playwright test --trace on` where one is looked for.
        trace: 'off',
        launchOptions: {
          ...(executablePath ? { executablePath } : {}),
          // Nothing is drawn by a GPU here; emulating one costs more than drawing without. No sandbox: Chromium
          // refuses to start it as root.
          args: ['--disable-gpu', ...(isRoot ? ['--no-sandbox'] : [])],
        },
      },
    },
    { name: 'electron', testMatch: 'electron*.spec.ts' },
  ],
});
