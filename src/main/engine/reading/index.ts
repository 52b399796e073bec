import type { Large } from '../../../shared/contract/operation.js';
import { SluiceError } from '../../../shared/errors.js';
import type {
  DatasetDefinition,
  DatasetPreview,
  ExportOptions,
  ExportPreview,
  RenderedRow,
  TraceShape,
  ValidationReport,
} from '../../../shared/model/index.js';
import { asker } from '../../ground/asker.js';
import type { ReadingRequest, ReadingRules, ReadingThreadData } from '../../threads/protocol.js';
import { type CommandOf, remote } from '../../threads/remote.js';
import { createThreadPool } from '../../threads/thread-pool.js';
import { startWorker } from '../../threads/worker-handle.js';
import { costs, type Reads } from './reads.js';

/** One for what may take long, one for what is answered at once. */
const readingThreads = 2;
/** Nobody looks at a page for longer, and a thread that is busy answers no one else. */
const deadlineMs = 15_000;

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
    pool.ask(request, { wide: isWide(request), by: asker(), tooLong: tooExpensive });
  const names = Object.fromEntries(Object.keys(costs).map((name) => [name, true])) as Record<keyof Reads, true>;
  return {
    reads: remote<Reads>(names, (command) => ask({ type: 'read', command })),
    preview: (options: ExportOptions) =>
      ask({ type: 'preview', options, rules: parts.rules() }) as Promise<Large<ExportPreview>>,
    previewDefinition: (definition: DatasetDefinition) =>
      ask({ type: 'preview-definition', definition, rules: parts.rules() }) as Promise<Large<DatasetPreview>>,
    render: (wanted: Omit<Extract<ReadingRequest<never>, { type: 'render' }>, 'type'>) =>
      ask({ type: 'render', ...wanted }) as Promise<Large<RenderedRow>>,
    validate: (traceId: string) =>
      ask({ type: 'validate', traceId, rules: parts.rules() }) as Promise<Large<ValidationReport> | null>,
    /** As a row of a layout, in JSON. Throws `shape_unfit`. */
    shaped: (traceId: string, shape: TraceShape) =>
      ask({ type: 'shape', traceId, shape }) as Promise<Uint8Array | null>,
    close: pool.close,
  };
}

function isWide(request: ReadingRequest<CommandOf<Reads>>): boolean {
  if (request.type !== 'read') return true;
  const { name, args } = request.command;
  // The newest of a list are read off an index.
  if (name === 'traces' || name === 'exchanges' || name === 'toolCalls') return args[0].query !== '';
  if (name === 'jobs') return args[0].kind !== null;
  return costs[name] === 'wide';
}

function tooExpensive(): SluiceError {
  return new SluiceError('query_too_expensive', 'The answer takes longer than this engine may spend on one request.');
}
