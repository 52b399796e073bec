import { describe, expect, it } from 'vitest';
import { dice } from '../../../../src/main/ground/dice.js';
import { smallTraces } from '../../../../src/main/verify/judge/probes/cases.js';
import { shownSteps } from '../../../../src/main/verify/judge/shown/shown-steps.js';
import { faults } from '../../../../src/shared/faults/index.js';
import { plantedFaults } from '../../../../src/shared/faults/planted/index.js';
import { rubricParts, type Step, stepSchema } from '../../../../src/shared/model/index.js';
import { testId } from '../../../support/traces.js';

describe('planted faults', () => {
  it('have ids of their own', () => {
    const ids = [...plantedFaults, ...faults].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(plantedFaults.map((fault) => [fault.id, fault] as const))(
    '%s fits a good trace, changes it, names the wrong step, is the same again and leaves the good one as it is',
    (_, fault) => {
      const planted = smallTraces().good.flatMap((trace) => {
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

  it.each(plantedFaults.map((fault) => [fault.id, fault] as const))(
    '%s names a step of the agent, also beside calls at the same time',
    (_, fault) => {
      const base = (number: number) => ({ step_id: testId(3, number), seq: number, timestamp: null });
      const call = (number: number, name: string): Step => ({
        ...base(number),
        type: 'tool_call',
        tool_call_id: name,
        name,
        arguments: { path: `src/${name}.ts`, limit: 4 },
        status: 'ok',
      });
      const result = (number: number, name: string): Step => ({
        ...base(number),
        type: 'tool_result',
        tool_call_id: name,
        name,
        result: `${name}: 42`,
      });
      const parallel: Step[] = [
        { ...base(1), type: 'message', role: 'user', content: 'Look at both.' },
        { ...base(2), type: 'message', role: 'assistant', content: 'I read both files.' },
        call(3, 'read'),
        call(4, 'search'),
        call(5, 'list'),
        result(6, 'read'),
        result(7, 'search'),
        result(8, 'list'),
        { ...base(9), type: 'message', role: 'user', content: 'And?' },
        { ...base(10), type: 'message', role: 'assistant', content: 'Both say 42.' },
      ];
      for (let seed = 0; seed < 30; seed++) {
        for (const steps of [parallel, ...smallTraces().good.map((trace) => trace.steps)]) {
          const made = fault.plant(steps, dice('x', String(seed)));
          if (made === null) continue;
          const trace = { steps: made.steps, decisions: [] };
          const named = shownSteps(trace, [...rubricParts]).find(({ step_id }) => step_id === made.step_id);
          expect([seed, named?.by]).toEqual([seed, 'agent']);
        }
      }
    },
  );

  it('are null where a trace has nothing to spoil', () => {
    for (const fault of plantedFaults) expect(fault.plant([], dice('x'))).toBeNull();
  });
});
