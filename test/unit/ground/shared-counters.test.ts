import { expect, it } from 'vitest';
import { sharedCounters } from '../../../src/main/ground/shared-counters.js';

it('shows what one view counts in every other view of the memory, each number under its name', () => {
  const { bytes, over } = sharedCounters(['ropes', 'sails', 'masts']);
  const memory = new SharedArrayBuffer(bytes);
  const [writer, reader] = [over(memory), over(memory)];
  writer.add('ropes');
  writer.add('ropes', 41);
  writer.set('masts', 2 ** 40 + 1);
  expect([reader.get('ropes'), reader.get('sails'), reader.get('masts')]).toEqual([42, 0, 2 ** 40 + 1]);
});
