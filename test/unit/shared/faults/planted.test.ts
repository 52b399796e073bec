import { describe, expect, it } from 'vitest';
import { dice } from '../../../../src/main/ground/dice.js';
import { smallTraces } from '../../../../src/main/verify/judge/probes/cases.js';
import { faults } from '../../../../src/shared/faults/index.js';
import { plantedFaults } from '../../../../src/shared/faults/planted/index.js';
import { stepSchema } from '../../../../src/shared/model/index.js';

describe('planted faults', () => {
  it('have ids of their own', () => {
    const ids = [...plantedFaults, ...faults].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(plantedFaults.map((fault) => [fault.id, fault] as const))(
    '%s fits a good trace, changes it, names the wrong step, is the same again and leaves the good one as it is',
    (_, fault) => {
      const planted = smallTraces.good.flatMap((trace) => {
        const before = JSON.stringify(trace.steps);
        const made = fault.plant(trace.steps, dice('x', trace.trace_id));
        expect(JSON.stringify(trace.steps)).toBe(before);
        expect(fault.plant(trace.steps, dice('x', trace.trace_id))).toEqual(made);
        return made === null ? [] : [{ trace, made }];
      });
      expect(planted.length).toBeGreaterThan(0);
      for (const { trace, made } of planted) {
        expect(made.steps).not.toEqual(trace.steps);
        expect(made.steps.map(({ step_id }) => step_id)).toContain(made.step_id);
        expect(new Set(made.steps.map(({ step_id }) => step_id)).size).toBe(made.steps.length);
        for (const step of made.steps) stepSchema.parse(step);
        expect(made.what).toMatch(/\.$|: /);
      }
    },
  );

  it('are null where a trace has nothing to spoil', () => {
    for (const fault of plantedFaults) expect(fault.plant([], dice('x'))).toBeNull();
  });
});
