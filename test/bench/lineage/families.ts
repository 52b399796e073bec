import type { HeaderList } from '../../../src/shared/model/index.js';
import {
  Agent,
  type AgentOptions,
  type CallOptions,
  type Label,
  type Labelled,
  type Made,
  type Turn,
  World,
} from './agent.js';
import { announced, rootSocket, watched } from './named.js';
import { type WireName, wireFormats } from './wire.js';

/** What the traffic tells besides its content. */
export const variants = ['headers', 'bare', 'pooled', 'stripped'] as const;
/**
 * `headers`: session headers, own connections. `bare`: no headers, own connections. `pooled`: no headers, eight shared
 * connections. `stripped`: behind a gateway, one connection, no headers, the same user agent for all.
 */
export type Variant = (typeof variants)[number];

export interface Scene {
  world: World;
  variant: Variant;
  /** One prompt and one request that many agents of the family share. */
  common: { system: string; request: string; answers: string[]; title: string; kinds: string };
  /** Microseconds over which the sessions begin. */
  span: number;
  count: number;
}

const start = 1_790_000_000_000_000;
const agents = ['claude-cli/2.1.0', 'codex_cli_rs/0.60.0', 'opencode/1.2.0', 'OpenAI/JS 7.1.0', 'python-httpx/0.28'];

export function uuid({ world }: Scene): string {
  const hex = Array.from({ length: 32 }, () => world.random.below(16).toString(16)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** An agent that begins somewhere in the family's time. */
export function begin(scene: Scene, change: Partial<AgentOptions> = {}): Agent {
  const { world, variant } = scene;
  const number = ++scene.count;
  const own = 10_000 + number;
  const style = world.random.below(4);
  const id = uuid(scene);
  const named = [
    [['x-claude-code-session-id', id]],
    [['session_id', id]],
    [['x-session-id', id]],
    [['helicone-session-id', id]],
  ] as HeaderList[];
  return new Agent(world, {
    session: `session-${number}`,
    format: world.random.pick(wireFormats),
    system: world.chance(0.5) ? scene.common.system : world.texts.system(),
    headers: variant === 'headers' ? (named[style] as HeaderList) : [],
    userAgent: variant === 'stripped' ? 'gateway/1.0' : (agents[style] as string),
    connection: () => (variant === 'stripped' ? 1 : variant === 'pooled' ? 1 + world.random.below(8) : own),
    stream: world.chance(0.5),
    now: start + Math.floor(world.random.next() * scene.span),
    toolIds: 'vendor',
    ...change,
  });
}

function ask(scene: Scene, count: number): NonNullable<Turn['calls']> {
  const { random, texts } = scene.world;
  return Array.from({ length: count }, () => {
    const name = random.pick(['read_file', 'run_command', 'search', 'edit_file']);
    return { name, arguments: { query: texts.between(10, 120), limit: random.below(100) } };
  });
}

export function turnOf(scene: Scene, calls: number): Turn {
  const { world } = scene;
  const said = calls === 0 || world.chance(0.5);
  return { ...(said ? { text: world.texts.answer() } : {}), calls: ask(scene, calls) };
}

export function length({ world }: Scene): number {
  return 4 + world.random.below(14);
}

interface Hooks {
  calls?(turn: number): number;
  before?(agent: Agent, turn: number): void;
  after?(agent: Agent, made: Made, turn: number): void;
  first?: string;
}

/** A conversation as agents hold it: a request, tool calls until it is done, sometimes another request. */
export function hold(scene: Scene, agent: Agent, turns: number, hooks: Hooks = {}): void {
  const { world } = scene;
  const { texts } = world;
  agent.user(hooks.first ?? texts.request());
  for (let turn = 0; turn < turns; turn++) {
    hooks.before?.(agent, turn);
    const last = turn === turns - 1;
    const made = agent.call(turnOf(scene, last ? 0 : (hooks.calls?.(turn) ?? (world.chance(0.75) ? 1 : 0))));
    if (!last) {
      if (made.asked.length > 0) agent.results(made.asked, () => texts.toolResult());
      else agent.user(texts.request());
    }
    hooks.after?.(agent, made, turn);
  }
}

/** Agents with one prompt and one request, whose answers differ. */
function twins(scene: Scene): void {
  const { world } = scene;
  const agent = begin(scene, { system: scene.common.system, format: 'openai-chat', userAgent: 'OpenAI/JS 7.1.0' });
  agent.user(scene.common.request);
  const turns = length(scene);
  for (let turn = 0; turn < turns; turn++) {
    if (world.chance(0.08)) agent.call({}, { status: 529 });
    const made = agent.call(turnOf(scene, world.chance(0.6) ? 1 : 0));
    if (made.asked.length > 0) agent.results(made.asked, () => world.texts.toolResult());
    else agent.user(world.chance(0.3) ? 'continue' : world.texts.request());
  }
}

function compaction(scene: Scene): void {
  const { world } = scene;
  const { texts } = world;
  const kind = world.random.pick(['tail', 'summary', 'summary', 'window', 'endpoint', 'block'] as const);
  const format: WireName | undefined =
    kind === 'endpoint' ? 'openai-responses' : kind === 'block' ? 'anthropic-messages' : undefined;
  const agent = begin(scene, format === undefined ? {} : { format });
  hold(scene, agent, 8 + world.random.below(12), {
    after: (_, made, turn) => {
      if (turn < 3) return;
      const cutTo = agent.items.findLastIndex((item) => item.kind === 'assistant');
      if (kind === 'window') {
        if (agent.items.length > 9) {
          const from = agent.items.findIndex((item, index) => index > 1 && item.kind === 'assistant');
          agent.items = [agent.items[0] as (typeof agent.items)[0], ...agent.items.slice(from)];
          agent.rewritten = true;
        }
        return;
      }
      if (!world.chance(0.15) || cutTo < 1) return;
      const tail = agent.items.slice(cutTo);
      if (kind === 'block') {
        const summary = texts.between(600, 2000);
        const block = { role: 'assistant', content: [{ type: 'compaction', content: summary }] };
        agent.items = [{ kind: 'raw', value: block }, ...tail];
      } else if (kind === 'endpoint') {
        const item = { type: 'compaction', id: `cmp_${world.token(32)}`, encrypted_content: world.token(600) };
        const answer = { id: `resp_${world.token(48)}`, object: 'response.compaction', created_at: 1, output: [item] };
        const path = 'https://api.openai.com/v1/responses/compact';
        agent.call({}, { path, answer: { ...answer, usage: { input_tokens: 9, output_tokens: 9, total_tokens: 18 } } });
        agent.items = [
          { kind: 'raw', value: item },
          { kind: 'user', text: texts.request() },
        ];
      } else {
        if (made.asked.length > 0 && kind === 'summary') return;
        const summary = texts.between(800, 2500);
        const items = agent.items;
        agent.items = [...items.slice(0, kind === 'summary' ? -1 : undefined)];
        agent.user('Write a summary of this conversation so far, with everything that is needed to go on with it.');
        agent.call({ text: summary });
        const head = `This session continues an earlier one that ran out of context. The summary:\n${summary}`;
        agent.items = [
          { kind: 'user', text: head },
          ...(kind === 'tail' ? tail : [{ kind: 'user' as const, text: texts.request() }]),
        ];
      }
      agent.rewritten = true;
    },
  });
}

function edited(scene: Scene): void {
  const { world } = scene;
  const agent = begin(scene);
  const kind = world.random.pick(['branch', 'clear', 'trim', 'reword', 'correct'] as const);
  hold(scene, agent, 6 + world.random.below(10), {
    after: (_, __, turn) => {
      if (turn < 2 || !world.chance(0.25)) return;
      if (kind === 'branch') {
        const places = agent.items.flatMap((item, index) => (item.kind === 'user' && index > 0 ? [index] : []));
        if (places.length === 0) return;
        agent.items = agent.items.slice(0, world.random.pick(places));
        agent.user(world.texts.request());
        return;
      }
      if (kind === 'reword' || kind === 'correct') {
        const said = kind === 'reword' ? 'user' : 'assistant';
        const places = agent.items.slice(1, -3).filter((item) => item.kind === said && item.text !== '');
        const item = places.length === 0 ? undefined : world.random.pick(places);
        if (item?.kind === 'user' || item?.kind === 'assistant') item.text = world.texts.request();
        return;
      }
      const results = agent.items.slice(0, -3).filter((item) => item.kind === 'result');
      for (const item of results) {
        item.text = kind === 'clear' ? '[Old tool result content cleared]' : `${item.text.slice(0, 200)} … [trimmed]`;
      }
    },
  });
}

function retries(scene: Scene): void {
  const { world } = scene;
  const agent = begin(scene);
  hold(scene, agent, length(scene), {
    first: world.chance(0.5) ? scene.common.request : world.texts.request(),
    before: (_, turn) => {
      for (let attempt = 0; attempt < 2; attempt++)
        if (world.chance(0.2)) agent.call({}, { status: world.random.pick([429, 500, 529]) });
      if (world.chance(0.1)) agent.call(turnOf(scene, 1), { aborted: true });
      if (turn > 0 && world.chance(0.15)) agent.call({ text: world.texts.answer() }, { aside: true });
    },
  });
}

function parallelTools(scene: Scene): void {
  const { world } = scene;
  const agent = begin(scene);
  agent.user(world.texts.request());
  const turns = length(scene);
  for (let turn = 0; turn < turns; turn++) {
    const made = agent.call(turnOf(scene, turn === turns - 1 ? 0 : 1 + world.random.below(5)));
    // Without ids the order is all there is; with them clients answer in the order of completion.
    const ordered = agent.options.format === 'gemini' || agent.options.format === 'ollama';
    const asked = ordered ? made.asked : [...made.asked].sort(() => world.random.next() - 0.5);
    for (const one of asked) agent.results([one], () => world.texts.toolResult(), world.chance(0.4));
    if (asked.length === 0) agent.user(world.texts.request());
  }
}

/** How agents hand an order on: mostly as it is, else within a tag, behind a label or among other lines. */
function framed(order: string, way: number): string {
  if (way === 0) return `<task>\n${order}\n</task>`;
  if (way === 1) return `Your task: ${order}`;
  if (way === 2) return `You were asked to do this:\n\n${order}\n\nAnswer with the result alone.`;
  return order;
}

function spawn(scene: Scene, parent: Agent, depth: number): void {
  const { world } = scene;
  const same = world.chance(0.4);
  const order = world.texts.between(120, 600);
  const count = 1 + world.random.below(3);
  const orders = Array.from({ length: count }, () => (same ? order : world.texts.between(120, 600)));
  const made = parent.call({
    text: world.texts.answer(),
    calls: orders.map((prompt) => ({ name: 'delegate', arguments: { description: world.texts.cut(30), prompt } })),
  });
  const began = parent.now;
  let ended = began;
  for (const [index, asked] of made.asked.entries()) {
    const style = parent.options.headers[0]?.[0];
    const session = parent.options.headers[0]?.[1] ?? '';
    const headers: HeaderList =
      style === undefined
        ? []
        : style === 'x-claude-code-session-id'
          ? [
              ['x-claude-code-session-id', session],
              ['x-claude-code-agent-id', world.token(8)],
            ]
          : style === 'session_id'
            ? [
                ['session_id', uuid(scene)],
                ['x-codex-parent-thread-id', session],
                ['x-openai-subagent', 'collab_spawn'],
              ]
            : [
                ['x-session-id', uuid(scene)],
                ['x-parent-session-id', session],
              ];
    const child = begin(scene, {
      ...parent.options,
      session: `session-${scene.count + 1}`,
      system: scene.common.system,
      headers,
      now: began + Math.floor(world.random.next() * 50_000),
      parent: {
        session: parent.options.session,
        ask: asked.ask,
        alike: same ? made.asked.map(({ ask }) => ask) : [asked.ask],
      },
      ...(scene.variant === 'bare' ? { connection: () => 500_000 + index + parent.options.connection() * 4 } : {}),
    });
    const turns = 2 + world.random.below(4);
    hold(scene, child, turns, {
      first: framed(orders[index] as string, world.random.below(8)),
      before: (_, turn) => {
        if (depth < 2 && turn === 1 && world.chance(0.2)) spawn(scene, child, depth + 1);
      },
    });
    ended = Math.max(ended, child.now);
  }
  parent.now = ended;
  parent.results(made.asked, () => world.texts.toolResult());
}

function subagents(scene: Scene): void {
  const { world } = scene;
  const agent = begin(scene);
  // Helicone's header names no subagents: agents that have them use another one.
  const headers = agent.options.headers.map(([name, id]) => [
    name === 'helicone-session-id' ? 'x-session-id' : name,
    id,
  ]);
  agent.options.headers = headers as HeaderList;
  hold(scene, agent, length(scene), {
    before: (_, turn) => void (turn % 3 === 1 && world.chance(0.7) && spawn(scene, agent, 0)),
  });
}

function idsOnly(scene: Scene): void {
  const { world } = scene;
  const chained = world.chance(0.7) ? ('response' as const) : ('conversation' as const);
  const agent = begin(scene, { format: 'openai-responses', chained });
  let fork: Agent | null = null;
  hold(scene, agent, length(scene), {
    first: scene.common.request,
    after: (_, __, turn) => {
      if (chained !== 'response' || turn < 1 || fork !== null || !world.chance(0.2)) return;
      fork = agent.fork();
      for (let step = 0; step < 3; step++) {
        fork.call(turnOf(scene, 0));
        fork.user(world.texts.request());
      }
    },
  });
}

function toolIds(scene: Scene): void {
  const formats: WireName[] = ['openai-chat', 'anthropic-messages', 'gemini', 'ollama'];
  const agent = begin(scene, {
    format: scene.world.random.pick(formats),
    toolIds: 'counted',
    system: scene.common.system,
  });
  hold(scene, agent, length(scene), { first: scene.common.request, calls: () => 1 + scene.world.random.below(2) });
}

function choices(scene: Scene): void {
  const { world } = scene;
  const agent = begin(scene, { format: world.random.pick(['openai-chat', 'gemini'] as const), stream: false });
  agent.user(world.texts.request());
  const turns = length(scene);
  for (let turn = 0; turn < turns; turn++) {
    const others = Array.from({ length: 1 + world.random.below(3) }, () => world.texts.answer());
    const kept = world.texts.answer();
    // The client goes on from any of the answers.
    const [first, ...rest] = [...others, kept].sort(() => world.random.next() - 0.5);
    agent.call({ text: first as string }, { choices: rest, body: (body) => ({ ...body, n: rest.length + 1 }) });
    const item = agent.items.at(-1);
    if (item?.kind === 'assistant') item.text = kept;
    agent.user(world.texts.request());
  }
}

const plain = (scene: Scene) => hold(scene, begin(scene), length(scene));

/** Twins that get the same answers word for word: until they diverge, nothing but a connection tells them apart. */
function identical(scene: Scene): void {
  const { world } = scene;
  const agent = begin(scene, { system: scene.common.system, format: 'openai-chat', userAgent: 'OpenAI/JS 7.1.0' });
  agent.user(scene.common.request);
  const [first, second] = scene.common.answers as [string, string];
  for (const text of world.chance(0.5) ? [first] : [first, second]) {
    agent.call({ text });
    agent.user('continue');
  }
  for (let turn = 4 + world.random.below(8); turn > 0; turn--) {
    const made = agent.call(turnOf(scene, 1));
    agent.results(made.asked, () => world.texts.toolResult());
  }
}

/** Message threads (Anthropic): each request names the last message and brings only what is new. */
function threads(scene: Scene): void {
  const agent = begin(scene, { format: 'anthropic-messages', chained: 'thread', system: scene.common.system });
  hold(scene, agent, length(scene), { first: scene.common.request });
}

/** Turns of the Responses API over a socket, with and without the history. */
function sockets(scene: Scene): void {
  const { world } = scene;
  const chained = world.chance(0.6) ? { chained: 'response' as const } : {};
  const agent = begin(scene, { format: 'openai-responses', socket: true, ...chained });
  hold(scene, agent, length(scene), { first: world.chance(0.5) ? scene.common.request : world.texts.request() });
  agent.close();
}

/** A tool that takes long: its result comes two calls after the others'. */
function lateResults(scene: Scene): void {
  const { world } = scene;
  const { texts } = world;
  const agent = begin(scene);
  let waiting: { asked: Made['asked']; turns: number } | null = null;
  hold(scene, agent, 4 + length(scene), {
    before: () => {
      if (waiting !== null) {
        if (--waiting.turns === 0) {
          agent.results(waiting.asked, () => texts.toolResult(), true);
          waiting = null;
        }
        return;
      }
      if (!world.chance(0.4)) return;
      const slow = { name: 'run_job', arguments: { query: texts.between(10, 120) } };
      const made = agent.call({ text: texts.answer(), calls: [...ask(scene, 1), slow] });
      agent.results(made.asked.slice(0, 1), () => texts.toolResult());
      waiting = { asked: made.asked.slice(1), turns: 2 };
    },
  });
}

/** What agents ask beside their conversation: counts of tokens, a title, what kind of message this is, a quota check. */
function sideCalls(scene: Scene): void {
  const { world } = scene;
  const { texts } = world;
  const agent = begin(scene);
  const counts: Partial<Record<WireName, string>> = {
    'anthropic-messages': 'https://api.anthropic.com/v1/messages/count_tokens',
    'openai-responses': 'https://api.openai.com/v1/responses/input_tokens',
    gemini: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro-preview:countTokens',
  };
  // Without a session's name nothing says whose question it is.
  const apart = () => (agent.options.headers.length > 0 ? {} : { session: `aside-${world.token(12)}` });
  const beside = (system: string, text: string, answer: string, params: Record<string, number>) => {
    const { items, options } = agent;
    const { system: own, stream } = options;
    const { now } = agent;
    agent.items = [{ kind: 'user', text }];
    Object.assign(options, { system, stream: false });
    const body = (made: Parameters<NonNullable<CallOptions['body']>>[0]) => {
      delete made['tools'];
      return { ...made, ...params };
    };
    agent.call({ text: answer }, { aside: true, body, ...apart() });
    Object.assign(options, { system: own, stream });
    agent.items = items;
    // It runs while the conversation goes on.
    agent.now = now + 20_000;
  };
  const request = texts.request();
  if (world.chance(0.3)) beside('', 'quota', '#', { max_tokens: 1 });
  if (world.chance(0.6)) beside(scene.common.title, request, texts.cut(30), {});
  hold(scene, agent, length(scene), {
    first: request,
    before: (_, turn) => {
      if (turn > 0 && world.chance(0.3)) {
        const last = agent.items.at(-1);
        if (last?.kind === 'user') beside(scene.common.kinds, last.text, '{"isNewTopic": false, "title": null}', {});
      }
      const path = counts[agent.options.format];
      if (path === undefined || !world.chance(0.3)) return;
      const { now } = agent;
      agent.call({}, { path, aside: true, answer: { input_tokens: 900, totalTokens: 900 } });
      agent.now = now + 20_000;
    },
  });
}

/** Models that think, whose clients resend the reasoning or leave it out. */
function reasoning(scene: Scene): void {
  const agent = begin(scene, { reasoning: scene.world.chance(0.5) ? 'resent' : 'stripped' });
  hold(scene, agent, length(scene));
}

/** A gateway names the tool calls anew in every request. */
function renamedIds(scene: Scene): void {
  const formats: WireName[] = ['openai-chat', 'openai-responses', 'anthropic-messages'];
  const agent = begin(scene, { format: scene.world.random.pick(formats), toolIds: 'rewritten' });
  hold(scene, agent, length(scene), { calls: () => scene.world.random.below(3) });
}

/** Sessions that are left and taken up again, for a day. */
function hours(scene: Scene): void {
  const { world } = scene;
  const agent = begin(scene, { system: scene.common.system });
  hold(scene, agent, length(scene), {
    first: world.chance(0.5) ? scene.common.request : world.texts.request(),
    before: () => {
      if (world.chance(0.3)) agent.now += Math.round((0.2 + world.random.next() * 5) * 3600e6);
    },
  });
}

/** The model, and with it the format, changes in the middle of the conversation. */
function switching(scene: Scene): void {
  const { world } = scene;
  const agent = begin(scene);
  hold(scene, agent, 2 + length(scene), {
    before: (_, turn) => {
      const others = wireFormats.filter((format) => format !== agent.options.format);
      if (turn > 1 && world.chance(0.2)) agent.options.format = world.random.pick(others);
    },
  });
}

/** Kinds of agent traffic, each adding one conversation. */
export const families = {
  plain,
  twins,
  compaction,
  edited,
  retries,
  'parallel-tools': parallelTools,
  subagents,
  'ids-only': idsOnly,
  'tool-ids': toolIds,
  restart: plain,
  choices,
  threads,
  sockets,
  'late-results': lateResults,
  'side-calls': sideCalls,
  reasoning,
  'renamed-ids': renamedIds,
  hours,
  switching,
  identical,
  'root-socket': rootSocket,
  announced,
  watched,
} as const satisfies Record<string, (scene: Scene) => void>;
export type Family = keyof typeof families;

/** At least `calls` exchanges of a family, in the order in which they ended. */
export function trafficOf(family: Family, variant: Variant, calls: number, seed: number): Labelled[] {
  const world = new World(seed);
  const { texts } = world;
  const common = {
    system: texts.system(),
    request: texts.request(),
    answers: Array.from({ length: 4 }, () => texts.answer()),
    title: `Generate a concise title of three to seven words for this coding session. ${texts.between(100, 300)}`,
    kinds: `Analyze if this message indicates a new conversation topic. ${texts.between(100, 300)}`,
  };
  // About thirty conversations at a time.
  const span = Math.max(60, calls * 0.4) * 1e6;
  const scene: Scene = { world, variant, common, span, count: 0 };
  const made = () => world.out.reduce((sum, { turns }) => sum + (turns?.length ?? 1), 0);
  while (made() < calls) families[family](scene);
  const told = new Set<string>();
  const traffic = world.out.sort((a, b) => a.exchange.ended_at - b.exchange.ended_at);
  // A history is resent whole: a result is answered by the first request that brings it.
  for (const label of traffic.flatMap((labelled): Label[] => labelled.turns ?? [labelled])) {
    label.answers = label.answers.filter(({ exchange, index }) => !told.has(`${exchange} ${index}`));
    for (const { exchange, index } of label.answers) told.add(`${exchange} ${index}`);
  }
  return traffic;
}
