import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;

const every = 8 * 1024 * 1024;
let passed = 0;

/**
 * Frees the buffers of a large body soon after they have passed. They are small objects with much memory outside the
 * heap, which the collector notices only some 100 MB later; a minor collection now and then takes under a millisecond.
 */
export function noteLargeBody(bytes: number): void {
  passed += bytes;
  if (passed < every) return;
  passed = 0;
  collect({ type: 'minor' });
}
