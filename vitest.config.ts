import { defineConfig } from 'vitest/config';

/** Nobody's machine is so slow: what takes longer hangs. */
const [hangs, hangsLong] = [300_000, 600_000];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: hangs,
          hookTimeout: hangs,
          expect: { poll: { timeout: hangs } },
          // The default leaves a core to nobody.
          maxWorkers: 2,
          // Half of the time went into loading the same modules for each of 300 files.
          isolate: false,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/seeds/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: hangsLong,
          hookTimeout: hangsLong,
          expect: { poll: { timeout: hangs } },
          // Each file starts engines of its own; more at a time than cores only makes all of them slow.
          maxWorkers: 2,
        },
      },
    ],
  },
});
