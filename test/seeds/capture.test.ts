import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cleanEnv, type Engine, sluice, startEngine } from '../support/engine.js';
import { type JsonObject, type ModelServer, startModelServer } from '../support/model-server.js';

/** The document's own example, the formats that it names, and its Python listings with the module's path changed. */

// Each starts several engines, on a machine that may have other work.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const root = join(import.meta.dirname, '..', '..');
const cli = join(root, 'out', 'main', 'cli.js');

/** The standard schema, as the document draws it. */
const drawn = {
  name: 'tool_name',
  arguments: { param: 'value' },
  result: { status: 'success', data: '...' },
  timestamp: '2024-01-01T00:00:00Z',
  duration_ms: 150,
  metadata: { source: 'proxy_server', version: '1.0' },
};

let folder: string;
let engine: Engine;
let model: ModelServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-seed-'));
  model = await startModelServer();
  model.otherwise(({ json }) =>
    json['messages'].at(-1).role === 'tool' || /^(What is|And) /.test(json['messages'].at(-1).content)
      ? { text: 'The answer is 4.' }
      : { toolCalls: [{ id: 'call_add_000000001', name: 'add', arguments: { a: 2, b: 2 } }] },
  );
  engine = await startEngine([], { dataDir: join(folder, 'engine') });
});
afterAll(async () => {
  await engine?.dispose();
  await model?.close();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : `${JSON.stringify(content)}\n`);
  return path;
}

async function imported(path: string, as?: string): Promise<JsonObject> {
  const flags = ['--data-dir', engine.ready.data_dir, '--json', ...(as === undefined ? [] : ['--as', as])];
  const { stdout, stderr } = await sluice(['import', path, ...flags]);
  const outcome = JSON.parse(stdout.trim().split('\n').at(-1) as string);
  expect(outcome.report, stderr + stdout).toBeDefined();
  return outcome.report;
}

const callsOf = async (report: JsonObject): Promise<JsonObject[]> =>
  (await engine.api(`/tool-calls?query=trace:${report['trace_ids'][0]}`)).items;

describe('the trace schema', () => {
  it('is valid, comes in, and comes back by GET and export with every field', async () => {
    const path = file('drawn.jsonl', drawn);
    const checked = await sluice(['validate', '--json', path]);
    expect(JSON.parse(checked.stdout)).toMatchObject({
      reports: [{ shape: 'tool_call', valid: true, errors: [], warnings: [] }],
      summary: { traces: 1, valid: 1, invalid: 0 },
    });
    const report = await imported(path);
    expect(report).toMatchObject({ importer: 'tool-calls', taken: { records: 1, traces: 1 }, skipped_count: 0 });
    const [call, ...more] = await callsOf(report);
    expect(more).toEqual([]);
    expect(call).toMatchObject({
      name: 'tool_name',
      arguments: { param: 'value' },
      result: { status: 'success', data: '...' },
      status: 'ok',
      timestamp: '2024-01-01T00:00:00.000Z',
      duration_ms: 150,
      metadata: { imported_from: { source: 'proxy_server' }, version: '1.0' },
    });

    const out = join(folder, 'exported');
    const query = `id:${report['trace_ids'][0]}`;
    const flags = ['--layout', 'tool-calls', '--format', 'jsonl', '--query', query, '--out', out];
    const exported = await sluice(['export', '--data-dir', engine.ready.data_dir, '--json', ...flags]);
    expect(exported.code, exported.stderr).toBe(0);
    const { timestamp, ...same } = drawn;
    expect(JSON.parse(readFileSync(join(out, 'data.jsonl'), 'utf8'))).toMatchObject({
      ...same,
      timestamp: '2024-01-01T00:00:00.000Z',
    });
  });
});

describe('the formats that are normalized', () => {
  it('are fixtures of a tool broker', async () => {
    const path = file('broker.json', {
      fixtures: [
        { tool: 'search', arguments: { q: 'harbour' }, response: { hits: 3 }, duration_ms: 12 },
        { tool: 'read', arguments: { id: 7 }, response: { error: 'gone' } },
      ],
    });
    const { stdout, stderr } = await sluice(['normalize', path, '--data-dir', join(folder, 'none')]);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows, stderr).toMatchObject([
      { name: 'search', arguments: { q: 'harbour' }, result: { hits: 3 }, duration_ms: 12, metadata: { status: 'ok' } },
      { name: 'read', arguments: { id: 7 }, result: { error: 'gone' }, metadata: { status: 'error' } },
    ]);
  });

  it('are custom formats, by a mapping that is drafted from a file, for import and POST /import', async () => {
    const rows = [
      {
        when: '2026-04-05T06:07:08Z',
        job: 'j1',
        seq: 1,
        op: { tool: 'weigh', input: { crate: 4 } },
        output: '31 kg',
        took: '1.2s',
        state: 'done',
      },
      {
        when: '2026-04-05T06:08:08Z',
        job: 'j1',
        seq: 2,
        op: { tool: 'stack', input: { crate: 4 } },
        output: 'no room',
        took: '45s',
        state: 'failed',
      },
      { when: '2026-04-05T06:09:08Z', job: 'j1', remark: 'pause' },
    ];
    const path = file('depot.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
    const drafted = await sluice(['map', path]);
    expect(JSON.parse(drafted.stdout)).toMatchObject({
      version: 1,
      name: 'depot',
      trace: 'job',
      step: 'seq',
      tool: 'op.tool',
      arguments: 'op.input',
      result: 'output',
      time: 'when',
      duration: 'took',
      status: 'state',
    });
    expect(drafted.stderr).toContain('It reads 2 tool calls in 3 records.\n  1 not: no tool at op.tool\n');
    const mapping = file('mapping.json', drafted.stdout);
    const report = await imported(path, `map:${mapping}`);
    expect(report).toMatchObject({
      importer: 'map-depot',
      taken: { records: 2, traces: 1 },
      skipped: [{ where: 'line 3', reason: 'no tool at op.tool' }],
    });
    const calls = (await callsOf(report)).toSorted((one, two) => (one['timestamp'] < two['timestamp'] ? -1 : 1));
    expect(calls).toMatchObject([
      {
        name: 'weigh',
        arguments: { crate: 4 },
        result: '31 kg',
        status: 'ok',
        timestamp: '2026-04-05T06:07:08.000Z',
        duration_ms: 1200,
        metadata: { step: 1 },
      },
      {
        name: 'stack',
        arguments: { crate: 4 },
        result: 'no room',
        status: 'error',
        duration_ms: 45_000,
        metadata: { step: 2 },
      },
    ]);

    const named = await engine.api('/import', { body: { path, as: `map:${mapping}` } });
    const again = await engine.until<JsonObject>(`/jobs/${named.job_id}`, (job) => job.state === 'done' && job.result);
    expect(again).toMatchObject({ duplicates: 2, taken: { records: 0 } });
    const refused = await engine.fetch('/import', { body: { path, as: 'map:{"version":1,"tool":"op..tool"}' } });
    expect([refused.status, await refused.json()]).toEqual([
      422,
      {
        error: expect.objectContaining({
          code: 'mapping_invalid',
          details: expect.objectContaining({ field: 'tool' }),
        }),
      },
    ]);
    const bad = await sluice([
      'import',
      path,
      '--as',
      `map:${file('bad.json', { version: 1 })}`,
      '--data-dir',
      engine.ready.data_dir,
    ]);
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining("The mapping's field tool does not hold.")]);
  });
});

const python = await promisify(execFile)('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).then(
  () => true,
  () => false,
);
if (!python)
  console.warn('Not run: the Python listings. They need python3 3.9 or newer on the PATH (apt-get install python3).');

/** The document's listing, but for where it stands for names of other programs. */
const imports = (code: string) =>
  code
    .replaceAll('capture.proxy_server', 'sluice.proxy_server')
    .replaceAll('capture.normalize_trace', 'sluice.normalize_trace')
    .replaceAll('capture.validators', 'sluice.validators')
    .replaceAll('scripts.make_kd_mix', 'sluice.make_kd_mix');

async function run(code: string): Promise<string> {
  const place = mkdtempSync(join(folder, 'python-'));
  // What the listing imports of the program that it stands in: an engine that asks a model and uses its tool.
  mkdirSync(join(place, 'runtime', 'engine'), { recursive: true });
  writeFileSync(
    join(place, 'runtime', 'engine', 'loop.py'),
    `import json, urllib.request

class InferenceEngine:
    def __init__(self, model, tokenizer):
        self.model = model

    def generate(self, prompt):
        messages = [{"role": "user", "content": prompt}]
        for _ in range(2):
            body = json.dumps({"model": self.model, "messages": messages}).encode()
            request = urllib.request.Request("${model.url}/v1/chat/completions", body, {"content-type": "application/json"})
            message = json.load(urllib.request.urlopen(request))["choices"][0]["message"]
            messages.append(message)
            messages += [{"role": "tool", "tool_call_id": call["id"], "content": "4"} for call in message.get("tool_calls") or []]
        return messages[-1]["content"]
`,
  );
  writeFileSync(join(place, 'listing.py'), imports(code));
  const child = spawn('python3', ['listing.py'], {
    cwd: place,
    env: cleanEnv({
      PYTHONPATH: `${join(root, 'clients', 'python')}:${place}`,
      PYTHONDONTWRITEBYTECODE: '1',
      SLUICE_COMMAND: `'${process.execPath}' '${cli}'`,
      SLUICE_DATA_DIR: join(folder, 'python-data'),
    }),
  });
  const [stdout, stderr, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(exit, stderr).toBe(0);
  return stdout;
}

/** The document's port, where nothing else holds it. */
async function port(wanted: number): Promise<number> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(wanted, '127.0.0.1', () => resolve(true));
  });
  if (free) await new Promise((resolve) => server.close(resolve));
  return free ? wanted : 0;
}

describe.skipIf(!python)('the Python listings', () => {
  const use = `
from runtime.engine.loop import InferenceEngine
print(InferenceEngine("gpt-4o", None).generate("Use tools to solve this"))
`;

  it('of the proxy: tool calls through it are captured', async () => {
    const listing = `
from capture.proxy_server import TraceProxy

proxy = TraceProxy(
    host="localhost",
    port=${await port(8080)},
    trace_output="traces.jsonl"
)

# Start proxy server
proxy.start()

# Tool calls through proxy are automatically captured
`;
    const stdout = await run(`${listing}${use}
import json
proxy.stop()
print(json.dumps([json.loads(line) for line in open("traces.jsonl")]))
`);
    const [answer, rows] = stdout.trim().split('\n') as [string, string];
    expect(answer).toBe('The answer is 4.');
    expect(JSON.parse(rows)).toEqual([
      {
        name: 'add',
        arguments: { a: 2, b: 2 },
        result: 4,
        timestamp: expect.stringMatching(/^20\d\d-.*Z$/),
        duration_ms: expect.any(Number),
        suspicion: null,
        metadata: expect.objectContaining({ source: 'proxy', version: '1', status: 'ok', model: 'gpt-4o' }),
      },
    ]);
  });

  it('of inference, with a program that never stops the proxy either', async () => {
    const listing = `
# Capture traces during model inference
from capture.proxy_server import TraceProxy
from runtime.engine.loop import InferenceEngine

proxy = TraceProxy(trace_output="inference_traces.jsonl")
proxy.start()

engine = InferenceEngine(model=model, tokenizer=tokenizer)
result = engine.generate(prompt="Use tools to solve this")

proxy.stop()
`;
    const count = 'print(result, sum(1 for _ in open("inference_traces.jsonl")))';
    expect(await run(`model, tokenizer = "gpt-4o", None\n${listing}\n${count}`)).toBe('The answer is 4. 1\n');
    const left = `import atexit, os
model, tokenizer = "gpt-4o", None
atexit.register(lambda: print(sum(1 for _ in open("inference_traces.jsonl")), "HTTPS_PROXY" in os.environ))
${listing.replace('\nproxy.stop()', '')}`;
    expect(await run(left)).toBe('1 False\n');
  });

  it('of data sets: the normalizer', async () => {
    const stdout = await run(`
from capture.normalize_trace import TraceNormalizer

normalizer = TraceNormalizer()

import json
rows = normalizer.normalize([
    {"tool": "search", "arguments": {"q": "harbour"}, "response": {"hits": 3}, "timestamp": "2026-02-03T05:06:07+01:00"},
    {"nothing": 1},
])
print(json.dumps([rows, rows.skipped]))
`);
    const [rows, skipped] = JSON.parse(stdout);
    expect(rows).toMatchObject([
      { name: 'search', arguments: { q: 'harbour' }, result: { hits: 3 }, timestamp: '2026-02-03T04:06:07.000Z' },
    ]);
    expect(skipped).toEqual([{ where: 'line 2', reason: 'not {tool, arguments, response}' }]);
  });

  it('of data sets: prompts become traces, by the one model that was agreed to', async () => {
    const kept = await startEngine([], { dataDir: join(folder, 'python-data') });
    const profile = { name: 'stub', base_url: `${model.url}/v1`, model: 'gpt-4o' };
    await kept.api('/models', { body: profile });
    await kept.api('/models/stub/agree', { body: { host: new URL(model.url).host } });
    await kept.stop();
    const listing = `prompts = ["What is 2 + 2?", {"id": "seven", "prompt": "And 3 + 4?"}]

# Generate training data with trace capture
from capture.normalize_trace import TraceNormalizer
from scripts.make_kd_mix import DatasetGenerator

normalizer = TraceNormalizer()
generator = DatasetGenerator(trace_normalizer=normalizer)

dataset = generator.generate_from_prompts(prompts, capture_traces=True)
`;
    const shown = 'import json\nprint(json.dumps([list(dataset), dataset.report]))';
    const [rows, report] = JSON.parse(await run(`${listing}\n${shown}`));
    expect(rows).toMatchObject([
      { prompt: 'What is 2 + 2?', time: 1, trace: { metadata: { execution_mode: 'SIMULATION' } } },
      { prompt_id: 'seven', prompt: 'And 3 + 4?', trace: { metadata: { prompt_id: 'seven' } } },
    ]);
    expect(report).toMatchObject({ ran: 2, there: 0, failed: 0 });
  });

  it('of validation: which trace is invalid, and why', async () => {
    const good = file('good.jsonl', drawn);
    const { timestamp: _, ...undated } = drawn;
    const bad = file('bad.jsonl', undated);
    const stdout = await run(`trace_files = [${JSON.stringify(good)}, ${JSON.stringify(bad)}]

# Validate captured traces
from capture.validators import TraceValidator

validator = TraceValidator()
results = validator.validate_batch(trace_files)

for result in results:
    if not result.valid:
        print(f"Invalid trace: {result.errors}")
`);
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^Invalid trace: \[\{.*'code': 'schema_invalid', 'path': 'timestamp'/),
    ]);
  });
});
