import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAgent } from '../support/agents.js';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { startModelServer } from '../support/model-server.js';
import { searchDatabase, searchFiles } from '../support/planted.js';

/** Files that others wrote, through the real engine. */

const fixtureRoot = join(import.meta.dirname, '..', 'fixtures', 'import');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-import-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Report {
  importer: string;
  taken: { records: number; exchanges: number; calls: number; traces: number };
  duplicates: number;
  skipped_count: number;
  trace_ids: string[];
}

/** Fixtures tell of the same hour; each gets a day of its own, so that none is taken for a second report of another. */
function copies(): { importer: string; path: string }[] {
  return readdirSync(fixtureRoot).flatMap((importer, index) =>
    readdirSync(join(fixtureRoot, importer)).map((name, place) => {
      const path = join(folder, `${importer}-${name}`);
      const day = String(1 + ((index * 2 + place) % 28)).padStart(2, '0');
      const bytes = readFileSync(join(fixtureRoot, importer, name));
      writeFileSync(
        path,
        importer === 'mitmproxy' || name.endsWith('.eval')
          ? bytes
          : bytes.toString().replaceAll('2026-11-20', `2026-10-${day}`),
      );
      return { importer, path };
    }),
  );
}

async function imported(
  engine: Engine,
  paths: string[],
): Promise<{ code: number; lines: { file: string; report: Report }[] }> {
  const { code, stdout } = await sluice(['import', '--data-dir', engine.ready.data_dir, '--json', ...paths]);
  return {
    code,
    lines: stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: whole traces
const traceOf = (engine: Engine, traceId: string): Promise<any> => engine.api(`/traces/${traceId}`);

describe('sluice import', () => {
  it('takes every kind of file, and a second time changes nothing', async () => {
    await using engine = await startEngine();
    const files = copies();
    const first = await imported(
      engine,
      files.map(({ path }) => path),
    );
    expect(first.code).toBe(0);
    expect(first.lines.map(({ report }) => report.importer)).toEqual(files.map(({ importer }) => importer));
    for (const { file, report } of first.lines) {
      expect(report.taken.traces, file).toBeGreaterThan(0);
      expect(report.trace_ids, file).toHaveLength(report.taken.traces);
    }
    await engine.settled();
    const before = await engine.api('/traces?limit=200');
    const health = await engine.api('/health');
    expect(health.exchanges).toMatchObject({ undecoded: 0, failed: 0 });

    const second = await imported(
      engine,
      files.map(({ path }) => path),
    );
    for (const [index, { file, report }] of second.lines.entries()) {
      expect(report.taken, file).toMatchObject({ records: 0, exchanges: 0, calls: 0 });
      const was = first.lines[index]?.report as Report;
      expect(report.duplicates, file).toBe(was.taken.records + was.taken.exchanges + was.duplicates);
    }
    expect(await engine.api('/traces?limit=200')).toEqual(before);
  });

  it('builds the trees: subagents, results, compactions', async () => {
    await using engine = await startEngine();
    const { lines } = await imported(engine, [join(fixtureRoot, 'claude-code'), join(fixtureRoot, 'atif')]);
    const traces = await Promise.all(lines.flatMap(({ report }) => report.trace_ids).map((id) => traceOf(engine, id)));
    for (const [tool, answer] of [
      ['toolu_2', 'Only tide.txt.'],
      ['call_sub', 'Only tide.txt.'],
    ]) {
      const main = traces.find((trace) =>
        trace.tool_calls.some((call: { tool_call_id: string }) => call.tool_call_id === tool),
      );
      const child = traces.find((trace) => trace.parent_trace_id === main?.trace_id);
      expect(child, tool).toBeDefined();
      const step = main.steps.find((entry: { step_id: string }) => entry.step_id === child.parent_step_id);
      expect(step, tool).toMatchObject({ type: 'tool_call', tool_call_id: tool });
      expect(child.steps.at(-1)).toMatchObject({ type: 'message', role: 'assistant', content: answer });
      for (const call of main.tool_calls) expect(call, tool).toMatchObject({ status: 'ok' });
    }
    const claude = traces.find((trace) => trace.metadata?.git_branch === 'main' && trace.parent_trace_id === null);
    expect(claude.calls.map((call: { response_id: string }) => call.response_id)).toEqual([
      'msg_01',
      'msg_02',
      'msg_03',
    ]);
    expect(claude.calls[1]).toMatchObject({ parent_call_id: claude.calls[0].call_id, edge: { basis: 'recorded' } });
    expect(claude.steps.map((step: { type: string }) => step.type)).toEqual(
      expect.arrayContaining(['error', 'state_change', 'reasoning']),
    );
  });

  it('reads standard input, compressed files and folders; exits 1 where a file cannot be read', async () => {
    const dataDir = join(folder, 'own');
    const path = join(folder, 'packed.jsonl.gz');
    writeFileSync(path, gzipSync(readFileSync(join(fixtureRoot, 'codex', 'rollout.jsonl'))));
    const foreign = join(folder, 'foreign.txt');
    writeFileSync(foreign, 'nothing of interest');
    const flags = ['import', '--data-dir', dataDir, '--json'];
    const input = readFileSync(join(fixtureRoot, 'openai-chat', 'fine-tuning.jsonl'), 'utf8');
    const ran = await sluice([...flags, path, foreign, '-'], { input });
    expect(ran.code).toBe(1);
    const [packed, refused, stdin] = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(packed.report).toMatchObject({ importer: 'codex', taken: { calls: 2 } });
    expect(refused.error).toMatchObject({ code: 'import_format_unknown' });
    expect(stdin.report).toMatchObject({ importer: 'openai-chat', taken: { calls: 6 }, skipped_count: 1 });
    expect((await sluice([...flags, '--as', 'nothing', path])).code).toBe(1);
    expect((await sluice([...flags, join(folder, 'absent')])).code).toBe(2);
  });

  it('goes on after kill -9 and ends as if nothing had happened', async () => {
    const path = join(folder, 'large.jsonl');
    const conversations = 4000;
    const lines = Array.from({ length: conversations }, (_, index) =>
      JSON.stringify({
        messages: [
          { role: 'user', content: `Question ${index}: when is high tide at station ${index % 97}?` },
          { role: 'assistant', content: `At ${index % 24}:00, as the table of ${index} says.` },
        ],
      }),
    );
    writeFileSync(path, `${lines.join('\n')}\n`);
    const dataDir = join(folder, 'killed');
    const engine = await startEngine([], { dataDir });
    await engine.api('/import', { body: { path } });
    await engine.until('/health', ({ exchanges }) => exchanges.stored > 300);
    await engine.kill9();
    await using again = await startEngine([], { dataDir });
    const [outcome] = (await imported(again, [path])).lines;
    const { taken, duplicates } = (outcome as { report: Report }).report;
    expect(taken.records + duplicates).toBe(conversations);
    expect(duplicates).toBeGreaterThanOrEqual(300);
    expect(taken.traces).toBe(conversations);
    const titles = new Set<string>();
    for (let cursor = ''; ; ) {
      const page = await again.api(`/traces?limit=200${cursor}`);
      for (const trace of page.items) {
        expect(trace).toMatchObject({ call_count: 1, step_count: 2 });
        titles.add(trace.title);
      }
      if (page.next_cursor === null) break;
      cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
    expect(titles.size).toBe(conversations);
  });

  it('leaves no secret on disk', async () => {
    const planted = {
      key: `sk-${'Q7w'.repeat(16)}`,
      github: `ghp_${'aZ4'.repeat(12)}`,
      email: `jane.tide${'@'}harbour-mail.com`,
    };
    const secret = `keys ${planted.key} and ${planted.github}, write to ${planted.email}`;
    const dirty = join(folder, 'dirty');
    mkdirSync(dirty);
    writeFileSync(
      join(dirty, 'session.jsonl'),
      readFileSync(join(fixtureRoot, 'claude-code', 'session.jsonl'), 'utf8').replaceAll('high at 06:12', secret),
    );
    writeFileSync(
      join(dirty, 'chrome.har'),
      readFileSync(join(fixtureRoot, 'har', 'chrome.har'), 'utf8').replaceAll('high at 06:12', secret),
    );
    writeFileSync(
      join(dirty, 'broker.json'),
      JSON.stringify([{ tool: 'mail', arguments: { to: planted.email }, response: { token: planted.key } }]),
    );
    await using engine = await startEngine();
    const { lines } = await imported(engine, [dirty]);
    expect(lines).toHaveLength(3);
    await engine.settled();
    expect(searchFiles(engine.ready.data_dir, planted)).toEqual([]);
    const database = searchDatabase(join(engine.ready.data_dir, 'sluice.db'), planted);
    expect(database.found).toEqual([]);
    expect(database.unpacked).toBeGreaterThan(0);
    expect(engine.log()).not.toContain(planted.email);
  });
});

describe('POST /import', () => {
  it('takes a stream and answers with the report; paths only of regular files', async () => {
    await using engine = await startEngine();
    const body = readFileSync(join(fixtureRoot, 'mitmproxy', 'session.flow'));
    const headers = { authorization: `Bearer ${engine.ready.token}`, 'content-type': 'application/octet-stream' };
    const sent = await fetch(`${engine.ready.api}/import?name=session.flow`, { method: 'POST', headers, body });
    expect(sent.status).toBe(200);
    expect(await sent.json()).toMatchObject({
      state: 'done',
      result: { importer: 'mitmproxy', taken: { exchanges: 4 } },
    });
    for (const path of [folder, join(folder, 'absent'), '/dev/null']) {
      const answer = await engine.fetch('/import', { body: { path } });
      expect(answer.status, path).toBe(422);
    }
    expect((await engine.fetch('/import', { body: { path: 'relative' } })).status).toBeGreaterThanOrEqual(400);
    expect((await engine.fetch('/import', { body: { path: '/etc/hosts' }, anonymous: true })).status).toBe(401);
    expect((await engine.api('/importers')).map(({ id }: { id: string }) => id)).toContain('claude-code');
  });
});

describe('following session files', () => {
  const session = readFileSync(join(fixtureRoot, 'claude-code', 'session.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  const write = (path: string, from: number, to: number) =>
    appendFileSync(path, `${session.slice(from, to).join('\n')}\n`);

  it('takes lines as they come, over a restart and a rewritten file, none twice', async () => {
    const watched = join(folder, 'projects', 'tide');
    mkdirSync(watched, { recursive: true });
    const path = join(watched, 'session.jsonl');
    const dataDir = join(folder, 'watching');
    const follow = (engine: Engine) => engine.api('/watches', { body: { folders: [join(folder, 'projects')] } });
    const calls = async (engine: Engine) => {
      const { items } = await engine.api('/traces?limit=50');
      return items.reduce((sum: number, trace: { call_count: number }) => sum + trace.call_count, 0);
    };
    {
      await using engine = await startEngine([], { dataDir });
      const { watch_id } = await follow(engine);
      write(path, 0, 5);
      await engine.until(`/watches/${watch_id}`, ({ taken }) => taken >= 1);
      expect(await calls(engine)).toBe(1);
      // Half a line: it is taken when the rest is there.
      appendFileSync(path, `${session[5]}\n${(session[6] as string).slice(0, 40)}`);
      appendFileSync(path, `${(session[6] as string).slice(40)}\n`);
      write(path, 7, 10);
      await engine.until(
        '/traces?limit=50',
        ({ items }) => items.length === 2 && items.every((trace: { call_count: number }) => trace.call_count > 0),
        20_000,
      );
    }
    write(path, 10, 14);
    {
      await using engine = await startEngine([], { dataDir });
      const { watch_id } = await follow(engine);
      await engine.until(`/watches/${watch_id}`, ({ taken, duplicates }) => taken > 0 && duplicates > 0);
      // Written anew from the beginning, and longer.
      writeFileSync(path, `${session.join('\n')}\n`);
      await engine.until(
        '/traces?limit=50',
        ({ items }) => items.reduce((sum: number, trace: { call_count: number }) => sum + trace.call_count, 0) === 5,
        20_000,
      );
      const ended = await engine.api(`/watches/${watch_id}`, { method: 'DELETE' });
      expect(ended).toMatchObject({ files: 1, skipped: 0 });
      expect(readFileSync(join(dataDir, 'watched.json'), 'utf8')).not.toContain('tide');
      expect(statSync(join(dataDir, 'watched.json')).mode & 0o077).toBe(0);
      const { report } = (await imported(engine, [path])).lines[0] as { report: Report };
      expect(report.taken).toMatchObject({ records: 0, calls: 0 });
      expect(await calls(engine)).toBe(5);
    }
  });
});

describe('a run that was captured too', () => {
  it('Codex: its session file is a second witness of the same trace', async ({ skip }) => {
    const codex = findAgent('codex');
    if ('missing' in codex) return skip(codex.missing);
    const model = await startModelServer();
    const said = 'the tide is high';
    model.otherwise(({ json, format }) => {
      if (format === null) return { raw: '{"data":[]}', headers: { 'content-type': 'application/json' } };
      if (JSON.stringify(json).includes(said)) return { text: `The note says: ${said}.` };
      return {
        text: 'Let me look.',
        toolCalls: [{ id: 'call_note', name: 'exec_command', arguments: { cmd: 'cat note.txt' } }],
      };
    });
    const home = join(folder, 'codex-home');
    const work = join(home, 'work');
    mkdirSync(work, { recursive: true });
    writeFileSync(join(work, 'note.txt'), `${said}\n`);
    await using engine = await startEngine(['--upstream', `stub=${model.url}`]);
    const provider = `{name="stub",base_url="${engine.ready.proxy}/stub/v1",wire_api="responses",env_key="STUB_KEY",supports_websockets=false}`;
    const settings = ['-c', 'model_provider="stub"', '-c', `model_providers.stub=${provider}`];
    const exec = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '-m', 'gpt-5.1'];
    const flags = ['run', '--data-dir', engine.ready.data_dir, '--json', '--'];
    const ran = await sluice([...flags, ...codex.command, ...exec, ...settings, 'What does note.txt say?'], {
      cwd: work,
      env: { HOME: home, CODEX_HOME: home, STUB_KEY: 'dummy' },
    });
    await model.close();
    expect(ran.stdout, ran.stderr).toContain(said);
    const summary = JSON.parse(ran.stderr.trim().split('\n').at(-1) as string);
    expect(summary.trace_ids).toHaveLength(1);

    const { report } = (await imported(engine, [join(home, 'sessions')])).lines[0] as { report: Report };
    expect(report.importer).toBe('codex');
    expect(report.taken).toMatchObject({ records: 2, calls: 0 });
    expect(report.trace_ids).toEqual(summary.trace_ids);
    const witnesses = await engine.api(`/traces/${summary.trace_ids[0]}/witnesses`);
    expect(witnesses.items).toHaveLength(2);
    expect(witnesses.items.flatMap((witness: { disagreements: unknown[] }) => witness.disagreements)).toEqual([]);
  });
});
