import type { DecodedExchange, HeaderList, Json } from '../../shared/model/index.js';
import { objectOf, parseJson } from '../ground/json.js';

/** What a request says outright about the session it belongs to. */
export interface SessionEvidence {
  /** Session id as sent; null where the request names none. */
  id: string | null;
  /** Agent within the session: a subagent with a trace of its own. */
  agent: string | null;
  /** Session that started this one. */
  parent_id: string | null;
  /** Number of the context window within the session, where the client counts them: each compaction begins another. */
  window: number | null;
  /** The client says that the context was compacted before this request. */
  compacted: boolean;
  /** Where the id stood, for people: a header's name, `metadata.user_id`, or the gateway path. */
  where: string;
  /** Name of the whole run (`sluice run --session`): calls of different runs never meet. */
  run: string | null;
}

/** Headers that name a session, most specific first. */
const sessionHeaders = [
  'x-claude-code-session-id',
  'session_id',
  'session-id',
  'x-session-id',
  'helicone-session-id',
] as const;

/** Codex before it named its threads: these run inside the conversation that they serve; the other kinds are agents of their own. */
const sameConversation = new Set(['compact', 'memory_consolidation']);

export function sessionEvidence(decoded: DecodedExchange): SessionEvidence {
  const { exchange, record } = decoded;
  if (record !== undefined) return recordEvidence(record.trace.key);
  const header = headerReader(exchange.request.headers);
  const run = exchange.session_source === 'run' ? (exchange.session ?? null) : null;
  const thread = codexThread(header, decoded);
  if (thread !== null) return { ...thread, agent: null, compacted: false, run };
  const kind = header('x-openai-subagent');
  const agent =
    header('x-claude-code-agent-id') ?? (kind !== null && !sameConversation.has(kind.toLowerCase()) ? kind : null);
  const parent_id = header('x-parent-session-id') ?? header('x-codex-parent-thread-id');
  const compacted = header('x-claude-code-context-compacted') !== null;
  const named = { agent, parent_id, window: null, compacted, run };
  for (const name of sessionHeaders) {
    const id = header(name);
    if (id !== null) return { ...named, id, where: `the ${name} header` };
  }
  const hint = usable(decoded.call?.request.session_hint);
  if (hint !== null) {
    const id = /session_([0-9A-Za-z-]{8,64})/.exec(hint)?.[1] ?? hint;
    return { ...named, id, where: 'the session id in the request body' };
  }
  if (exchange.session_source === 'path' && exchange.session !== undefined) {
    return { ...named, id: exchange.session, where: 'the /s/ part of the gateway path' };
  }
  return { id: null, agent: null, parent_id: null, window: null, compacted: false, where: '', run };
}

/**
 * Codex names the thread of every agent; its session is the root's for all of them. It says so in headers and in the body,
 * and there in a note again: over a WebSocket the headers are those of the handshake, so what a turn itself says goes first.
 */
function codexThread(
  header: (name: string) => string | null,
  { exchange, call }: DecodedExchange,
): Pick<SessionEvidence, 'id' | 'parent_id' | 'window' | 'where'> | null {
  const turn = objectOf(call?.request.params['client_metadata']);
  const note = exchange.request.headers.find(([name]) => name.toLowerCase() === noteName)?.[1];
  const sources = [
    { where: 'the metadata of the turn', field: (name: string) => wordOf(turn[name]), note: turn[noteName] },
    { where: 'the headers', field: (name: string) => header(name.replace('_', '-')), note },
  ];
  for (const { where, field, note } of sources) {
    const noted = objectOf(typeof note === 'string' ? parseJson(note) : undefined);
    const id = field('thread_id') ?? wordOf(noted['thread_id']);
    if (id === null) continue;
    const parent = field('x-codex-parent-thread-id') ?? wordOf(noted['parent_thread_id']);
    const root = parent ?? field('session_id') ?? wordOf(noted['session_id']);
    const window = field('x-codex-window-id') ?? wordOf(noted['window_id']);
    return {
      id,
      parent_id: root === id ? null : root,
      // `<thread>:<number>`
      window: window?.startsWith(`${id}:`) ? windowNumber(window.slice(id.length + 1)) : null,
      where: `the thread id in ${where}`,
    };
  }
  return null;
}

function windowNumber(text: string): number | null {
  return /^\d{1,6}$/.test(text) ? Number(text) : null;
}

const noteName = 'x-codex-turn-metadata';

/** A record's key `session:<id>[/agent:<id>]` is that of the captured session; any other key is a session by itself. */
function recordEvidence(key: string): SessionEvidence {
  const [, id = key, agent = null] = /^(?:sent )?session:(.+?)(?:\/agent:(.+))?$/s.exec(key) ?? [];
  const none = { parent_id: null, window: null, compacted: false, run: null };
  return { ...none, id, agent, where: 'the trace key of the record' };
}

/**
 * Key under which a call is stored and its session found: `session:<id>[/agent:<id>]`, behind `run:<name> ` within a
 * named run. A run without a session gives only that label, which separates but is never looked up.
 */
export function sessionKey(evidence: SessionEvidence): string | null {
  const run = evidence.run === null ? '' : `run:${evidence.run} `;
  if (evidence.id === null) return run === '' ? null : run.trimEnd();
  return `${run}session:${evidence.id}${evidence.agent === null ? '' : `/agent:${evidence.agent}`}`;
}

export function headerReader(headers: HeaderList): (name: string) => string | null {
  return (name) => usable(headers.find(([key]) => key.toLowerCase() === name)?.[1]);
}

const wordOf = (value: Json | undefined): string | null => usable(typeof value === 'string' ? value : undefined);

/** A value that can tell sessions apart: not empty, not endless, not blotted out by a gateway or by redaction. */
function usable(value: string | undefined): string | null {
  const text = value?.trim() ?? '';
  return text === '' || text.length > 256 || /^[*x•-]+$|redacted|^<[A-Z_]+_MASKED>$/i.test(text) ? null : text;
}
