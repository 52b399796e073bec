import type { Judgement } from '../../shared/model/index.js';
import { datasetSigner, type ExportSource } from '../dataset/index.js';
import { answerLogprobs, asksForLogprobs } from '../decode/index.js';
import { eachOf } from '../ground/pages.js';
import { pauses } from '../ground/pauses.js';
import { agreementOf, contaminatedBy, domainOf, indexFiles, splitGroups } from '../review/index.js';
import type { StoreReader } from '../store/index.js';
import { nearFigures } from './near-figures.js';
import { nearTools } from './near-tools.js';

/** Characters of a body that are looked through for tokens; beyond it lie no answers but floods. */
const longestBody = 64 * 1024 * 1024;

/** What reviewers say that can be compared. */
const agreedFields = ['label', 'rating', 'step_label'] as const;
/** The judge's score from which on it accepts: of no account where no judge is told of. */
const acceptFrom = 3;

/** What rows of datasets are made of, with the engine and without one. */
export function exportSource(
  reader: StoreReader,
  { key, ...rules }: Pick<ExportSource, 'redactor' | 'consentRequired'> & { key: Uint8Array },
): ExportSource {
  return {
    traces: ({ query, trace_ids }, signal) => reader.iterateTraces(query, signal, trace_ids),
    beginnings: ({ query, trace_ids }, signal) => reader.iterateBeginnings(query, signal, trace_ids),
    count: ({ query, trace_ids }) => reader.countTraces(query, trace_ids),
    callMessages: (callId) => reader.callMessages(callId),
    summaries: () => eachOf((cursor) => reader.traces({ query: '', limit: 200, cursor })),
    agreement: (traceIds, seed) =>
      agreedFields
        .map((field) => agreementOf(reader.judgements(null, field, traceIds), { field, seed, acceptFrom }))
        .filter(({ units }) => units > 0),
    nearDuplicates: (traceIds) => nearFigures(reader.near, traceIds),
    domainOf: (trace) => domainOf(trace)?.domain ?? null,
    domain: (traceId) => reader.quality.domain(traceId),
    signer: datasetSigner(key),
    children: (traceId) => reader.iterateTraces(`parent:${traceId}`),
    trace: (traceId) => reader.trace(traceId),
    labels: (traceId) => reader.labels(traceId),
    verdicts: (traceId) => newestJudgements(reader, traceId),
    expansion: (traceId, callId) => reader.expansion(traceId, callId),
    task: (traceId) => reader.qaTask(traceId),
    droppedEntities: (traceId) => reader.droppedEntities(traceId),
    logprobs({ exchange_id, params }) {
      if (exchange_id === null || !asksForLogprobs(params)) return [];
      const body = reader.exchangeBody(exchange_id, 'response', 0, longestBody);
      return body === null || body.total_chars > longestBody ? [] : answerLogprobs(body.text);
    },
    consent: (traceId) => reader.consent(traceId),
    traceSummary: (traceId) => reader.traceSummary(traceId),
    async contaminated({ files, words }, signal) {
      return contaminatedBy(await indexFiles(files, words, signal));
    },
    splitGroups: (wanted, signal) => splitGroups(nearTools(reader, key), wanted, { pause: pauses(signal) }),
    ...rules,
  };
}

function newestJudgements(reader: StoreReader, traceId: string): ReturnType<ExportSource['verdicts']> {
  const newest = new Map<string, Judgement>();
  for (const judgement of eachOf((cursor) => reader.traceJudgements(traceId, cursor, 100))) {
    const judge = JSON.stringify([judgement.rubric, judgement.profile]);
    // The newest comes first.
    if (!newest.has(judge)) newest.set(judge, judgement);
  }
  return [...newest.values()].map((judgement) => ({
    judgement,
    sent: reader.judgementSent(judgement.judgement_id)?.sent ?? [],
  }));
}
