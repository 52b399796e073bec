import { type ErrorRecord, type ExchangeSummary, toIso, type Usage } from '../../../../shared/model/index.js';
import { uidText } from '../../codec/uid.js';
import type { Schema } from '../schema.js';
import { sqlBuilder } from '../statements.js';

export type ExchangeRow = Omit<Schema['exchanges'], 'id' | 'trace' | 'input_tokens' | 'output_tokens' | 'terms'> & {
  id: number;
  trace_uid: Buffer | null;
  call_uid: Buffer | null;
};

export function selectExchanges() {
  return sqlBuilder
    .selectFrom('exchanges as t')
    .leftJoin('calls as c', 'c.id', 't.id')
    .leftJoin('traces as r', 'r.id', 't.trace')
    .select([
      't.id',
      't.uid',
      'r.uid as trace_uid',
      'c.uid as call_uid',
      't.kind',
      't.via',
      't.client',
      't.session',
      't.upstream',
      't.method',
      't.url',
      't.status',
      't.started_at',
      't.duration_us',
      't.ttfb_us',
      't.ttft_us',
      't.request_bytes',
      't.response_bytes',
      't.format',
      't.model',
      't.tool_names',
      't.usage',
      't.cost_usd',
      't.state',
      't.undecoded',
      't.finding_count',
      't.error',
    ]);
}

export function exchangeSummary(row: ExchangeRow): ExchangeSummary {
  return {
    exchange_id: uidText(row.uid),
    trace_id: row.trace_uid && uidText(row.trace_uid),
    call_id: row.call_uid && uidText(row.call_uid),
    client: row.client,
    session: row.session,
    kind: row.kind as ExchangeSummary['kind'],
    method: row.method,
    url: row.url,
    status: row.status,
    started_at: toIso(row.started_at),
    duration_ms: row.duration_us / 1000,
    ttfb_ms: row.ttfb_us === null ? null : row.ttfb_us / 1000,
    ttft_ms: row.ttft_us === null ? null : row.ttft_us / 1000,
    request_bytes: row.request_bytes,
    response_bytes: row.response_bytes,
    format: row.format,
    model: row.model,
    tool_names: JSON.parse(row.tool_names) as string[],
    usage: row.usage === null ? null : (JSON.parse(row.usage) as Usage),
    cost_usd: row.cost_usd,
    state: row.state as ExchangeSummary['state'],
    undecoded: row.undecoded === 1,
    finding_count: row.finding_count,
    error: row.error === null ? null : (JSON.parse(row.error) as ErrorRecord),
  };
}
