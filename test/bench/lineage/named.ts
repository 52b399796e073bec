import { recordExchange } from '../../../src/main/intake/records.js';
import type { HeaderList, IntakeRecord } from '../../../src/shared/model/index.js';
import type { Agent, Made, Turn } from './agent.js';
import { begin, hold, length, type Scene, turnOf, uuid } from './families.js';
import type { WireName } from './wire.js';

/** Agents of one root whose turns all go over its socket, as it opened it: each turn says whose it is. */
export function rootSocket(scene: Scene): void {
  const { world } = scene;
  const { texts } = world;
  const thread = uuid(scene);
  const handshake: HeaderList = [
    ['session-id', thread],
    ['thread-id', thread],
  ];
  const connection = 10_000 + scene.count;
  const options = {
    format: 'openai-responses' as WireName,
    socket: true,
    headers: handshake,
    connection: () => connection,
  };
  const turnsOf = (id: string, parent?: string) => ({
    session_id: thread,
    thread_id: id,
    ...(parent === undefined ? {} : { 'x-codex-parent-thread-id': parent, 'x-openai-subagent': 'collab_spawn' }),
  });
  const root = begin(scene, { ...options, fields: { client_metadata: turnsOf(thread) } });
  const spanned = { after: (agent: Agent) => agent.close() };
  hold(scene, root, length(scene), {
    ...spanned,
    before: (_, turn) => {
      if (turn % 4 !== 1) return;
      const short = world.chance(0.3);
      const same = world.chance(0.3);
      const orders = Array.from({ length: 2 }, () => (short ? `Look at ${world.token(4)}.` : texts.between(120, 600)));
      if (same) orders[1] = orders[0] as string;
      const calls = orders.map((message) => ({ name: 'spawn_agent', arguments: { message } }));
      const made = root.call({ text: texts.answer(), calls });
      root.close();
      const began = root.now;
      for (const [index, asked] of made.asked.entries()) {
        const id = uuid(scene);
        const alike = same ? made.asked.map(({ ask }) => ask) : [asked.ask];
        const child = begin(scene, {
          ...options,
          fields: { client_metadata: turnsOf(id, thread) },
          system: root.options.system,
          userAgent: root.options.userAgent,
          now: began + index * 20_000,
          parent: { session: root.options.session, ask: asked.ask, alike },
        });
        hold(scene, child, 2 + world.random.below(4), { ...spanned, first: orders[index] as string });
        root.now = Math.max(root.now, child.now);
      }
      root.results(made.asked, () => texts.toolResult());
    },
  });
}

/** Compactions that the client announces: by a header of the request behind it, or by the number of its context window. */
export function announced(scene: Scene): void {
  const { world, variant } = scene;
  const { texts } = world;
  const codex = world.chance(0.5);
  const id = uuid(scene);
  let window = 0;
  const headers = (compacted: boolean): HeaderList => {
    if (variant !== 'headers') return [];
    if (codex)
      return [
        ['thread-id', id],
        ['session-id', id],
        ['x-codex-window-id', `${id}:${window}`],
      ];
    const said: HeaderList = compacted ? [['x-claude-code-context-compacted', 'auto']] : [];
    return [['x-claude-code-session-id', id], ...said];
  };
  const agent = begin(scene, { format: codex ? 'openai-responses' : 'anthropic-messages', headers: headers(false) });
  hold(scene, agent, 8 + world.random.below(12), {
    after: (_, made, turn) => {
      agent.options.headers = headers(false);
      if (turn < 3 || made.asked.length > 0 || !world.chance(0.2)) return;
      const kept = agent.items.at(-1) as Agent['items'][number];
      const summary = texts.between(800, 2500);
      agent.items = agent.items.slice(0, -1);
      agent.user('Write a summary of this conversation so far, with everything that is needed to go on with it.');
      agent.call({ text: summary });
      agent.items = [{ kind: 'user', text: `This session is being continued from a previous one.\n${summary}` }, kept];
      window += 1;
      agent.options.headers = headers(true);
      agent.rewritten = true;
    },
  });
}

/** Two sessions with equal words and commands at once, while the files that their client writes of them are followed. */
export function watched(scene: Scene): void {
  const { world } = scene;
  const { texts } = world;
  const system = texts.system();
  const now = begin(scene).now;
  const both = [0, 1].map((index) => {
    const id = uuid(scene);
    const headers: HeaderList = scene.variant === 'headers' ? [['x-claude-code-session-id', id]] : [];
    const agent = begin(scene, {
      system,
      format: 'anthropic-messages',
      headers,
      // Headers may be stripped on the way; this client names its session in the body too.
      fields: { metadata: { user_id: `user_0a1b_account__session_${id}` } },
      now: now + index * 300_000,
      userAgent: 'claude-cli/2.1.0',
    });
    return { agent, id, previous: null as string | null, given: 0 };
  });
  const request = texts.request();
  for (const { agent } of both) agent.user(request);
  const turns = length(scene);
  for (let turn = 0; turn < turns; turn++) {
    const last = turn === turns - 1;
    const said = turnOf(scene, last ? 0 : 1);
    const result = texts.toolResult();
    for (const each of both) {
      const messages = each.agent.items.slice(each.given);
      const made = each.agent.call(said);
      told(each, said, made, messages);
      each.given = each.agent.items.length;
      if (!last) each.agent.results(made.asked, () => result);
    }
  }

  /** The line that the client writes of an answer: before the wire has its last byte, or a little later. */
  function told(each: (typeof both)[number], said: Turn, made: Made, messages: Agent['items']): void {
    const wire = world.out.at(-1);
    if (wire === undefined) return;
    const { started_at, ended_at } = wire.exchange;
    const at = world.chance(0.5) ? ended_at - 1000 : ended_at + 30_000;
    const record: IntakeRecord = {
      version: 1,
      key: `message:${made.responseId}`,
      source: 'watch:claude-code',
      trace: { key: `session:${each.id}`, kind: 'agent' },
      started_at: Math.min(at, started_at + 500_000),
      ended_at: at,
      call: {
        format: 'anthropic-messages',
        request: {
          model: null,
          params: {},
          tools: [],
          messages: messages.flatMap((item) => messageOf(item)),
          stream: true,
          history_complete: each.previous === null,
          ...(each.previous === null ? {} : { previous_response_id: each.previous }),
          operation: 'chat',
        },
        response: {
          response_id: made.responseId,
          model: null,
          messages: [
            {
              role: 'assistant',
              parts: [
                ...(said.text === undefined ? [] : [{ type: 'text' as const, text: said.text }]),
                ...made.asked.map(({ id, name }, index) => ({
                  type: 'tool_call' as const,
                  id,
                  name,
                  arguments: said.calls?.[index]?.arguments ?? {},
                })),
              ],
            },
          ],
          stop_reason: null,
          usage: null,
          error: null,
          partial: false,
          first_content_event: null,
          unknown_events: {},
        },
      },
    };
    each.previous = made.responseId;
    world.out.push({ ...wire, exchange: recordExchange(record) });
  }
}

function messageOf(item: Agent['items'][number]): NonNullable<IntakeRecord['call']>['request']['messages'] {
  if (item.kind === 'user') return [{ role: 'user', parts: [{ type: 'text', text: item.text }] }];
  if (item.kind !== 'result') return [];
  return [{ role: 'user', parts: [{ type: 'tool_result', tool_call_id: item.id, result: item.text }] }];
}
