import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '../../src/shared/model/index.js';
import { type AgentId, type AgentPlace, findAgent, setups } from '../support/agents.js';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { type Answer, type ModelServer, startModelServer } from '../support/model-server.js';

/**
 * Agents' own command lines through `sluice run`, against a model that says what the test scripts; then their session files on top.
 * What was one session must be one trace, with every tool call and its result, whichever way it was seen.
 */

let engine: Engine;
let model: ModelServer;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-agents-'));
  model = await startModelServer({ http2: true });
  engine = await startEngine(['--intercept', '127.0.0.1', '--insecure-upstream']);
});
afterAll(async () => {
  await engine?.dispose();
  await model?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Agent {
  id: AgentId;
  command: string[];
  place: AgentPlace;
}

/** With a home and a folder to work in of its own, so that it finds nobody's settings and leaves none. */
function agentNamed(id: AgentId, skip: (reason: string) => never): Agent {
  const found = findAgent(id);
  if ('missing' in found) return skip(found.missing);
  const home = mkdtempSync(join(folder, `${id}-`));
  const place = { home, work: join(home, 'work'), url: model.url };
  mkdirSync(place.work);
  writeFileSync(join(place.work, 'note.txt'), 'the tide is high\n');
  setups[id].prepare?.(place);
  return { id, command: found.command, place };
}

async function run({ id, command, place }: Agent, args: string[]): Promise<{ stdout: string; traces: Trace[] }> {
  const flags = ['run', '--data-dir', engine.ready.data_dir, '--json', '--'];
  const env = { HOME: place.home, ...setups[id].env(place) };
  const { code, stdout, stderr } = await sluice([...flags, ...command, ...args], { cwd: place.work, env });
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  const { trace_ids } = JSON.parse(stderr.trim().split('\n').at(-1) as string) as { trace_ids: string[] };
  return { stdout, traces: await Promise.all(trace_ids.map(trace)) };
}

const trace = (id: string) => engine.api<Trace>(`/traces/${id}`);

/** Takes its session files in: how many traces there are more. */
async function importSessions({ id, place }: Agent): Promise<number> {
  const { folder: below, pattern, as } = setups[id].sessions;
  const root = join(place.home, below);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => pattern.test(name));
  expect(files).not.toEqual([]);
  const before = await traceCount();
  for (const file of files) {
    const flags = ['--data-dir', engine.ready.data_dir, '--as', as, '--json'];
    const { code, stdout, stderr } = await sluice(['import', ...flags, join(root, file)]);
    expect(code, stdout + stderr).toBe(0);
  }
  await engine.settled();
  return (await traceCount()) - before;
}

const traceCount = async () => (await engine.api('/traces?limit=200')).items.length as number;

/** What of a trace must not change when it is told of twice. */
function essence({ calls, tool_calls }: Trace) {
  return {
    calls: calls.map(({ call_id, model: name, usage }) => [call_id, name, usage]),
    tools: tool_calls.map(({ name, status, arguments: args, result }) => [name, status, args, result]),
  };
}

const toolsOf = ({ tool_calls }: Trace) =>
  tool_calls.map(({ name, status, arguments: args, result }) => ({
    name,
    status,
    args,
    result: JSON.stringify(result),
  }));

/** What the agent's main loop is answered; whatever asks without tools (for a title, say) gets a word. */
function script(answer: (seen: string) => Answer): void {
  model.otherwise((request) => {
    if (request.format === null) return { raw: '{"data":[]}', headers: { 'content-type': 'application/json' } };
    if ((request.json['tools'] ?? []).length === 0) return { text: 'A note.' };
    return answer(JSON.stringify(request.json));
  });
}

const agents: AgentId[] = ['claude-code', 'codex', 'gemini-cli', 'opencode'];
/** Its wire does not say with which code a command ended. */
const silentOnFailure: AgentId[] = ['opencode'];

/** What names no session on the wire is a trace of its run. */
const namesNoSession: AgentId[] = ['gemini-cli'];
/** It ends with the stream that is cut. */
const endsWhenCut: AgentId[] = ['gemini-cli'];

describe.each(agents)('%s', (id) => {
  const { shell } = setups[id];
  /** A command whose output does not stand in it. */
  const says = (word: string, number: number, after = '') => ({
    name: shell.name,
    arguments: {
      [shell.argument]: `printf '%s-%s' ${word} ${number}${after}`,
      ...(id === 'opencode' || id === 'claude-code' ? { description: 'Says a word' } : {}),
    },
  });
  const failed = silentOnFailure.includes(id) ? 'ok' : 'error';

  it('parallel calls, one that fails, and the session file on top', async ({ skip }) => {
    const agent = agentNamed(id, skip);
    script((seen) => {
      if (!seen.includes('alpha-41')) return { text: 'Two at once.', toolCalls: [says('alpha', 41), says('beta', 42)] };
      if (!seen.includes('gone-43')) return { text: 'And one more.', toolCalls: [says('gone', 43, '; exit 3')] };
      return { text: 'Everything was looked at.' };
    });
    const ran = await run(agent, setups[id].args('Please look at the harbour.', agent.place));
    expect(ran.stdout).toContain('Everything was looked at.');
    expect(ran.traces).toHaveLength(1);
    const [seen] = ran.traces as [Trace];
    expect(seen.title).toMatch(/^"?Please look at the harbour\."?$/);
    expect(toolsOf(seen)).toMatchObject([
      { name: shell.name, status: 'ok', result: expect.stringContaining('alpha-41') },
      { name: shell.name, status: 'ok', result: expect.stringContaining('beta-42') },
      { name: shell.name, status: failed, result: expect.stringContaining('gone-43') },
    ]);
    expect(await importSessions(agent)).toBe(0);
    expect(essence(await trace(seen.trace_id))).toEqual(essence(seen));
  });

  it('a limit, an error of the server and a stream that is cut, each tried again', async ({ skip }) => {
    const agent = agentNamed(id, skip);
    const cut = { text: 'This sentence is cut before it comes to what it was about to say.', cutAfterBytes: 700 };
    const troubles: Answer[] = [
      {
        raw: '{"error":{"type":"rate_limit_error","message":"slow down"}}',
        status: 429,
        headers: { 'retry-after': '1' },
      },
      { raw: '{"error":{"type":"api_error","message":"oh"}}', status: 500 },
      ...(endsWhenCut.includes(id) ? [] : [cut]),
    ];
    script((seen) => {
      if (seen.includes('alpha-41')) return { text: 'It went well in the end.' };
      return troubles.shift() ?? { text: 'Now it works.', toolCalls: [says('alpha', 41)] };
    });
    const ran = await run(agent, setups[id].args('Please try the winch.', agent.place));
    expect(troubles).toEqual([]);
    expect(ran.stdout).toContain('It went well in the end.');
    expect(ran.traces).toHaveLength(1);
    const [seen] = ran.traces as [Trace];
    expect(toolsOf(seen)).toMatchObject([{ status: 'ok', result: expect.stringContaining('alpha-41') }]);
    expect(await importSessions(agent)).toBe(0);
    expect(toolsOf(await trace(seen.trace_id))).toEqual(toolsOf(seen));
  });

  it('a session that goes on in a second start', async ({ skip }) => {
    const agent = agentNamed(id, skip);
    script((seen) => {
      if (!seen.includes('alpha-41')) return { toolCalls: [says('alpha', 41)] };
      if (!seen.includes('And the second part')) return { text: 'The first part is done.' };
      if (!seen.includes('beta-42')) return { toolCalls: [says('beta', 42)] };
      return { text: 'The second part is done.' };
    });
    const first = await run(agent, setups[id].args('Please do the first part.', agent.place));
    const second = await run(agent, setups[id].again('And the second part, please.', agent.place));
    expect(second.stdout).toContain('The second part is done.');
    const ids = new Set([...first.traces, ...second.traces].map(({ trace_id }) => trace_id));
    expect(ids.size).toBe(namesNoSession.includes(id) ? 2 : 1);
    if (ids.size > 1) return;
    const whole = await trace([...ids][0] as string);
    expect(toolsOf(whole)).toMatchObject([
      { status: 'ok', result: expect.stringContaining('alpha-41') },
      { status: 'ok', result: expect.stringContaining('beta-42') },
    ]);
    expect(await importSessions(agent)).toBe(0);
    expect(toolsOf(await trace(whole.trace_id))).toEqual(toolsOf(whole));
  });

  const { delegate, compact } = setups[id];
  if (delegate !== null)
    it('two subagents at once, each a trace of its own below the step that began it', async ({ skip }) => {
      const agent = agentNamed(id, skip);
      const rooms = ['east', 'west'];
      const report = (room: string) => `There are seven notes in the ${room} room.`;
      let asked = 0;
      script((seen) => {
        if (!seen.includes('Please look into both rooms')) {
          const room = rooms.find((name) => seen.includes(`Count the notes in the ${name} room`)) as string;
          return seen.includes(`${room}-71`) ? { text: report(room) } : { toolCalls: [says(room, 71)] };
        }
        asked += 1;
        const group = delegate.namespace === undefined ? {} : { namespace: delegate.namespace };
        if (asked === 1) {
          const orders = rooms.map((room) => `Count the notes in the ${room} room and say how many there are.`);
          return {
            toolCalls: orders.map((order) => ({ name: delegate.name, ...group, arguments: delegate.arguments(order) })),
          };
        }
        if (rooms.every((room) => seen.includes(report(room)))) return { text: 'Both rooms were looked into.' };
        // Some agents wait by themselves, some are told of each subagent that has ended, some have to ask.
        if (delegate.namespace === undefined || asked > 12) return { text: 'Not yet.' };
        const targets = [...seen.matchAll(/agent_id[\\":\s]+([0-9a-f-]{36})/g)].map(([, name]) => name as string);
        return { toolCalls: [{ name: 'wait_agent', ...group, arguments: { targets, timeout_ms: 10_000 } }] };
      });
      const ran = await run(agent, setups[id].args('Please look into both rooms.', agent.place));
      expect(ran.stdout).toContain('Both rooms were looked into.');
      const root = ran.traces.find(({ parent_trace_id }) => parent_trace_id === null) as Trace;
      const below = ran.traces.filter((each) => each !== root);
      expect(below.map(({ title }) => title).sort()).toEqual(
        rooms.map((room) => expect.stringContaining(`Count the notes in the ${room} room`)),
      );
      const spawning = root.tool_calls.filter(({ name }) => name.endsWith(delegate.name));
      expect(spawning.map(({ status }) => status)).toEqual(['ok', 'ok']);
      for (const each of below) {
        expect(each.parent_trace_id).toBe(root.trace_id);
        expect(toolsOf(each)).toMatchObject([
          { name: shell.name, status: 'ok', result: expect.stringContaining('-71') },
        ]);
        expect(spawning.map(({ step_id }) => step_id)).toContain(each.parent_step_id);
      }
      expect(new Set(below.map(({ parent_step_id }) => parent_step_id)).size).toBe(2);
      expect(await importSessions(agent)).toBe(0);
      expect(toolsOf(await trace(root.trace_id))).toEqual(toolsOf(root));
    });

  if (compact !== null)
    it('a conversation that is compacted goes on in its trace', async ({ skip }) => {
      const agent = agentNamed(id, skip);
      model.otherwise((request) => {
        if (request.format === null) return { raw: '{"data":[]}', headers: { 'content-type': 'application/json' } };
        const seen = JSON.stringify(request.json);
        if (/summary of the conversation/i.test(seen))
          return { text: '<summary>The winch was tried: alpha.</summary>' };
        if ((request.json['tools'] ?? []).length === 0) return { text: 'A note.' };
        if (seen.includes('Now the second winch')) {
          return seen.includes('beta-42') ? { text: 'The second winch works.' } : { toolCalls: [says('beta', 42)] };
        }
        return seen.includes('alpha-41') ? { text: 'The winch works.' } : { toolCalls: [says('alpha', 41)] };
      });
      const first = await run(agent, setups[id].args('Please try the winch.', agent.place));
      const between = await run(agent, setups[id].again(compact, agent.place));
      const last = await run(agent, setups[id].again('Now the second winch, please.', agent.place));
      expect(last.stdout).toContain('The second winch works.');
      const runs = [first, between, last].flatMap(({ traces }) => traces.map(({ trace_id }) => trace_id));
      expect(new Set(runs).size).toBe(1);
      const whole = await trace(runs[0] as string);
      expect(toolsOf(whole)).toMatchObject([
        { status: 'ok', result: expect.stringContaining('alpha-41') },
        { status: 'ok', result: expect.stringContaining('beta-42') },
      ]);
      expect(whole.steps.filter(({ type }) => type === 'tool_result')).toHaveLength(2);
      expect(await importSessions(agent)).toBe(0);
      expect(toolsOf(await trace(whole.trace_id))).toEqual(toolsOf(whole));
    });
});
