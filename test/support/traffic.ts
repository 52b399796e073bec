import type { CapturedExchange, HeaderList } from '../../src/shared/model/index.js';
import type { Spoken } from './conversation.js';
import { Conversation, type ConversationOptions } from './conversation.js';

/** Kinds of agent traffic whose truth is known. */
export const families = [
  'plain',
  'twins',
  'parallel-tools',
  'retries',
  'regenerated',
  'edited',
  'compacted',
  'ids-only',
  'counted-ids',
  'subagents',
] as const;
export type Family = (typeof families)[number];

export interface TrafficOptions {
  family: Family;
  sessions: number;
  seed: number;
  /** Session headers as agents send them; without, only content tells. */
  headers: boolean;
  /** Agents share a pool of connections instead of keeping one each. */
  pooled?: boolean;
  formats?: readonly Spoken[];
}

export interface LabelledExchange {
  exchange: CapturedExchange;
  /** Trace it belongs to. */
  truth: string;
  /** Trace of the agent that started this one. */
  parent?: string;
}

/** A small seeded generator (mulberry32): the same seed gives the same traffic everywhere. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const start = 1_790_000_000_000_000;
const words = 'check build test deploy report index cache route parse stream token batch queue merge plan'.split(' ');

/** Traffic of many agents at once, in the order in which its exchanges ended. */
export function traffic(options: TrafficOptions): LabelledExchange[] {
  const random = randomOf(options.seed);
  const out: LabelledExchange[] = [];
  for (let index = 0; index < options.sessions; index++) session(options, index, random, out);
  return out.sort((a, b) => a.exchange.ended_at - b.exchange.ended_at);
}

function session(options: TrafficOptions, index: number, random: () => number, out: LabelledExchange[]): void {
  const { family } = options;
  const formats: readonly Spoken[] =
    family === 'ids-only'
      ? ['openai-responses']
      : (options.formats ?? ['openai-chat', 'openai-responses', 'anthropic-messages']);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const sentence = () => Array.from({ length: 4 + Math.floor(random() * 8) }, () => pick(words)).join(' ');
  const truth = `${family}-${index}`;
  const own = 1000 + index;
  let tool = 0;
  const toolId = () =>
    family === 'counted-ids' ? `call_${tool++ % 3}` : `call_${Math.floor(random() * 2 ** 40).toString(36)}x`;
  const headersOf = (agent?: string): HeaderList =>
    options.headers
      ? [
          ['x-claude-code-session-id', `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`],
          ...(agent === undefined ? [] : ([['x-claude-code-agent-id', agent]] satisfies HeaderList)),
        ]
      : [];
  const format = family === 'twins' ? (formats[0] as Spoken) : pick(formats);
  const base: ConversationOptions = {
    format,
    system: 'You are a careful agent that works on a repository and reports what it did.',
    tools: ['search', 'run', 'delegate'],
    connection: () => (options.pooled ? Math.floor(random() * 8) : own),
    headers: headersOf(),
    chained: family === 'ids-only',
    keepReasoning: random() < 0.5,
    clock: { now: start + Math.floor(random() * 600_000_000) },
  };
  // Half of the agents of these families begin with the very same words.
  const common = family === 'twins' || family === 'ids-only' || family === 'counted-ids' || random() < 0.5;
  const talk = new Conversation(base);
  const pace = () => ({ durationMs: 300 + random() * 4000, gapMs: 100 + random() * 3000 });
  const keep = (exchange: CapturedExchange, name = truth, parent?: string) =>
    out.push({ exchange, truth: name, ...(parent === undefined ? {} : { parent }) });

  talk.user(common ? 'Make the tests pass and tell me what was wrong.' : `Please ${sentence()} (${index}).`);
  const turns = 3 + Math.floor(random() * 8);
  for (let turn = 0; turn < turns; turn++) {
    const last = turn === turns - 1;
    if (family === 'retries' && random() < 0.35) {
      for (let attempt = 0; attempt <= Math.floor(random() * 2); attempt++)
        keep(talk.call({}, { status: 529, ...pace() }));
    }
    if (family === 'regenerated' && turn > 0 && random() < 0.3) {
      const before = structuredClone(talk.history);
      keep(talk.call({ text: `First thought: ${sentence()}` }, pace()));
      talk.history = before;
    }
    const count = last ? 0 : family === 'parallel-tools' ? 1 + Math.floor(random() * 4) : Math.floor(random() * 2);
    const twinsFirst = family === 'twins' && turn === 0;
    const ids = Array.from({ length: count }, toolId);
    const delegated = family === 'subagents' && count > 0 && random() < 0.5;
    const order = `Look into ${sentence()} for ${index}/${turn} and report back.`;
    keep(
      talk.call(
        {
          ...(count === 0 || random() < 0.5
            ? { text: twinsFirst ? 'I will look at the tests first.' : `${sentence()} (${Math.floor(random() * 1e9)})` }
            : {}),
          ...(random() < 0.3 ? { reasoning: sentence() } : {}),
          toolCalls: ids.map((id) =>
            delegated
              ? { name: 'delegate', arguments: { prompt: order }, id }
              : { name: 'run', arguments: { command: twinsFirst ? 'pytest' : sentence() }, id },
          ),
        },
        pace(),
      ),
    );
    if (last) break;
    if (delegated) {
      const child = new Conversation({
        ...base,
        headers: headersOf(`agent-${turn}`),
        chained: false,
        clock: talk.clock,
      });
      child.user(order);
      const name = `${truth}/${turn}`;
      const childTurns = 1 + Math.floor(random() * 3);
      for (let step = 0; step < childTurns; step++) {
        const id = toolId();
        keep(
          child.call(
            step === childTurns - 1
              ? { text: `Found ${sentence()}` }
              : { toolCalls: [{ name: 'search', arguments: { q: sentence() }, id }] },
            pace(),
          ),
          name,
          truth,
        );
        if (step < childTurns - 1) child.results({ id, content: sentence() });
      }
    }
    if (ids.length > 0) talk.results(...ids.map((id) => ({ id, content: twinsFirst ? 'exit code 1' : sentence() })));
    else talk.user(twinsFirst ? 'go on' : sentence());
    if (family === 'compacted' && turn > 1 && talk.history.length > 8) compact(talk, random, sentence);
    if (family === 'edited' && turn > 0 && random() < 0.4) edit(talk, random, sentence);
  }
}

/** Replaces the history by a summary and its last turns. */
function compact(talk: Conversation, random: () => number, sentence: () => string): void {
  const { history } = talk;
  let from = history.length - 3 - Math.floor(random() * 2);
  // What is kept begins with an answer, as agents cut between turns.
  while (from < history.length - 2 && history[from]?.['role'] !== 'assistant') from++;
  if (history[from]?.['role'] !== 'assistant') return;
  talk.history = [{ role: 'user', content: `Summary of what happened so far: ${sentence()}.` }, ...history.slice(from)];
}

/** Changes something that was said before: an answer, or what an old tool result holds. */
function edit(talk: Conversation, random: () => number, sentence: () => string): void {
  const { history } = talk;
  const place = Math.floor(random() * Math.max(1, history.length - 2)) + 1;
  const message = history[place];
  if (message === undefined) return;
  if (typeof message['content'] === 'string') message['content'] = `${sentence()} (edited)`;
  else if (message['type'] === 'function_call_output') message['output'] = '[cleared]';
  else if (Array.isArray(message['content'])) {
    for (const part of message['content']) {
      if (part.type === 'text' || part.type === 'output_text') part.text = `${sentence()} (edited)`;
      else if (part.type === 'tool_result') part.content = '[cleared]';
    }
  }
}

export interface Agreement {
  precision: number;
  recall: number;
  f1: number;
}

/** Agreement of two groupings over all pairs of calls: together in one, together in the other. */
export function pairAgreement(calls: { truth: string; found: string }[]): Agreement {
  const pairs = (size: number) => (size * (size - 1)) / 2;
  const count = (key: (call: { truth: string; found: string }) => string) => {
    const sizes = new Map<string, number>();
    for (const call of calls) sizes.set(key(call), (sizes.get(key(call)) ?? 0) + 1);
    return [...sizes.values()].reduce((sum, size) => sum + pairs(size), 0);
  };
  const both = count((call) => `${call.truth}\0${call.found}`);
  const precision =
    both /
    Math.max(
      1,
      count((call) => call.found),
    );
  const recall =
    both /
    Math.max(
      1,
      count((call) => call.truth),
    );
  return { precision, recall, f1: (2 * precision * recall) / Math.max(1e-9, precision + recall) };
}
