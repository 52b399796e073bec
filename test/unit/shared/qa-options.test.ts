import { expect, it } from 'vitest';
import { qaOptionsSchema } from '../../../src/shared/model/index.js';

it('leaves to the settings whatever nobody said of a run', () => {
  const said = { limits: { cpus: 1 }, repeat: { base: 4 } };
  expect(qaOptionsSchema.parse(said)).toEqual({ ...said, allow_network_in_prepare: false });
});

it('takes no limit and no repeat that there is not', () => {
  expect(qaOptionsSchema.safeParse({ limits: { swap_mb: 1 } }).success).toBe(false);
  expect(qaOptionsSchema.safeParse({ limits: { memory_mb: 1 } }).success).toBe(false);
  expect(qaOptionsSchema.safeParse({ repeat: { fixed: 0 } }).success).toBe(false);
});
