import { describe, expect, it } from 'vitest';
import type { LiveRow } from '../../../src/renderer/src/features/live/live-row.js';
import { groupByTrace, isGroup } from '../../../src/renderer/src/features/live/trace-groups.js';

const row = (id: string, trace_id: string | null) =>
  ({ id, startedAt: `2026-11-21T09:30:0${id}.000Z`, flight: null, done: { trace_id } }) as LiveRow;
const shape = (rows: LiveRow[], closed: string[] = []) =>
  groupByTrace(rows, new Set(closed)).map((each) =>
    isGroup(each) ? `${each.group.trace_id ?? 'none'} ${each.group.count}` : each.id,
  );

describe('exchanges by trace', () => {
  const rows = [row('5', 'b'), row('4', 'a'), row('3', null), row('2', 'b'), row('1', 'a')];

  it('follow the head of their trace, the liveliest trace first, each newest first', () => {
    expect(shape(rows)).toEqual(['b 2', '5', '2', 'a 2', '4', '1', 'none 1', '3']);
  });

  it('hide below a closed head', () => {
    expect(shape(rows, ['b'])).toEqual(['b 2', 'a 2', '4', '1', 'none 1', '3']);
    expect(shape(rows, ['b', 'a', ''])).toEqual(['b 2', 'a 2', 'none 1']);
  });
});
