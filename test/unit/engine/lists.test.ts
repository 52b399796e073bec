import { describe, expect, it } from 'vitest';
import { newTrace } from '../../../src/main/assemble/placement.js';
import { place, threadingRules } from '../../../src/main/assemble/rules/index.js';
import { layouts, rowsOf } from '../../../src/main/dataset/layouts/index.js';
import { readMessages } from '../../../src/main/decode/index.js';
import { listTitles } from '../../../src/main/engine/lists.js';
import { conventions } from '../../../src/main/intake/otlp/conventions/index.js';
import { otlpToRecords } from '../../../src/main/intake/otlp/index.js';
import { layoutIds } from '../../../src/shared/model/index.js';
import { plainRows, testId, testTrace } from '../../support/traces.js';
import { json, request } from '../intake/otlp/support.js';

const lists = Object.entries(listTitles);

describe.each(lists)('the list of %s', (_, entries) => {
  it('has entries, each with an id of its own and a title', () => {
    expect(entries.length).toBeGreaterThan(0);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    for (const { id, title, description } of entries) {
      expect(id).toMatch(/^[a-z0-9]+([-_.:/][a-z0-9]+)*$/);
      expect(title).toMatch(/^\p{L}/u);
      if (description !== '') expect(description).toMatch(/[.…]$/);
    }
  });
});

describe('what throws is passed over', () => {
  const broken = () => {
    throw new TypeError('broken');
  };

  it('a threading rule, which the placement names', () => {
    const [first] = threadingRules;
    const root = {
      trace: newTrace,
      parent: null,
      knownLinks: 0,
      edge: { rule: 'root', basis: 'recorded', confidence: 1 },
    };
    const rules = [
      { ...first, place: broken },
      { ...first, id: 'root', place: () => root },
    ];
    expect(place({} as never, {} as never, rules as never)).toMatchObject({ failed_rules: [first?.id] });
  });

  it('but not what the store throws within one: that is tried again', () => {
    const full = Object.assign(new Error('full'), { code: 'SQLITE_FULL' });
    const failing = {
      place: () => {
        throw full;
      },
    };
    expect(() => place({} as never, {} as never, [failing as never])).toThrow(full);
  });

  it('a layout, for the rest of the trace', () => {
    const layout = {
      ...layouts.traces,
      *rows() {
        yield { row: 1 };
        broken();
      },
    };
    const rows = [...rowsOf(layout as never, testTrace({ trace_id: testId(1, 1) }), {} as never, null, plainRows())];
    expect(rows).toEqual([{ row: 1 }, { skipped: 'the layout failed' }]);
  });

  it('a convention, of which the sender is told', () => {
    const [first] = conventions;
    if (first === undefined) throw new Error('no conventions');
    const { read } = first;
    Object.assign(first, { read: broken });
    try {
      const spans = request([
        { id: '1', attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' } },
      ]);
      const answer = otlpToRecords(json(spans), 'application/json', readMessages);
      expect(answer).toMatchObject({ rejected: 0, skipped: 0 });
      expect(Buffer.from(answer.answer().body).toString()).toContain(`${first.id} could not be read in 1 spans`);
    } finally {
      Object.assign(first, { read });
    }
  });
});

it('every layout that a query can name is listed', () => {
  expect(Object.keys(layouts).sort()).toEqual([...layoutIds].sort());
});
