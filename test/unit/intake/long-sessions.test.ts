import { describe, expect, it } from 'vitest';
import type { Json, Trace } from '../../../src/shared/model/index.js';
import { importedStore, jsonl } from '../../support/imported.js';

/** Every message of a long session is counted through import, export and import: none is lost, none is made up. */

const calls = 160;
const clock = (second: number) => new Date(Date.UTC(2026, 3, 2, 9, 0, 0) + second * 1000).toISOString();

interface Made {
  files: { name: string; bytes: string }[];
  /** Everything that was said, called and answered; each text once. */
  said: string[];
  tools: number;
  calls: number;
}

/** Claude Code: an answer is several lines, results hang on the lines that asked for them, hooks write lines between. */
function claudeSession(): Made {
  const sessionId = '4b1d0000-0000-4000-8000-00000000aaaa';
  const said: string[] = [];
  const say = (text: string) => {
    said.push(text);
    return text;
  };
  const files: Made['files'] = [];
  let tools = 0;
  let made = 0;
  let second = 0;
  let count = 0;
  const writer = (agentId?: string) => {
    const lines: object[] = [];
    let parent: string | null = null;
    return {
      lines,
      get parent() {
        return parent;
      },
      add(line: object, on = parent): string {
        const uuid = `line-${++count}`;
        second += 1;
        lines.push({
          parentUuid: on,
          isSidechain: agentId !== undefined,
          userType: 'external',
          cwd: '/srv/atlas',
          sessionId,
          version: '2.1.332',
          ...(agentId === undefined ? {} : { agentId }),
          uuid,
          timestamp: clock(second),
          ...line,
        });
        parent = uuid;
        return uuid;
      },
    };
  };
  const main = writer();
  type Writer = ReturnType<typeof writer>;
  const user = (out: Writer, content: Json, more: object = {}, on?: string | null) =>
    out.add({ type: 'user', message: { role: 'user', content }, ...more }, on === undefined ? out.parent : on);
  const answer = (out: Writer, blocks: Json[], stop: string): string[] => {
    made += 1;
    const message = { id: `msg_atlas_${made}`, type: 'message', role: 'assistant', model: 'claude-opus-5' };
    return blocks.map((block, place) =>
      out.add({
        type: 'assistant',
        requestId: `req_${made}`,
        message: {
          ...message,
          content: [block],
          stop_reason: place === blocks.length - 1 ? stop : null,
          usage: { input_tokens: 50 + made, output_tokens: place === blocks.length - 1 ? 20 : 1 },
        },
      }),
    );
  };
  const use = (name: string, input: Json) => {
    tools += 1;
    return { type: 'tool_use', id: `toolu_atlas_${tools}`, name, input };
  };
  const result = (id: string, text: string): Json => [{ type: 'tool_result', tool_use_id: id, content: say(text) }];

  for (let turn = 1; made < calls; turn++) {
    if (turn % 9 === 0) {
      // A compaction: the summary begins anew.
      main.add(
        {
          type: 'system',
          subtype: 'compact_boundary',
          content: 'Conversation compacted',
          compactMetadata: { trigger: 'auto' },
        },
        null,
      );
      user(main, say(`Summary ${turn}: so far ${turn} turns.`), { isCompactSummary: true });
    }
    user(main, say(`Ask ${turn}: what lies north of ${turn}?`));
    main.add({ type: 'progress', data: { hook: 'PreToolUse' } });
    const pair = [use('Read', { path: `/maps/${turn}` }), use('Grep', { pattern: `north-${turn}` })];
    const asked = answer(main, [{ type: 'text', text: say(`Plan ${turn}.`) }, ...pair], 'tool_use');
    // Each result hangs on the line that asked for it.
    const first = user(main, result(pair[0]?.id as string, `map ${turn}`), {}, asked[1]);
    user(main, result(pair[1]?.id as string, `hits ${turn}`), {}, asked[2]);
    if (turn % 5 === 0) {
      const task = use('Task', { prompt: `Order ${turn}: survey sector ${turn}`, description: 'survey' });
      const [, ordered] = answer(main, [{ type: 'text', text: say(`I send someone ${turn}.`) }, task], 'tool_use');
      const agent = `ag${turn}`;
      const out = writer(agent);
      user(out, say(`Order ${turn}: survey sector ${turn}`));
      const look = use('Bash', { command: `ls /sector/${turn}` });
      answer(out, [look], 'tool_use');
      user(out, result(look.id, `sector listing ${turn}`));
      answer(out, [{ type: 'text', text: say(`Sector ${turn} is empty.`) }], 'end_turn');
      files.push({ name: `/p/agent-${agent}.jsonl`, bytes: jsonl(out.lines) });
      user(
        main,
        result(task.id, `report of ${turn}`),
        { toolUseResult: { agentId: agent, status: 'completed' } },
        ordered,
      );
    }
    expect(first).toBeDefined();
    answer(main, [{ type: 'text', text: say(`Answer ${turn}: only ice.`) }], 'end_turn');
  }
  files.unshift({ name: `/p/${sessionId}.jsonl`, bytes: jsonl(main.lines) });
  return { files, said, tools, calls: made };
}

/** Codex: items of the Responses API with the counts behind them; parallel calls, compactions with and without history. */
function codexSession(): Made {
  const said: string[] = [];
  const say = (text: string) => {
    said.push(text);
    return text;
  };
  const lines: object[] = [];
  let second = 0;
  let made = 0;
  let tools = 0;
  const add = (type: string, payload: object) => {
    second += 1;
    lines.push({ timestamp: clock(second), type, payload });
  };
  const message = (role: string, text: string) => ({
    type: 'message',
    role,
    content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }],
  });
  const counted = () => {
    made += 1;
    add('event_msg', {
      type: 'token_count',
      info: { last_token_usage: { input_tokens: 90 + made, output_tokens: 9, total_tokens: 99 + made } },
    });
  };
  add('session_meta', {
    id: '0197b000-0000-7000-8000-00000000bbbb',
    timestamp: clock(0),
    cwd: '/srv/atlas',
    originator: 'codex_cli_rs',
    cli_version: '0.171.0',
    base_instructions: { text: say('You draw maps.') },
  });
  for (let turn = 1; made < calls; turn++) {
    if (turn % 8 === 0) {
      const kept = message('user', say(`Kept ${turn}: the summary of what was drawn.`));
      add(
        'compacted',
        turn % 16 === 0 ? { message: '', replacement_history: [kept] } : { message: kept.content[0]?.text },
      );
    }
    add('turn_context', { turn_id: `t${turn}`, model: 'gpt-5.3-codex', effort: 'high' });
    add('response_item', message('user', say(`Draw ${turn}: the coast at ${turn}.`)));
    const ids = [1, 2].map(() => `call_atlas_${++tools}`);
    add('response_item', { type: 'reasoning', summary: [{ type: 'summary_text', text: `Think ${turn}.` }] });
    for (const call_id of ids)
      add('response_item', {
        type: 'function_call',
        call_id,
        name: 'exec_command',
        arguments: `{"cmd":"plot ${call_id}"}`,
      });
    counted();
    for (const call_id of ids)
      add('response_item', { type: 'function_call_output', call_id, output: say(`plotted ${call_id}`) });
    add('response_item', message('assistant', say(`Half of ${turn} is drawn.`)));
    const patch = `call_atlas_${++tools}`;
    add('response_item', { type: 'custom_tool_call', call_id: patch, name: 'apply_patch', input: `*** ${turn}` });
    counted();
    add('response_item', { type: 'custom_tool_call_output', call_id: patch, output: say(`patched ${turn}`) });
    add('response_item', message('assistant', say(`Drawn ${turn}.`)));
    counted();
  }
  return { files: [{ name: '/s/rollout.jsonl', bytes: jsonl(lines) }], said, tools, calls: made };
}

/** What the steps of traces say, by how often. */
function stepTexts(traces: Trace[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const step of traces.flatMap(({ steps }) => steps)) {
    const text = step.type === 'message' ? step.content : step.type === 'tool_result' ? step.result : null;
    if (typeof text === 'string' && text !== '') counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

const once = (said: readonly string[]) =>
  new Map([...said].sort().map((text) => [text, said.filter((other) => other === text).length]));
const sorted = (counts: Map<string, number>) => new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
const total = (traces: Trace[], of: 'calls' | 'tool_calls' | 'steps') =>
  traces.reduce((sum, trace) => sum + trace[of].length, 0);

interface ChatRow {
  messages: { role: string; content: string | null; tool_calls?: unknown[] }[];
}
const chatTexts = (rows: Json[]) =>
  new Set(
    (rows as unknown as ChatRow[]).flatMap(({ messages }) =>
      messages.flatMap(({ content }) => (content ? content.split('\n\n') : [])),
    ),
  );

/** A trace shows its instructions once, where it gives them first. */
function withoutRepeated(rows: Json[]): unknown[] {
  const chat = rows as unknown as ChatRow[];
  return chat.map(({ messages, ...row }) => ({ ...row, messages: messages.filter(({ role }) => role !== 'system') }));
}

describe.each([
  ['Claude Code', claudeSession],
  ['Codex', codexSession],
])('a session of %s with 160 calls and more', (_name, make) => {
  it('comes through import, export and import', async () => {
    const session = make();
    using first = importedStore();
    for (const { name, bytes } of session.files) expect((await first.take(bytes, name)).skipped).toEqual([]);
    const traces = first.traces();
    expect([total(traces, 'calls'), total(traces, 'tool_calls')]).toEqual([session.calls, session.tools]);
    expect(traces.flatMap(({ tool_calls }) => tool_calls).filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(sorted(stepTexts(traces))).toEqual(once(session.said));

    const chat = first.rows('openai-chat');
    expect(chat.skipped).toEqual([]);
    expect([...chatTexts(chat.rows)].sort()).toEqual([...new Set(session.said)].sort());
    const whole = first.rows('traces');

    using second = importedStore();
    expect((await second.take(jsonl(whole.rows))).skipped).toEqual([]);
    const again = second.traces();
    expect(sorted(stepTexts(again))).toEqual(once(session.said));
    for (const of of ['calls', 'tool_calls', 'steps'] as const) expect(total(again, of)).toBe(total(traces, of));
    expect(second.rows('openai-chat').skipped).toEqual([]);
    expect(withoutRepeated(second.rows('openai-chat').rows)).toEqual(withoutRepeated(chat.rows));

    using third = importedStore();
    expect((await third.take(jsonl(chat.rows))).skipped).toEqual([]);
    expect(third.rows('openai-chat').rows).toEqual(expect.arrayContaining(chat.rows));
    expect(third.rows('openai-chat').rows).toHaveLength(chat.rows.length);
  });
});
