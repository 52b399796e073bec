import { describe, expect, it } from 'vitest';
import { differencesOf, placeOf, shownRows } from '../../../src/renderer/src/components/compare/rows.js';
import { stepText, stepTitle } from '../../../src/renderer/src/components/compare/step-text.js';
import { align } from '../../../src/shared/align/align.js';
import { stepHash } from '../../../src/shared/align/step-hash.js';
import type { Step } from '../../../src/shared/model/index.js';

const step = (fields: object): Step =>
  ({ step_id: crypto.randomUUID(), seq: 0, timestamp: '2026-03-04T05:06:07Z', ...fields }) as unknown as Step;

describe('shownRows', () => {
  // 40 equal, one changed, 3 equal, one only there, 9 equal
  const a = [...Array(40).keys()].map(String).concat('x', 'p', 'q', 'r', 'only', ...'abcdefghi');
  const b = [...Array(40).keys()].map(String).concat('y', 'p', 'q', 'r', ...'abcdefghi');
  const { rows, first_difference } = align(a, b);

  it('folds equal rows and keeps one beside each difference', () => {
    const shown = shownRows(rows, true, new Set());
    expect(shown.map((it) => (it.kind === 'row' ? it.row : `${it.from}-${it.to}`))).toEqual([
      '0-39',
      39,
      40,
      41,
      42,
      43,
      44,
      45,
      '46-54',
    ]);
    expect(differencesOf(rows)).toEqual([40, 44]);
    expect(shown[placeOf(shown, first_difference as number)]).toEqual({ kind: 'row', row: 40 });
    expect(placeOf(shown, 50)).toBe(8);
  });

  it('shows every row once where nothing is folded, or a fold was opened', () => {
    expect(shownRows(rows, false, new Set())).toHaveLength(rows.length);
    const opened = shownRows(rows, true, new Set([0]));
    expect(opened.slice(0, 3)).toEqual([0, 1, 2].map((row) => ({ kind: 'row', row })));
    expect(placeOf(opened, 30)).toBe(30);
  });
});

describe('stepText', () => {
  it('keeps the lines of a command, and says nothing that is ordinary', () => {
    const call = step({
      type: 'tool_call',
      tool_call_id: 'c1',
      name: 'bash',
      arguments: { command: 'make\nmake test', timeout: 30 },
      status: 'ok',
    });
    expect(stepTitle(call)).toEqual({ title: 'Tool call', name: 'bash' });
    expect(stepText(call)).toBe('command:\nmake\nmake test\ntimeout: 30');
  });

  it('shows whatever makes two steps differ', () => {
    const pairs = [
      [{ status: 'ok' }, { status: 'error' }],
      [{ agent: 'planner' }, { agent: 'writer' }],
      [{ server: true }, {}],
    ];
    for (const [one, two] of pairs) {
      const base = { type: 'tool_call', tool_call_id: 'c', name: 'read', arguments: { path: 'a' }, status: 'ok' };
      const [a, b] = [step({ ...base, ...one }), step({ ...base, ...two })];
      expect(stepHash(a)).not.toBe(stepHash(b));
      expect(stepText(a)).not.toBe(stepText(b));
    }
    const parts = (extra: object) =>
      step({ type: 'tool_result', tool_call_id: 'c', result: [{ type: 'text', text: 'x', ...extra }] });
    expect(stepText(parts({}))).toBe('x');
    expect(stepText(parts({ cache: 1 }))).toContain('cache');
  });
});
