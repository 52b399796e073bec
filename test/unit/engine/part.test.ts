import { describe, expect, it } from 'vitest';
import { jobsOf, servicesOf } from '../../../src/main/engine/part.js';
import { kindOf } from '../../support/job-kinds.js';

const run = async () => null;
const ticks = { listen: () => () => {} };
const access = {} as never;

describe('the parts of the engine', () => {
  it('are joined by the names of what they give', () => {
    const one = { id: 'one', services: { ticks } };
    const services = servicesOf([one, { id: 'two', services: { access } } as const, { id: 'three' } as const]);
    expect(Object.keys(services)).toEqual(['ticks', 'access']);
    const [a, b] = [kindOf('a', run), kindOf('b', run)];
    expect(jobsOf([{ id: 'one', jobs: [a] }, { id: 'two' }, { id: 'three', jobs: [b] }])).toEqual([a, b]);
  });

  it('are refused where two give the same', () => {
    expect(() =>
      servicesOf([
        { id: 'one', services: { ticks } },
        { id: 'two', services: { ticks } },
      ]),
    ).toThrow('The parts one and two both give services: ticks.');
  });
});
