import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 30_000,
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
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Each file starts engines of its own; more at a time than cores only makes all of them slow.
          maxWorkers: 2,
        },
      },
    ],
  },
});
