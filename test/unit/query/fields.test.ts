import { describe, expect, it } from 'vitest';
import {
  completeQuery,
  parseQuery,
  type QueryScope,
  queryFields,
  queryScopes,
} from '../../../src/shared/query/index.js';

describe('fields of records and effects', () => {
  const queries: [QueryScope, string][] = [
    ['traces', 'kind:pr_telemetry source:import:har effect:never_sent disagreement:yes parent:none predecessor:none'],
    ['tool_calls', 'effect:altered disagreement:no source:otlp'],
    ['exchanges', 'via:intake effect:unclaimed'],
  ];
  it.each(queries)('%s takes %s', (scope, query) => {
    expect(parseQuery(query, scope)).toMatchObject({ type: 'and' });
  });

  it('refuse what no row of the list can have', () => {
    expect(() => parseQuery('effect:unclaimed', 'traces')).toThrow(/cannot be/);
    expect(() => parseQuery('disagreement:maybe', 'traces')).toThrow(/cannot be/);
  });

  it('are completed with their values', () => {
    expect(completeQuery('effect:', 7, 'tool_calls').options.map(({ text }) => text)).toEqual([
      'joined',
      'altered',
      'never_sent',
    ]);
    expect(completeQuery('via:i', 5, 'exchanges').options.map(({ text }) => text)).toEqual([
      'intercept',
      'intake',
      'import',
    ]);
  });

  it('have one name each in every list', () => {
    for (const scope of queryScopes) {
      const names = queryFields[scope].map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});
