import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAgent } from '../support/agents.js';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';

/**
 * Clients as people use them, started by `sluice run` and told nothing but what it puts into their environment. The
 * model's certificate is signed by nobody they know: whoever gets an answer trusts our CA, by those variables alone.
 */

let engine: Engine;
let secure: ModelServer;
let plain: ModelServer;
let folder: string;

const result = 'the tide is high';

/** Asks for a tool until its result is in the history, then answers. */
function script(model: ModelServer): void {
  model.otherwise(({ json, format }) => {
    if (format === null) return { raw: '{"data":[]}', headers: { 'content-type': 'application/json' } };
    if (JSON.stringify(json).includes(result)) return { text: `The note says: ${result}.` };
    const offered: string[] = (json['tools'] ?? []).map(
      (tool: { name?: string; function?: { name: string } }) => tool.name ?? tool.function?.name,
    );
    if (offered.includes('exec_command'))
      return { toolCalls: [{ id: 'call_note', name: 'exec_command', arguments: { cmd: 'cat note.txt' } }] };
    return { toolCalls: [{ id: 'call_note', name: 'read_file', arguments: { path: 'note.txt' } }] };
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-clients-'));
  secure = await startModelServer({ http2: true });
  plain = await startModelServer();
  script(secure);
  script(plain);
  engine = await startEngine(['--intercept', '127.0.0.1', '--insecure-upstream']);
});
afterAll(async () => {
  await engine?.dispose();
  await Promise.all([secure?.close(), plain?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
  summary: { exchanges: number; calls: number; tool_calls: number; trace_ids: string[]; exit_code: number };
}

async function run(command: string[], options: { cwd?: string; env?: Record<string, string> } = {}): Promise<Ran> {
  const flags = ['run', '--data-dir', engine.ready.data_dir, '--json', '--'];
  const { code, stdout, stderr } = await sluice([...flags, ...command], options);
  const last = stderr.trim().split('\n').at(-1) as string;
  if (!last.startsWith('{')) throw new Error(`no summary:\n${stderr}`);
  return { code, stdout, stderr, summary: JSON.parse(last) };
}

interface Expected {
  format: string;
  client: RegExp;
  /** The protocol that the client spoke to us. */
  protocol?: string;
  tool?: string;
  via?: string;
}

/** One trace with two calls, the second continuing the first, and the tool call paired with its result. */
async function expectOneConversation(ran: Ran, expected: Expected): Promise<void> {
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.summary.trace_ids, ran.stderr).toHaveLength(1);
  const trace = await engine.api(`/traces/${ran.summary.trace_ids[0]}`);
  expect(trace.calls).toHaveLength(2);
  expect(trace.calls[1].parent_call_id).toBe(trace.calls[0].call_id);
  expect(trace.tool_calls).toMatchObject([{ name: expected.tool ?? 'read_file', status: 'ok' }]);
  expect(JSON.stringify(trace.tool_calls[0].result)).toContain(result);
  for (const call of trace.calls) {
    const exchange = await engine.api(`/exchanges/${call.exchange_id}`);
    expect(exchange).toMatchObject({ format: expected.format, state: 'complete', status: 200, undecoded: false });
    expect(exchange.client).toMatch(expected.client);
    if (expected.via) expect(exchange.via).toBe(expected.via);
  }
}

const tool = { name: 'read_file', description: 'Reads a file', parameters: { type: 'object', properties: {} } };
const question = (name: string) => ({ role: 'user', content: `What does note.txt say, ${name}?` });

/** The two requests of the conversation, written out as clients without an SDK send them. */
function chatBodies(name: string, stream: boolean): [string, string] {
  const base = { model: 'gpt-5.1', stream, tools: [{ type: 'function', function: tool }] };
  const calls = [
    { id: 'call_note', type: 'function', function: { name: 'read_file', arguments: '{"path":"note.txt"}' } },
  ];
  const asked = { role: 'assistant', content: null, tool_calls: calls };
  const answer = { role: 'tool', tool_call_id: 'call_note', content: result };
  const system = { role: 'system', content: `You help ${name}.` };
  return [
    JSON.stringify({ ...base, messages: [system, question(name)] }),
    JSON.stringify({ ...base, messages: [system, question(name), asked, answer] }),
  ];
}

function bodyFiles(name: string, stream = false): [string, string] {
  return chatBodies(name, stream).map((body, index) => {
    const path = join(folder, `${name}-${index}.json`);
    writeFileSync(path, body);
    return path;
  }) as [string, string];
}

function has(command: string, args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const node = (code: string) => [process.execPath, '--input-type=module', '-e', code];

describe('curl', () => {
  const twice = (name: string, url: string, flags: string[], stream = false) => {
    const post = ['curl', '-sS', '--fail', ...flags, '-H', 'content-type: application/json', url];
    const [first, second] = bodyFiles(name, stream);
    const line = (file: string) => [...post, '-d', `@${file}`].map((word) => `'${word}'`).join(' ');
    return run(['sh', '-c', `${line(first)} && ${line(second)}`]);
  };
  const here = has('curl', ['--version']);
  const http2 = here && execFileSync('curl', ['--version'], { encoding: 'utf8' }).includes('HTTP2');

  it.skipIf(!here)('over HTTPS with HTTP/1.1', async () => {
    const ran = await twice('curl one', `${secure.url}/v1/chat/completions`, ['--http1.1']);
    await expectOneConversation(ran, { format: 'openai-chat', client: /^curl\//, via: 'intercept' });
    expect(ran.stdout).toContain(`The note says: ${result}.`);
  });

  it.skipIf(!http2)('over HTTPS with HTTP/2, streaming', async () => {
    const says = ['--http2', '-w', '\nversion %{http_version}\n'];
    const ran = await twice('curl two', `${secure.url}/v1/chat/completions`, says, true);
    expect(ran.stdout).toContain('version 2');
    await expectOneConversation(ran, { format: 'openai-chat', client: /^curl\//, via: 'intercept' });
  });

  it.skipIf(!here)('over plain HTTP through the forward proxy', async () => {
    const ran = await twice('curl plain', `${plain.url}/v1/chat/completions`, []);
    await expectOneConversation(ran, { format: 'openai-chat', client: /^curl\//, via: 'forward' });
  });

  it.skipIf(!here)('refuses the model where nothing told it to trust our CA', async () => {
    await expect(promisify(execFile)('curl', ['-sS', secure.url])).rejects.toThrow(/certificate/);
  });
});

describe('Node', () => {
  it("fetch, which knows proxies only by Node's own variable", async () => {
    const [first, second] = chatBodies('node fetch', true);
    const ran = await run(
      node(`
        for (const body of ${JSON.stringify([first, second])}) {
          const headers = { 'content-type': 'application/json' };
          const response = await fetch('${secure.url}/v1/chat/completions', { method: 'POST', headers, body });
          if (!response.ok) process.exit(1);
          console.log(await response.text());
        }`),
    );
    await expectOneConversation(ran, { format: 'openai-chat', client: /^node/, via: 'intercept' });
  });

  it('the openai package: Chat Completions, streaming', async () => {
    const ran = await run(
      node(`
        import OpenAI from 'openai';
        const client = new OpenAI({ baseURL: '${secure.url}/v1', apiKey: 'dummy', maxRetries: 0 });
        const tools = [{ type: 'function', function: ${JSON.stringify(tool)} }];
        const messages = [{ role: 'user', content: 'What does note.txt say, openai?' }];
        const first = await client.chat.completions.stream({ model: 'gpt-5.1', tools, messages }).finalMessage();
        messages.push(first, { role: 'tool', tool_call_id: first.tool_calls[0].id, content: '${result}' });
        const second = await client.chat.completions.create({ model: 'gpt-5.1', tools, messages });
        console.log(second.choices[0].message.content);`),
    );
    await expectOneConversation(ran, { format: 'openai-chat', client: /^OpenAI\//, via: 'intercept' });
    expect(ran.stdout.trim()).toBe(`The note says: ${result}.`);
  });

  it('the openai package: Responses, chained by response id', async () => {
    const ran = await run(
      node(`
        import OpenAI from 'openai';
        const client = new OpenAI({ baseURL: '${secure.url}/v1', apiKey: 'dummy', maxRetries: 0 });
        const tools = [{ type: 'function', ...${JSON.stringify(tool)}, strict: false }];
        const model = 'gpt-5.1';
        const stream = client.responses.stream({ model, tools, input: 'What does note.txt say, responses?' });
        const first = await stream.finalResponse();
        const call = first.output.find((item) => item.type === 'function_call');
        const input = [{ type: 'function_call_output', call_id: call.call_id, output: '${result}' }];
        const second = await client.responses.create({ model, tools, previous_response_id: first.id, input });
        console.log(second.output_text);`),
    );
    await expectOneConversation(ran, { format: 'openai-responses', client: /^OpenAI\//, via: 'intercept' });
    const trace = await engine.api(`/traces/${ran.summary.trace_ids[0]}`);
    expect(trace.calls[1].edge).toMatchObject({ rule: 'response_id', basis: 'recorded' });
  });

  it('@anthropic-ai/sdk, streaming and not', async () => {
    const ran = await run(
      node(`
        import Anthropic from '@anthropic-ai/sdk';
        const client = new Anthropic({ baseURL: '${secure.url}', apiKey: 'dummy', maxRetries: 0 });
        const base = { model: 'claude-sonnet-4-5', max_tokens: 500 };
        const tools = [{ name: 'read_file', input_schema: { type: 'object', properties: {} } }];
        const messages = [{ role: 'user', content: 'What does note.txt say, anthropic?' }];
        const first = await client.messages.stream({ ...base, tools, messages }).finalMessage();
        const use = first.content.find((block) => block.type === 'tool_use');
        const content = [{ type: 'tool_result', tool_use_id: use.id, content: '${result}' }];
        messages.push({ role: 'assistant', content: first.content }, { role: 'user', content });
        const second = await client.messages.create({ ...base, tools, messages });
        console.log(second.content[0].text);`),
    );
    await expectOneConversation(ran, { format: 'anthropic-messages', client: /^Anthropic\//, via: 'intercept' });
  });
});

describe('Python', () => {
  const python = ['python3', 'python'].find((name) =>
    has(name, ['-c', 'import sys; assert sys.version_info >= (3, 8)']),
  );
  const requests = python !== undefined && has(python, ['-c', 'import requests']);
  const script = (name: string, lines: string[]) => {
    const path = join(folder, `with-${name}.py`);
    const bodies = JSON.stringify(bodyFiles(name));
    writeFileSync(path, [`url = '${secure.url}/v1/chat/completions'`, `files = ${bodies}`, ...lines].join('\n'));
    return path;
  };

  it.skipIf(python === undefined)('urllib', async () => {
    const path = script('urllib', [
      'import urllib.request',
      'for file in files:',
      "    headers = {'Content-Type': 'application/json'}",
      "    request = urllib.request.Request(url, data=open(file, 'rb').read(), headers=headers)",
      '    print(urllib.request.urlopen(request).read().decode())',
    ]);
    const ran = await run([python as string, path]);
    await expectOneConversation(ran, { format: 'openai-chat', client: /^Python-urllib\//i, via: 'intercept' });
  });

  it.skipIf(!requests)('requests (Debian: python3-requests, or pip install requests)', async () => {
    const path = script('requests', [
      'import requests',
      'session = requests.Session()',
      'for file in files:',
      "    answer = session.post(url, data=open(file, 'rb'), headers={'Content-Type': 'application/json'})",
      '    answer.raise_for_status()',
      '    print(answer.text)',
    ]);
    const ran = await run([python as string, path]);
    await expectOneConversation(ran, { format: 'openai-chat', client: /^python-requests\//, via: 'intercept' });
  });
});

/** A folder for an agent to work in, and a home of its own, so that it finds nobody's settings and leaves none. */
function agentHome(name: string): { home: string; work: string } {
  const home = join(folder, name);
  const work = join(home, 'work');
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'note.txt'), `${result}\n`);
  return { home, work };
}

describe('agents', () => {
  it('Codex, with a provider of its own', async ({ skip }) => {
    const codex = findAgent('codex');
    if ('missing' in codex) return skip(codex.missing);
    const { home, work } = agentHome('codex');
    const provider = `{name="stub",base_url="${secure.url}/v1",wire_api="responses",env_key="STUB_KEY",supports_websockets=false}`;
    const settings = ['-c', 'model_provider="stub"', '-c', `model_providers.stub=${provider}`];
    const exec = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '-m', 'gpt-5.1'];
    const ran = await run([...codex.command, ...exec, ...settings, 'What does note.txt say?'], {
      cwd: work,
      env: { HOME: home, CODEX_HOME: home, STUB_KEY: 'dummy' },
    });
    expect(ran.stdout).toContain(`The note says: ${result}.`);
    await expectOneConversation(ran, {
      format: 'openai-responses',
      client: /^codex/,
      tool: 'exec_command',
      via: 'intercept',
    });
  });
});

describe('sluice run without a running engine', () => {
  it('starts one for the command, leaves its output alone and passes its exit code on', async () => {
    const dataDir = join(folder, 'own');
    const [first] = chatBodies('own engine', false);
    const code = `
      const response = await fetch('${secure.url}/v1/chat/completions', { method: 'POST', body: ${JSON.stringify(first)} });
      console.log(response.status);
      process.exit(7);`;
    const flags = ['run', '--data-dir', dataDir, '--intercept', '127.0.0.1', '--insecure-upstream', '--session', 'own'];
    const ran = await sluice([...flags, '--json', '--', ...node(code)]);
    expect(ran.code).toBe(7);
    expect(ran.stdout).toBe('200\n');
    const summary = JSON.parse(ran.stderr.trim().split('\n').at(-1) as string);
    expect(summary).toMatchObject({ exchanges: 1, calls: 1, exit_code: 7 });
    await using again = await startEngine([], { dataDir });
    expect(await again.api(`/traces/${summary.trace_ids[0]}`)).toMatchObject({ calls: [{ model: 'gpt-5.1' }] });
  });
});
