import { SluiceError } from '../../../shared/errors.js';
import type { ExportOptions, ValidationReport } from '../../../shared/model/index.js';
import type { Exports, Large, ListOptions, Reads } from '../../api/services.js';
import type { ReadingRequest, ReadingRules, ReadingThreadData } from '../../threads/protocol.js';
import { type CommandOf, remote } from '../../threads/remote.js';
import { createThreadPool } from '../../threads/thread-pool.js';
import { startWorker } from '../../threads/worker-handle.js';

/** One for what may take long, one for what is answered at once. */
const readingThreads = 2;
/** Nobody looks at a page for longer, and a thread that is busy answers no one else. */
const deadlineMs = 15_000;

/** `wide`: its cost grows with the store or with the record; `near`: it is found by a key, or bounded. */
const reads = {
  traces: 'wide',
  toolCalls: 'wide',
  exchanges: 'wide',
  traceJson: 'wide',
  traceHead: 'near',
  traceSummary: 'near',
  traceSteps: 'near',
  traceCalls: 'near',
  traceToolCalls: 'near',
  traceDecisions: 'near',
  traceFindings: 'near',
  traceChildren: 'near',
  traceTree: 'near',
  traceEffects: 'near',
  traceWitnesses: 'near',
  unclaimedEffects: 'wide',
  captureHealth: 'near',
  findingsSummary: 'wide',
  findings: 'wide',
  findingPlaces: 'near',
  knownEvents: 'near',
  traceIdByKey: 'near',
  exchange: 'near',
  exchangeJson: 'wide',
  exchangeBody: 'near',
  exchangeBodyJson: 'wide',
  fieldValues: 'wide',
  consent: 'near',
  consentHistory: 'near',
  consentOverview: 'wide',
  savedFilters: 'near',
  review: 'near',
} as const satisfies Record<keyof Reads, 'near' | 'wide'>;

/** Everything that reads much of the store, on threads of its own. */
export function startReading(parts: {
  entry: URL;
  data: ReadingThreadData;
  /** As they stand when a request comes. */
  rules(): ReadingRules;
  deadlineMs?: number;
}) {
  const pool = createThreadPool<ReadingRequest<CommandOf<Reads>>>({
    start: () => startWorker(parts.entry, parts.data, () => {}),
    size: readingThreads,
    deadlineMs: parts.deadlineMs ?? deadlineMs,
  });
  const ask = (request: ReadingRequest<CommandOf<Reads>>) =>
    pool.ask(request, { wide: isWide(request), tooLong: tooExpensive });
  const names = Object.fromEntries(Object.keys(reads).map((name) => [name, true])) as Record<keyof Reads, true>;
  return {
    reads: remote<Reads>(names, (command) => ask({ type: 'read', command })),
    preview: (options: ExportOptions) =>
      ask({ type: 'preview', options, rules: parts.rules() }) as ReturnType<Exports['preview']>,
    validate: (traceId: string) =>
      ask({ type: 'validate', traceId, rules: parts.rules() }) as Promise<Large<ValidationReport> | null>,
    close: pool.close,
  };
}

function isWide(request: ReadingRequest<CommandOf<Reads>>): boolean {
  if (request.type !== 'read') return true;
  const { name, args } = request.command;
  // The newest of a list are read off an index.
  if (name === 'traces' || name === 'exchanges' || name === 'toolCalls') return (args[0] as ListOptions).query !== '';
  return reads[name] === 'wide';
}

function tooExpensive(): SluiceError {
  return new SluiceError('query_too_expensive', 'The answer takes longer than this engine may spend on one request.');
}
