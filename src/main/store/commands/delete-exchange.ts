import type { ChunkStore } from '../bodies/chunk-store.js';
import type { ExchangeHead } from '../codec/exchange-head.js';
import { type Packed, unpackJson } from '../codec/pack.js';
import { decodeDeltas } from '../codec/varint.js';
import type { CaptureCounts } from '../counts/capture-counts.js';
import type { Terms } from '../dictionaries/terms.js';
import type { FindingRows } from '../findings/finding-rows.js';
import { lineageKeyBytes } from '../lookups/lineage-keys.js';
import { exchangeTextRow, type Schema } from '../sqlite/schema.js';
import { type Statements, sqlBuilder } from '../sqlite/statements.js';
import { exchangeSearchText } from '../text/exchange-text.js';
import type { TextIndex } from '../text/text-index.js';

export interface ExchangeDeleteDependencies {
  statements: Statements;
  chunks: ChunkStore;
  terms: Terms;
  text: TextIndex;
  captureCounts: CaptureCounts;
  findings: FindingRows;
}

type Row = Pick<Schema['exchanges'], 'started_at' | 'url' | 'error' | 'terms' | 'format'> &
  Pick<Schema['exchange_contents'], 'request_chunks' | 'response_chunks'> & { id: number; head: Packed };

function selectRows() {
  return sqlBuilder
    .selectFrom('exchanges as x')
    .innerJoin('exchange_contents as c', 'c.exchange', 'x.id')
    .select(['x.id', 'x.started_at', 'x.url', 'x.error', 'x.terms', 'x.format'])
    .select(['c.head', 'c.request_chunks', 'c.response_chunks']);
}

/** Makes what deletes exchanges: bodies, findings, their words in the text index, their values in the filters. */
export function exchangeDeleter({
  statements,
  chunks,
  terms,
  text,
  captureCounts,
  findings,
}: ExchangeDeleteDependencies) {
  type ById = { id: number };
  const ofTrace = statements.prepare<{ trace: number }>()((_, p) => selectRows().where('x.trace', '=', p('trace')));
  const withoutTrace = statements.prepare<{ uid: Buffer }>()((_, p) =>
    selectRows().where('x.uid', '=', p('uid')).where('x.trace', 'is', null),
  );
  const effects = statements.prepare<ById>()((sql, p) =>
    sql.selectFrom('effects').select(['id', 'keys']).where('exchange', '=', p('id')).where('trace', 'is', null),
  );
  const deleteEffectKey = statements.prepare<{ key: Buffer; effect: number }>()((sql, p) =>
    sql.deleteFrom('effect_keys').where('key', '=', p('key')).where('effect', '=', p('effect')),
  );
  const deleteEffect = statements.prepare<ById>()((sql, p) => sql.deleteFrom('effects').where('id', '=', p('id')));
  const deleteTerm = statements.prepare<{ term: number; started_at: number; exchange: number }>()((sql, p) =>
    sql
      .deleteFrom('exchange_terms')
      .where('term', '=', p('term'))
      .where('started_at', '=', p('started_at'))
      .where('exchange', '=', p('exchange')),
  );
  const deleteContents = statements.prepare<ById>()((sql, p) =>
    sql.deleteFrom('exchange_contents').where('exchange', '=', p('id')),
  );
  const deleteExchange = statements.prepare<ById>()((sql, p) => sql.deleteFrom('exchanges').where('id', '=', p('id')));

  let removed = 0;
  function remove(exchange: Row): void {
    removed += 1;
    const { id, started_at } = exchange;
    captureCounts.addExchange(unpackJson<never>(exchange.head) as ExchangeHead, exchange.format, -1);
    chunks.release([...decodeDeltas(exchange.request_chunks), ...decodeDeltas(exchange.response_chunks)]);
    text.remove(exchangeTextRow(id), exchangeSearchText(exchange.url, exchange.error));
    for (const term of decodeDeltas(exchange.terms)) {
      deleteTerm.run({ term, started_at, exchange: id });
      terms.count('exchanges', term, -1);
    }
    findings.remove(id);
    deleteContents.run({ id });
    deleteExchange.run({ id });
  }

  return {
    ofTrace: (trace: number): Row[] => ofTrace.all({ trace }),
    remove,
    /** How many it has removed so far. */
    removed: () => removed,
    /** One that belongs to no trace, with what no tool call claimed of it; false where there is none such. */
    removeWithoutTrace(uid: Buffer): boolean {
      const exchange = withoutTrace.get({ uid });
      if (exchange === undefined) return false;
      for (const { id, keys } of effects.all({ id: exchange.id })) {
        for (let at = 0; at < keys.length; at += lineageKeyBytes) {
          deleteEffectKey.run({ key: keys.subarray(at, at + lineageKeyBytes), effect: id });
        }
        deleteEffect.run({ id });
        captureCounts.add('effect', 'unclaimed', -1);
      }
      remove(exchange);
      return true;
    },
  };
}
