import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { openCatalogue } from '../../../src/main/oracle/catalogue.js';
import { random } from '../../../src/main/oracle/random.js';
import { defaultShapes, sampleTrace } from '../../../src/main/oracle/sampler/sample.js';
import { schemaProblems } from '../../../src/main/oracle/validators/json-schema.js';

const catalogue = openCatalogue([join(import.meta.dirname, '../../../resources/oracle/domains')]);

/** Values that are nearly what a schema wants. */
const strange = [null, true, '', 'x', -1, 1.5, 3e9, [], {}, [{}], 'INV-1', '2026-02-31', '2026-13-01T00:00:00Z'];

test('says the same as a known validator of what tools take and give, right and harmed', () => {
  const ajv = new Ajv({ strict: false });
  ajv.addFormat('date', /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/);
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
  let wrong = 0;
  for (const id of ['finance', 'devops', 'healthcare']) {
    const domain = catalogue.named(id);
    for (let index = 0; index < 60; index += 1) {
      const dice = random('harm', id, index);
      const worlds = (number: number) => catalogue.world(domain, number);
      const trace = sampleTrace(domain, { seed: 2, index, shapes: defaultShapes, worlds, worldCount: 2 });
      for (const { call_id, tool_id, arguments: args } of trace.graph.calls) {
        const tool = domain.tools.get(tool_id.slice(id.length + 1));
        if (tool === undefined) throw new Error(`there is no ${tool_id}`);
        for (const [schema, value] of [
          [tool.parameters, args],
          [tool.result, trace.results?.[call_id]],
        ] as const) {
          expect(schemaProblems(schema, value)).toEqual([]);
          const known = ajv.compile(schema);
          for (let harm = 0; harm < 6; harm += 1) {
            const copy = harmed(structuredClone(value), dice);
            const isRight = known(copy);
            if (!isRight) wrong += 1;
            expect([schemaProblems(schema, copy).length === 0, copy]).toEqual([isRight, copy]);
          }
        }
      }
    }
  }
  expect(wrong).toBeGreaterThan(500);
});

test('refuses a keyword that it would pass over', () => {
  expect(() => schemaProblems({ type: 'string', maxLength: 3 }, 'long')).toThrow('maxLength');
});

/** One place of a value changed, taken away or added. */
function harmed(value: unknown, dice: ReturnType<typeof random>): unknown {
  if (typeof value !== 'object' || value === null || dice.chance(0.1)) return dice.pick(strange);
  const keys = Object.keys(value);
  const key = keys.length === 0 || dice.chance(0.15) ? 'extra' : dice.pick(keys);
  const at = value as Record<string, unknown>;
  if (dice.chance(0.25)) Reflect.deleteProperty(at, key);
  else at[key] = harmed(at[key], dice);
  return value;
}
