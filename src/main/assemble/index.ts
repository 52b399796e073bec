import type { Assembled, DecodedExchange, HeaderList, LineageReader } from '../../shared/model/index.js';
import { sessionOf } from '../../shared/session-keys.js';
import { nulJoinedId } from '../ground/derived-ids.js';
import { type Arrival, arrivalOf } from './arrival.js';
import { askedOnce } from './asked-once.js';
import { assembleCall, type NewLinks, type Setting } from './call.js';
import { actionEffects, callEffects } from './effects/index.js';
import { assembleLateAnswer } from './late-answer.js';
import { marked } from './records/marked.js';
import { capturedMark, needsCapturedMark, ofOwnKind } from './records/own-kind.js';
import { assembleRecord } from './records/record.js';
import { headerReader } from './session.js';
import { secondReport, witnessedMark, witnessOf } from './witness/witness.js';

export { contentHash } from './chain/canonical.js';
export { changedFingerprint, keyChanges } from './chain/rekey.js';
export { effectKeys } from './effects/keys.js';
export { redactExcerpts } from './excerpts.js';
export { statusOf } from './failures/index.js';
export { sentMark } from './records/own-kind.js';
export { threadingRules } from './rules/index.js';
export { suspicionOf, suspicionVersion } from './suspicion/index.js';
export { personsText } from './title.js';

/**
 * Puts one decoded exchange into its trace: the rows to add for it and the rows it completes.
 * Pure: the same exchange and the same lineage give the same result, ids included. Work grows with the messages of the
 * request, never with the number of traces; every lookup goes through `stored`.
 * @param clientName short name of the program that sent these headers, as exchanges are listed under
 */
export function assemble(
  decoded: DecodedExchange,
  stored: LineageReader,
  clientName: (headers: HeaderList) => string = firstProduct,
): Assembled {
  const cached = askedOnce(stored);
  if (decoded.record !== undefined) return assembleRecord(decoded, decoded.record, cached);
  const lineage = ofOwnKind(cached, false);
  if (decoded.call !== null) {
    const client = clientName(decoded.exchange.request.headers);
    return assembleCaptured(decoded, arrivalOf(decoded, decoded.call), lineage, client);
  }
  const late = decoded.answer === undefined ? null : assembleLateAnswer(decoded, decoded.answer, lineage);
  if (late !== null) return late;
  if (decoded.action === undefined) return { decoded, call: null };
  return { decoded, call: null, effects: actionEffects(decoded, decoded.action, lineage) };
}

function firstProduct(headers: HeaderList): string {
  return headerReader(headers)('user-agent')?.split(/\s/, 1)[0] ?? 'unknown';
}

function assembleCaptured(
  decoded: DecodedExchange,
  arrival: Arrival,
  lineage: LineageReader,
  client: string,
): Assembled {
  const report = secondReport(arrival, lineage);
  if (report !== null) {
    const { trace_id } = report.node;
    return {
      decoded,
      call: null,
      witness: witnessOf(arrival, report),
      record: marked(trace_id, arrival.ended_at, [witnessedMark(arrival, report.node)]),
    };
  }
  const setting: Setting = {
    home: recordedHome(sessionOf(arrival.session_key), lineage),
    fresh_id: nulJoinedId(arrival.started_at, arrival.exchange.exchange_id, 'trace'),
    marks: [],
    open: (_, links) => openTrace(arrival, links, client),
  };
  const { call, effects } = callEffects(assembleCall(arrival, lineage, setting), arrival, lineage);
  if (call.new_trace !== null || !needsCapturedMark(call.trace_id, lineage)) return { decoded, call, effects };
  return { decoded, call, effects, record: marked(call.trace_id, arrival.ended_at, [capturedMark]) };
}

/** The trace that records of a session opened before the first call of it was captured. */
function recordedHome(key: string | null, lineage: LineageReader): string | null {
  if (key === null) return null;
  const recorded = lineage.byTraceKey(key);
  return recorded === null || lineage.bySessionKey(key).length > 0 ? null : recorded.trace_id;
}

function openTrace({ exchange, session }: Arrival, links: NewLinks, client: string): ReturnType<Setting['open']> {
  const named = session.id ?? session.run;
  const ways = { gateway: 'gateway', import: 'import' } as { [via: string]: string };
  return {
    kind: 'agent',
    key: null,
    parent_trace_id: links.parent_trace_id,
    parent_step_id: links.parent_step_id,
    predecessor_trace_id: links.predecessor_trace_id,
    source: {
      kind: ways[exchange.via] ?? 'proxy',
      client,
      ...(named === null ? {} : { session: named }),
      upstream: exchange.upstream_name ?? hostOf(exchange.url),
    },
  };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url.slice(0, 100);
}
