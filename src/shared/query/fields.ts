import { consentBases, providerTerms } from '../model/consent.js';
import { exchangeStates } from '../model/exchange.js';
import { qaStatuses, qaVerdicts } from '../model/qa.js';
import { completionStatuses, labels, toolCallStatuses, traceKinds } from '../model/trace.js';

export const queryScopes = ['traces', 'tool_calls', 'exchanges'] as const;
export type QueryScope = (typeof queryScopes)[number];

/**
 * What a field's values are. `term`: a name, compared as a whole, `*` as wildcard. `contains`: a piece of a longer text.
 * `choice`: one of `values`. `status`: an HTTP status, `4xx`, or one of `values`. `flag`: `has:` and `is:`.
 */
export type FieldType =
  | 'term'
  | 'contains'
  | 'choice'
  | 'status'
  | 'flag'
  | 'id'
  | 'number'
  | 'duration'
  | 'size'
  | 'date';

export interface QueryField {
  name: string;
  type: FieldType;
  description: string;
  /** Every value there is, for `choice`, `flag` and the words of `status`. */
  values?: readonly string[];
  /** `score.<key>`: the field takes a key after a dot. */
  keyed?: boolean;
}

const field = (name: string, type: FieldType, description: string, values?: readonly string[]): QueryField =>
  values === undefined ? { name, type, description } : { name, type, description, values };

/** `joined`: a request of it was seen, `altered`: not as asked, answered or claimed, `never_sent`: none where one was due. */
const effectStates = ['joined', 'altered', 'never_sent'];

/** Fields of the trajectory itself; tool calls are found by them too. */
const ofTrace = [
  field('kind', 'choice', 'Kind of trace', traceKinds),
  field('model', 'term', 'Model that answered'),
  field('client', 'term', 'Program that made the calls, e.g. claude-cli/2.1.3'),
  field('session', 'term', 'Session name'),
  field('scenario', 'term', 'What it was made for, e.g. MarketResearchAnalysis'),
  field('mode', 'term', 'Mode of the run, e.g. EXECUTION or SIMULATION'),
  field('domain', 'term', 'Field of work, by rules or as a tag `domain:NAME` says, e.g. finance'),
  field('upstream', 'term', 'Upstream that was called, e.g. openai'),
  field('host', 'term', 'Host that was called'),
  field('format', 'term', 'Wire format, e.g. openai-chat'),
  field('source', 'term', 'Where the trace came from, e.g. proxy, otlp, import:har'),
  field('entity', 'term', 'Kind of entity that redaction replaced, e.g. EMAIL'),
  field('label', 'choice', 'Label given in review', [...labels, 'none']),
  field('tag', 'term', 'Tag given in review'),
  field('reviewer', 'term', 'Who reviewed it, or labelled something in it'),
  field('rating', 'number', 'Rating given in review, 1 to 5'),
  field('disagreement', 'choice', 'Whether a second report of its calls says otherwise; `no`: one says the same', [
    'yes',
    'no',
  ]),
  field('consent', 'choice', 'Whether it may be used for something; `no`: nobody said so', ['yes', 'no']),
  field('consent.basis', 'choice', 'On what ground it may be used', consentBases),
  field('consent.scope', 'term', 'What it may be used for, e.g. training'),
  field('consent.subject', 'term', 'Who it is about, as a pseudonym'),
  field('licence', 'term', 'Licence it is under, e.g. MIT'),
  field('terms', 'choice', 'Whether the provider’s terms let its outputs be used to train', providerTerms),
  field('duplicate_of', 'id', 'Id of the trace that is kept in place of its near-duplicates'),
  field('qa', 'choice', 'How far the newest run of its tests is', qaStatuses),
  field('verdict', 'choice', 'What the newest run of its tests came to', [...qaVerdicts, 'none']),
  field('tests', 'choice', 'What its tests came to, whoever ran them; `none`: nobody said it', [
    'passed',
    'failed',
    'none',
  ]),
  { ...field('score', 'number', 'Score by its name or kind, e.g. score.judge>=3.5'), keyed: true },
];

const traceFields = [
  ...ofTrace,
  field('id', 'id', 'Id of the trace'),
  field('parent', 'id', 'Id of the parent trace; `none`: nothing spawned it'),
  field('predecessor', 'id', 'Id of the trace that it continues; `none`: it continues no other'),
  field('title', 'contains', 'Piece of the title'),
  field(
    'status',
    'choice',
    'How it ended; `error`: something in it failed, `ok`: nothing did, `suspect`: a result says so',
    [...completionStatuses, 'error', 'ok', 'suspect'],
  ),
  field('sample', 'term', 'Sample of a run of gold traces that it was drawn into'),
  field('tool', 'term', 'Tool that was called'),
  field('effect', 'choice', 'What a tool call of it did on the wire', effectStates),
  field('started', 'date', 'When it began'),
  field('ended', 'date', 'When it was last seen'),
  field('duration', 'duration', 'From its first to its last moment'),
  field('calls', 'number', 'Number of model calls'),
  field('steps', 'number', 'Number of steps'),
  field('tool_calls', 'number', 'Number of tool calls'),
  field('errors', 'number', 'Number of errors'),
  field('findings', 'number', 'Number of redaction findings'),
  field('tokens', 'number', 'Input and output tokens'),
  field('input_tokens', 'number', 'Input tokens'),
  field('output_tokens', 'number', 'Output tokens'),
  field('cost', 'number', 'Cost in US dollars'),
  field('has', 'flag', 'What it has', [
    'error',
    'findings',
    'tool',
    'parent',
    'note',
    'tag',
    'score',
    'correction',
    'step_label',
    'comparison',
  ]),
  field('is', 'flag', 'What it is', [
    'reviewed',
    'accepted',
    'rejected',
    'stale',
    'partial',
    'running',
    'subagent',
    'duplicate',
  ]),
];

const toolCallFields = [
  ...ofTrace,
  field('id', 'id', 'Id of the tool call, as the model gave it'),
  field('trace', 'id', 'Id of its trace'),
  field('call', 'id', 'Id of the model call that asked for it'),
  field('tool', 'term', 'Name of the tool'),
  field('status', 'choice', 'How it ended; `suspect`: ok, but its result says that it failed', [
    ...toolCallStatuses,
    'suspect',
  ]),
  field('suspicion', 'number', 'How likely it failed although nothing marks it so, 0 to 1'),
  field('effect', 'choice', 'What it did on the wire', effectStates),
  field('started', 'date', 'When it was asked for'),
  field('duration', 'duration', 'How long it took'),
  field('has', 'flag', 'What it has', ['result', 'error']),
  field('is', 'flag', 'What its trace is', ['reviewed', 'accepted', 'rejected', 'duplicate']),
];

const exchangeFields = [
  field('id', 'id', 'Id of the exchange'),
  field('trace', 'id', 'Id of its trace'),
  field('call', 'id', 'Id of its model call'),
  field('kind', 'choice', 'Kind of exchange', ['http', 'websocket', 'connect']),
  field('via', 'choice', 'How the client came in', ['forward', 'intercept', 'gateway', 'socket', 'intake', 'import']),
  field('effect', 'choice', 'Whether a tool call asked for what was sent', ['joined', 'unclaimed']),
  field('method', 'term', 'Request method'),
  field('url', 'contains', 'Piece of the URL'),
  field('host', 'term', 'Host that was called'),
  field('status', 'status', 'Status, e.g. 200, 4xx, ok or error', ['ok', 'error']),
  field('state', 'choice', 'How it ended', exchangeStates),
  field('client', 'term', 'Program that made the call'),
  field('session', 'term', 'Session name'),
  field('upstream', 'term', 'Upstream that was called, e.g. openai'),
  field('format', 'term', 'Wire format, e.g. openai-chat'),
  field('model', 'term', 'Model that answered'),
  field('tool', 'term', 'Tool that the response asked for'),
  field('entity', 'term', 'Kind of entity that redaction replaced, e.g. EMAIL'),
  field('started', 'date', 'When it began'),
  field('duration', 'duration', 'From first to last byte'),
  field('ttfb', 'duration', 'Time to the response head'),
  field('ttft', 'duration', 'Time to the first token'),
  field('bytes', 'size', 'Body bytes of request and response'),
  field('request_bytes', 'size', 'Body bytes of the request'),
  field('response_bytes', 'size', 'Body bytes of the response'),
  field('findings', 'number', 'Number of redaction findings'),
  field('tokens', 'number', 'Input and output tokens'),
  field('input_tokens', 'number', 'Input tokens'),
  field('output_tokens', 'number', 'Output tokens'),
  field('cost', 'number', 'Cost in US dollars'),
  field('has', 'flag', 'What it has', ['error', 'findings', 'tool', 'trace']),
  field('is', 'flag', 'What it is', ['partial', 'undecoded', 'aborted']),
];

/** Every field of every scope: what the parser knows, completion offers and the docs list. */
export const queryFields: Record<QueryScope, readonly QueryField[]> = {
  traces: traceFields,
  tool_calls: toolCallFields,
  exchanges: exchangeFields,
};
