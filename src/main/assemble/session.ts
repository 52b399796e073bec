import type { DecodedExchange, HeaderList } from '../../shared/model/index.js';

/** What a request says outright about the session it belongs to. */
export interface SessionEvidence {
  /** Session id as sent; null where the request names none. */
  id: string | null;
  /** Agent within the session: a subagent with a trace of its own. */
  agent: string | null;
  /** Session that started this one. */
  parent_id: string | null;
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

/** Codex: these run inside the conversation that they serve; the other kinds are agents of their own. */
const sameConversation = new Set(['compact', 'memory_consolidation']);

export function sessionEvidence(decoded: DecodedExchange): SessionEvidence {
  const { exchange, record } = decoded;
  if (record !== undefined) return recordEvidence(record.trace.key);
  const header = headerReader(exchange.request.headers);
  const run = exchange.session_source === 'run' ? (exchange.session ?? null) : null;
  const codexAgent = header('x-openai-subagent');
  const agent =
    header('x-claude-code-agent-id') ??
    (codexAgent !== null && !sameConversation.has(codexAgent.toLowerCase()) ? codexAgent : null);
  const parent_id = header('x-parent-session-id') ?? header('x-codex-parent-thread-id');
  for (const name of sessionHeaders) {
    const id = header(name);
    if (id !== null) return { id, agent, parent_id, where: `the ${name} header`, run };
  }
  const hint = usable(decoded.call?.request.session_hint);
  if (hint !== null) {
    const id = /session_([0-9A-Za-z-]{8,64})/.exec(hint)?.[1] ?? hint;
    return { id, agent, parent_id, where: 'the session id in the request body', run };
  }
  if (exchange.session_source === 'path' && exchange.session !== undefined) {
    return { id: exchange.session, agent, parent_id, where: 'the /s/ part of the gateway path', run };
  }
  return { id: null, agent: null, parent_id: null, where: '', run };
}

/** A record's key `session:<id>[/agent:<id>]` is that of the captured session; any other key is a session by itself. */
function recordEvidence(key: string): SessionEvidence {
  const [, id = key, agent = null] = /^(?:sent )?session:(.+?)(?:\/agent:(.+))?$/s.exec(key) ?? [];
  return { id, agent, parent_id: null, where: 'the trace key of the record', run: null };
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

/** Run label of a stored key, '' without one. */
export function runOf(key: string | null): string {
  return key?.startsWith('run:') ? (key.split(' session:', 1)[0] as string) : '';
}

/** True where a stored key names a session and not only a run. */
export function namesSession(key: string | null): boolean {
  return key !== null && (key.startsWith('session:') || key.includes(' session:'));
}

export function headerReader(headers: HeaderList): (name: string) => string | null {
  return (name) => usable(headers.find(([key]) => key.toLowerCase() === name)?.[1]);
}

/** A value that can tell sessions apart: not empty, not endless, not blotted out by a gateway or by redaction. */
function usable(value: string | undefined): string | null {
  const text = value?.trim() ?? '';
  return text === '' || text.length > 256 || /^[*x•-]+$|redacted|^<[A-Z_]+_MASKED>$/i.test(text) ? null : text;
}
