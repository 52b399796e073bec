import type { CaptureHealth } from '../../../shared/model/index.js';
import { nameSeparator } from '../counts/capture-counts.js';
import { type Statements, sqlBuilder } from '../sqlite/statements.js';

type Counted = CaptureHealth['undecoded'][number];

/** Names of one kind that are shown at most, most frequent first. */
const maxNames = 200;

/** Every number stands ready: this reads as many rows as it answers, however large the store. */
export function captureHealth(statements: Statements): CaptureHealth {
  const terms = (field: string): Counted[] =>
    statements.all(
      sqlBuilder
        .selectFrom('terms')
        .select(['value as name', 'exchanges as count'])
        .where('field', '=', field)
        .where('exchanges', '>', 0)
        .orderBy('count', 'desc')
        .orderBy('name')
        .limit(maxNames),
    );
  const counts = (kind: string) =>
    statements.all(
      sqlBuilder
        .selectFrom('capture_counts')
        .select(['name', 'count', 'total'])
        .where('kind', '=', kind)
        .where('count', '>', 0)
        .orderBy('count', 'desc')
        .orderBy('name')
        .limit(maxNames),
    );
  const named = (kind: string): Counted[] => counts(kind).map(({ name, count }) => ({ name, count }));
  const of = (kind: string, name: string) => counts(kind).find((each) => each.name === name)?.count ?? 0;
  const by_state = terms('state');
  return {
    exchanges: {
      total: by_state.reduce((sum, { count }) => sum + count, 0),
      by_state,
      by_format: terms('format'),
      by_via: terms('via'),
    },
    undecoded: named('undecoded'),
    unknown_events: counts('unknown_event').map(({ name, count }) => {
      const [format = '', type = ''] = split(name);
      return { format, type, count };
    }),
    truncated: { request: of('truncated', 'request'), response: of('truncated', 'response') },
    sealed: named('sealed'),
    effects: {
      joined: of('effect', 'joined'),
      unclaimed: of('effect', 'unclaimed'),
      altered: of('effect', 'altered'),
      never_sent: of('effect', 'never_sent'),
    },
    edges: counts('edge').map(({ name, count, total }) => {
      const [rule = '', basis = ''] = split(name);
      return { rule, basis, count, mean_confidence: total / count };
    }),
  };
}

function split(name: string): string[] {
  const at = name.indexOf(nameSeparator);
  return [name.slice(0, at), name.slice(at + 1)];
}
