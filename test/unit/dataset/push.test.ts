import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fileHashes } from '../../../src/main/dataset/file-hashes.js';
import { buildVersion, createDatasets, type ExportSource, type GuardExport } from '../../../src/main/dataset/index.js';
import { batchesOf } from '../../../src/main/dataset/push/batches.js';
import { contentOf } from '../../../src/main/dataset/push/content.js';
import { leftBehind } from '../../../src/main/dataset/push/left-behind.js';
import { planPush } from '../../../src/main/dataset/push/plan.js';
import { pushVersion } from '../../../src/main/dataset/push/push.js';
import { hubEndpoint, hubToken as tokenIn } from '../../../src/main/dataset/push/token.js';
import { datasetSigner } from '../../../src/main/dataset/signing.js';
import { contentsOf, fileIn } from '../../../src/main/dataset/versions/contents.js';
import { lookAgain } from '../../../src/main/engine/export-guard.js';
import { checkExport } from '../../../src/main/leaks/index.js';
import { defaultPolicy, redactorForExport } from '../../../src/main/redact/index.js';
import { datasetDefinitionSchema, type NewAuditEntry, type Step } from '../../../src/shared/model/index.js';
import { hubToken, startHub } from '../../support/hub.js';
import { agentSession, sessionSource, testId, testTrace } from '../../support/traces.js';
import { freshFolder, unhurried } from './support.js';

/** The second look, as builds take it; `known` must not be in the files. */
const guardWith =
  (known: string[], allow: { name: string; reason: string } | null = null): GuardExport =>
  (order, write) =>
    write({
      ...order.control,
      check: (folder) =>
        checkExport(folder, {
          knownValues: known,
          keeps: () => known.length === 0,
          key: new Uint8Array(32),
          seed: 0,
          allow,
        }),
    });
const actor = { kind: 'studio', token_id: null } as const;

const hubs: Awaited<ReturnType<typeof startHub>>[] = [];
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.close();
});

async function ready(
  definition: object = { layouts: ['tool-calls'], format: 'parquet' },
  hubOptions = {},
  sessions = [1, 2, 3].map((seed) => agentSession(seed, 2, { revision: 1 })),
) {
  const hub = await startHub(hubOptions);
  hubs.push(hub);
  const folder = await freshFolder();
  const source = sessionSource(sessions);
  /** Values that are known by the time of the push. */
  const known: string[] = [];
  const look = lookAgain(() => ({ knownValues: known, keeps: () => true, key: new Uint8Array(32) }));
  const datasets = createDatasets(folder, source);
  await datasets.create('calls', datasetDefinitionSchema.parse(definition));
  const audit: NewAuditEntry[] = [];
  const notes: string[] = [];
  const shares: number[] = [];
  const build = (guard = guardWith([]), from = source) =>
    buildVersion({ name: 'calls', out: null, actor, allow_leaks: null }, datasets.files, from, {
      guard,
      control: { ...unhurried(), resumed: null, onVersion: () => undefined },
    });
  const push = async (
    more: { version?: number; private?: boolean; repo?: string; allow?: { name: string; reason: string } } = {},
    {
      from = source,
      token = hubToken,
      signal = new AbortController().signal,
      endpoint = hub.url,
      secondLook = look,
    } = {},
  ) => {
    const asked = { name: 'calls', version: more.version ?? null, allow_leaks: more.allow ?? null };
    const plan = await planPush(asked, datasets.files, from, { signal, onProgress: () => undefined, secondLook });
    const order = { ...asked, version: plan.version, private: more.private ?? false, endpoint, actor };
    const control = {
      signal,
      onProgress: (share: number | null) => void (share === null || shares.push(share)),
      onNote: (line: string) => void notes.push(line),
    };
    return pushVersion({ ...order, repo: more.repo ?? 'harbour/calls' }, plan, token, control, async (entry) =>
      audit.push(entry),
    );
  };
  const uploads = () => hub.requests.filter(({ path }) => path.startsWith('/storage/'));
  return { hub, folder, sessions, source, datasets, audit, notes, shares, build, push, uploads, known, look };
}

/** The same under a policy that does this with mail addresses. */
function underPolicy(source: ExportSource, EMAIL: 'keep' | 'mask'): ExportSource {
  const policy = { ...defaultPolicy, actions: { ...defaultPolicy.actions, EMAIL } };
  const rules = { policy, key: new Uint8Array(32).fill(7), secrets: [], values: [] };
  return { ...source, redactor: (wanted) => redactorForExport(rules, wanted) };
}

/** Puts other content of the same length in the place of a file, which seems as old as it was. */
async function swap(path: string): Promise<void> {
  const { atime, mtime } = await stat(path);
  const text = await readFile(path, 'utf8');
  await writeFile(
    path,
    text.replace(/[a-z]/, (letter) => (letter === 'x' ? 'y' : 'x')),
  );
  await utimes(path, atime, mtime);
}

/** What lies at the Hub is the version, file by file. */
async function expectThere(hub: Awaited<ReturnType<typeof startHub>>, out: string, repo = 'harbour/calls') {
  const files = hub.filesOf(repo);
  for (const [path, bytes] of files) expect(bytes.equals(await readFile(join(out, path))), path).toBe(true);
  return [...files.keys()].sort();
}

describe('a version is pushed', () => {
  it('whole, in one commit; a second push sends nothing', async () => {
    const { hub, build, push, audit, shares, uploads } = await ready();
    const { out, rows } = await build();
    const pushed = await push({ private: true });
    expect(await expectThere(hub, out)).toEqual(
      expect.arrayContaining([
        'README.md',
        'croissant.json',
        'data.parquet',
        'leaks.json',
        'manifest.json',
        'manifest.sig',
      ]),
    );
    expect(hub.repos.get('harbour/calls')).toMatchObject({ private: true, commits: ['c0', 'c1'] });
    expect(pushed).toMatchObject({
      version: 1,
      rows,
      commit: 'c1',
      url: `${hub.url}/datasets/harbour/calls`,
      deleted: 0,
    });
    expect(pushed.sent.files).toBe(pushed.files);
    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
    expect(audit).toMatchObject([
      { action: 'dataset_pushed', target: 'calls', actor, details: { state: 'begun', files_to_send: pushed.files } },
      { details: { state: 'done', version: 1, repo: 'harbour/calls', private: true, rows, commit: 'c1' } },
    ]);
    expect(audit[1]?.details).toMatchObject({ files_sent: pushed.files, bytes_sent: pushed.sent.bytes });
    const before = uploads().length;
    expect(await push({ private: true })).toMatchObject({ sent: { files: 0, bytes: 0 }, commit: 'c1' });
    expect(uploads().length).toBe(before);
    expect(hub.repos.get('harbour/calls')?.commits).toHaveLength(2);
  });

  it('in parts where the Hub wants it so', async () => {
    const { hub, build, push } = await ready(undefined, { partBytes: 700 });
    const { out } = await build();
    await push();
    await expectThere(hub, out);
    expect(hub.requests.filter(({ path }) => /^\/storage\/\w+\/\d+$/.test(path)).length).toBeGreaterThan(3);
  });

  it('in the place of an earlier one: files that it does not have go, what others put there stays', async () => {
    const { hub, build, push, datasets, source } = await ready({
      layouts: ['tool-calls'],
      format: 'huggingface',
      split: { train: 0.5, test: 0.5 },
    });
    await build();
    await push();
    hub.repos.get('harbour/calls')?.files.set('data/notes.txt', { bytes: Buffer.from('ours'), lfs: false });
    await datasets.create('calls', datasetDefinitionSchema.parse({ layouts: ['tool-calls'], format: 'jsonl' }));
    const second = await build(guardWith([]), source);
    const pushed = await push({ version: 2 });
    expect(pushed.deleted).toBe(2);
    const there = [...hub.filesOf('harbour/calls').keys()];
    expect(there.filter((path) => path.startsWith('data/'))).toEqual(['data/notes.txt']);
    hub.repos.get('harbour/calls')?.files.delete('data/notes.txt');
    await expectThere(hub, second.out);
  });

  it('of several parts, with the card over them', async () => {
    const { hub, build, push } = await ready({ layouts: ['tool-calls', 'openai-chat'], format: 'jsonl' });
    const { out } = await build();
    await push();
    expect(await expectThere(hub, out)).toEqual(
      expect.arrayContaining([
        'README.md',
        'manifest.json',
        'tool-calls/data.jsonl',
        'openai-chat/data.jsonl',
        'openai-chat/README.md',
      ]),
    );
  });
});

it('files of tasks are listed, fetched and pushed: a version has the same files for all three', async () => {
  const told = [
    { type: 'message', role: 'user', content: 'The tide table is a day late.' },
    { type: 'reasoning_step', content: 'Where is the date read?' },
    { type: 'code_edit', file: 'tide.py', diff: '--- a/tide.py\n+++ b/tide.py\n@@ -1,1 +1,1 @@\n-day = 1\n+day = 0\n' },
    { type: 'terminal_command', command: 'pytest -q tests', exit_code: 0, output: 'ok' },
  ];
  const steps = told.map(
    (step, at) =>
      ({ step_id: testId(4, at), seq: at + 1, timestamp: '2026-11-21T09:30:00.000Z', ...step }) as unknown as Step,
  );
  const repo = {
    url: 'https://git.example.com/acme/tide.git',
    commit_before: '4f1c2d3e4f5a',
    test_command: 'pytest -q',
  };
  const trace = testTrace({ trace_id: testId(1, 1), kind: 'pr_telemetry', steps, metadata: { repo } });
  const session = { trace, messages: new Map() };
  const { hub, build, push, datasets } = await ready({ layouts: ['harbor-task', 'traces'], format: 'jsonl' }, {}, [
    session,
  ]);
  const { out } = await build();
  await push();
  const record = await datasets.files.record('calls', 1);
  const listed = await contentsOf(record);
  expect(listed.map(({ name }) => name).sort()).toEqual(await expectThere(hub, out));
  const tasks = listed.filter(({ name }) => name.endsWith('/instruction.md'));
  expect(tasks.length).toBeGreaterThan(0);
  expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(['README.md', 'leaks.json']));
  for (const { name, bytes, sha256 } of listed) {
    const data = await readFile(await fileIn(record, name));
    expect([data.length, createHash('sha256').update(data).digest('hex')], name).toEqual([bytes, sha256]);
  }
});

describe('small files that are too many for one commit', () => {
  it('go in several, what signs them in the last; what arrived of a push that broke off is not sent again', async () => {
    const { hub, folder } = await ready();
    const names = ['a.txt', 'b.txt', 'manifest.json', 'manifest.sig', 'c.txt'];
    for (const [at, name] of names.entries())
      await writeFile(join(folder, name), String(at).repeat(name.endsWith('.txt') ? 7 * 1024 * 1024 : 10));
    const files = [];
    for (const path of names) files.push({ path, ...(await fileHashes(join(folder, path))) });
    const plan = { out: folder, rows: 1, rows_root: '', leaks: 0, files };
    const order = { name: 'calls', version: 1, repo: 'harbour/small', private: false, actor, allow_leaks: null };
    const shares: number[] = [];
    const push = () =>
      pushVersion(
        { ...order, endpoint: hub.url },
        plan,
        hubToken,
        {
          signal: new AbortController().signal,
          onProgress: (share) => void (share === null || shares.push(share)),
          onNote: () => undefined,
        },
        async () => undefined,
      );
    let commits = 0;
    hub.faulty(async (request, response, path) => {
      if (path.includes('/commit/')) commits += 1;
      if (!path.includes('/commit/') || commits !== 2) return false;
      await once(request.resume(), 'end');
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"no"}');
      return true;
    });
    await expect(push()).rejects.toMatchObject({ code: 'hub_refused' });
    expect([...hub.filesOf('harbour/small').keys()]).toEqual(['a.txt', 'b.txt']);
    expect(await push()).toMatchObject({ sent: { files: 3 }, already_there: 2, commit: 'c2' });
    expect((await expectThere(hub, folder, 'harbour/small')).length).toBe(5);
    expect(shares.at(-1)).toBe(1);
  });

  it('by their bytes and by their number; large ones, which go ahead of a commit, count for nothing', () => {
    const small = Array.from({ length: 2500 }, (_, at) => ({ path: `data/t/${at}.md`, bytes: 10 }));
    const large = { path: 'data.jsonl', bytes: 1e12 };
    const signed = ['x/manifest.json', 'manifest.sig'].map((path) => ({ path, bytes: 10 }));
    const batches = batchesOf([...signed, large, ...small]);
    expect(batches.map(({ length }) => length)).toEqual([1000, 1000, 503]);
    expect(batches.at(-1)?.slice(-2)).toEqual(signed);
    expect(batchesOf([large, { ...large, path: 'b.jsonl' }])).toHaveLength(1);
    expect(batchesOf([])).toEqual([[]]);
  });
});

describe('what fails in passing', () => {
  it('is tried again: 429 with the pause it asks for, 500, a broken connection', async () => {
    const { hub, build, push, notes } = await ready();
    const { out } = await build();
    const failed = new Set<string>();
    hub.faulty((request, response, path) => {
      const kind = path.replace(/[0-9a-f]{64}/, 'oid');
      if (failed.has(kind)) return false;
      failed.add(kind);
      if (failed.size % 3 === 0) request.destroy();
      else response.writeHead(failed.size % 3 === 1 ? 429 : 500, { 'retry-after': '0' }).end('busy');
      return true;
    });
    await push();
    await expectThere(hub, out);
    expect(failed.size).toBeGreaterThan(6);
    expect(notes.join('\n')).toMatch(/the Hub answered 429: trying again/);
    expect(notes.join('\n')).toContain('the connection broke: trying again');
  });

  it('and goes on failing ends the push; the next one sends what did not arrive', async () => {
    const { hub, build, push, audit, uploads } = await ready();
    const { out } = await build();
    hub.faulty((_, response, path) => {
      if (!path.includes('/commit/')) return false;
      response.writeHead(500, { 'retry-after': '0', 'content-type': 'application/json' }).end('{"error":"no luck"}');
      return true;
    });
    await expect(push()).rejects.toMatchObject({ code: 'hub_refused', message: 'The Hub answered 500: no luck' });
    expect(audit.at(-1)?.details).toMatchObject({ state: 'failed', files_sent: uploads().length });
    expect(hub.filesOf('harbour/calls').size).toBe(0);
    const arrived = uploads().length;
    expect(arrived).toBeGreaterThan(1);
    hub.faulty(() => false);
    const pushed = await push();
    expect(uploads().length).toBe(arrived);
    expect(pushed.already_there).toBeGreaterThanOrEqual(arrived);
    await expectThere(hub, out);
  });

  it('a push that is cancelled while a file is on its way stops, and goes on later', async () => {
    const { hub, build, push, audit, uploads } = await ready();
    const { out } = await build();
    const abort = new AbortController();
    hub.faulty(async (request, _, path) => {
      if (!path.startsWith('/storage/') || uploads().length === 0) return false;
      abort.abort(new Error('stop'));
      await once(request, 'close');
      return true;
    });
    // One after the other, so that one has arrived.
    await expect(push({}, { signal: abort.signal })).rejects.toThrow('stop');
    expect(audit.at(-1)?.details).toMatchObject({ state: 'cancelled' });
    hub.faulty(() => false);
    await push();
    await expectThere(hub, out);
  });

  it('an endpoint where nobody is', async () => {
    const { hub, build, push } = await ready();
    await build();
    hub.faulty((request) => {
      request.destroy();
      return true;
    });
    await expect(push()).rejects.toMatchObject({ code: 'hub_unreachable' });
  });
});

describe('is refused', () => {
  it('by the Hub for its token, which stands in no message', async () => {
    const { hub, build, push, audit } = await ready();
    await build();
    const wrong = 'hf_wrongTokenOfSomebody';
    const refused = await push({}, { token: wrong }).catch((error) => error);
    expect(refused).toMatchObject({ code: 'hub_forbidden' });
    expect(`${refused.message}${JSON.stringify(refused)}`).not.toContain(wrong);
    await expect(push({ repo: 'elsewhere/calls' })).rejects.toMatchObject({ code: 'hub_forbidden' });
    expect(audit).toEqual([]);
    expect(hub.requests.filter(({ path }) => /commit|storage/.test(path))).toEqual([]);
  });

  it('as private, where a public repository is there', async () => {
    const { build, push } = await ready();
    await build();
    await push();
    await expect(push({ private: true })).rejects.toMatchObject({ code: 'push_refused' });
  });

  it('where a file of it was changed, or nobody looked for leaks', async () => {
    const { build, push, hub } = await ready({ layouts: ['tool-calls'], format: 'jsonl' });
    const { out } = await build();
    const leaks = await readFile(join(out, 'leaks.json'));
    await rm(join(out, 'leaks.json'));
    await expect(push()).rejects.toMatchObject({
      code: 'push_refused',
      message: expect.stringContaining('leaks.json'),
    });
    await writeFile(join(out, 'leaks.json'), leaks);
    await writeFile(
      join(out, 'data.jsonl'),
      (await readFile(join(out, 'data.jsonl'), 'utf8')).replace('needle', 'noodle'),
    );
    await expect(push()).rejects.toMatchObject({ code: 'push_refused' });
    expect(hub.requests).toEqual([]);
  });

  it('where it was built with leaks, unless somebody takes them on by name', async () => {
    const { build, push, audit } = await ready({ layouts: ['tool-calls'], format: 'jsonl' });
    const taken = { name: 'Olive', reason: 'made up' };
    const { out } = await build(guardWith(['needle 1'], taken));
    await expect(push()).rejects.toMatchObject({ code: 'export_leaks', details: { by_rule: expect.anything() } });
    await push({ allow: taken });
    expect(audit[0]?.details).toMatchObject({ leaks: expect.any(Number), overridden: taken });
    // Whoever may write into the folder can say that nothing was found.
    const report = join(out, 'leaks.json');
    const said = JSON.parse(await readFile(report, 'utf8'));
    await writeFile(report, JSON.stringify({ ...said, leaks_count: 0, by_rule: {}, unread: [], leaks: [] }));
    await expect(push({ version: 1 })).rejects.toMatchObject({ code: 'export_leaks' });
  });

  it('where a value became known since, or its report was forged beside a record of before', async () => {
    const { build, push, known, datasets, audit, hub } = await ready({ layouts: ['tool-calls'], format: 'jsonl' });
    const { out } = await build();
    known.push('needle 1');
    await expect(push()).rejects.toMatchObject({ code: 'export_leaks', details: { by_rule: { 'known-value': 3 } } });
    expect(hub.requests).toEqual([]);
    const taken = { name: 'Olive', reason: 'made up' };
    await push({ allow: taken });
    expect(audit[0]?.details).toMatchObject({ leaks: 3, overridden: taken });
    // Records of before do not say what was found.
    await build(guardWith(['needle 1'], taken));
    const path = `${datasets.files.recordOf('calls', 2)}.json`;
    const { leaks_count: _, ...record } = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify(record));
    await writeFile(join(record.out, 'leaks.json'), await readFile(join(out, 'leaks.json')));
    await expect(push()).rejects.toMatchObject({ code: 'export_leaks' });
  });

  it('where the policy hides more of a row, whatever else became of its trace', async () => {
    const { build, push, source, sessions, hub } = await ready({ layouts: ['tool-calls'], format: 'jsonl' });
    const [{ trace }] = sessions as [(typeof sessions)[number]];
    (trace.tool_calls[0] as { arguments: object }).arguments = { query: 'write to mara.quist@tidewater.org' };
    const { out } = await build(guardWith([]), underPolicy(source, 'keep'));
    expect(await readFile(join(out, 'data.jsonl'), 'utf8')).toContain('mara.quist@tidewater.org');
    for (const each of sessions) each.trace.revision = 2;
    await expect(push({}, { from: underPolicy(source, 'mask') })).rejects.toMatchObject({
      code: 'push_refused',
      message: 'The policy hides more of 1 rows today than when they were written.',
    });
    expect(hub.requests).toEqual([]);
    await push({}, { from: underPolicy(source, 'keep') });
  });

  it('where a file is another one than was checked, though it is as long and seems as old', async () => {
    const { build, push, hub, look } = await ready({ layouts: ['tool-calls'], format: 'jsonl' });
    const { out } = await build();
    for (const name of ['data.jsonl', 'README.md', 'manifest.json', 'leaks.json']) {
      const path = join(out, name);
      const before = await readFile(path);
      // After it was checked, before it is hashed.
      const secondLook: typeof look = async (folder, at) => {
        const report = await look(folder, at);
        await swap(path);
        return report;
      };
      const refused = { code: 'push_refused', message: expect.stringContaining(`${name} is not what was checked`) };
      await expect(push({}, { secondLook }), name).rejects.toMatchObject(refused);
      expect(hub.requests).toEqual([]);
      await writeFile(path, before);
      // After the plan was made.
      let asked = false;
      hub.faulty(async () => {
        if (!asked) await swap(path);
        asked = true;
        return false;
      });
      await expect(push(), name).rejects.toMatchObject(refused);
      expect(hub.filesOf('harbour/calls').size).toBe(0);
      hub.faulty(() => false);
      hub.requests.splice(0);
      await writeFile(path, before);
    }
    await push();
  });

  it('where that is a large one, which is not read into memory', async () => {
    const folder = await freshFolder();
    const at = join(folder, 'data.parquet');
    await writeFile(at, 'a');
    await truncate(at, 11 * 1024 * 1024);
    const file = { path: 'data.parquet', ...(await fileHashes(at)) };
    expect((await contentOf(folder, file)).size).toBe(file.bytes);
    await swap(at);
    await expect(contentOf(folder, file)).rejects.toMatchObject({ code: 'push_refused' });
  });

  it('where a pipe stands in the place of its report, which holds nobody', async () => {
    const { build, push } = await ready({ layouts: ['tool-calls'], format: 'jsonl' });
    const { out } = await build();
    await rm(join(out, 'leaks.json'));
    execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', join(out, 'leaks.json')]);
    await expect(push()).rejects.toMatchObject({ code: 'push_refused' });
  });

  it('where consents do not allow its rows today, or the policy hides more of them', async () => {
    const { build, push, source, sessions, hub } = await ready({ layouts: ['tool-calls'], format: 'jsonl' });
    await build();
    const asks: ExportSource = { ...source, consentRequired: () => true };
    await expect(push({}, { from: asks })).rejects.toMatchObject({
      code: 'push_refused',
      details: { rows: { 'no consent': expect.any(Number) } },
    });
    const forbidden = { basis: 'contract', scope: ['research'], provider_terms: 'restricted' };
    (sessions[0] as (typeof sessions)[number]).trace.consent = forbidden as never;
    await expect(push()).rejects.toMatchObject({
      details: { rows: { 'provider terms forbid training': 2 } },
    });
    expect(hub.requests).toEqual([]);
  });

  it('of a dataset or a version that is not there', async () => {
    const { push, build } = await ready();
    await expect(push()).rejects.toMatchObject({ code: 'dataset_unknown' });
    await build();
    await expect(push({ version: 9 })).rejects.toMatchObject({ code: 'dataset_unknown' });
  });
});

it('the token is where the Hub’s own tools have it, and goes to no address that others can read', async () => {
  const folder = await freshFolder();
  await writeFile(join(folder, 'token'), 'hf_ofALogin\n');
  await writeFile(join(folder, 'other'), 'hf_ofAFile');
  expect(tokenIn({ HF_TOKEN: hubToken, HF_HOME: folder }, null)).toBe(hubToken);
  expect(tokenIn({ HF_HOME: folder }, null)).toBe('hf_ofALogin');
  expect(tokenIn({ HF_TOKEN: hubToken }, join(folder, 'other'))).toBe('hf_ofAFile');
  expect(() => tokenIn({ HF_HOME: join(folder, 'none') }, null)).toThrow('There is no token');
  const wrong = () => tokenIn({ HF_TOKEN: 'sk-something' }, null);
  expect(wrong).toThrow('they begin with hf_');
  expect(wrong).not.toThrow('sk-something');
  expect(hubEndpoint(undefined, {})).toBe('https://huggingface.co');
  expect(hubEndpoint(undefined, { HF_ENDPOINT: 'https://hub.example/' })).toBe('https://hub.example');
  expect(hubEndpoint('http://127.0.0.1:9', { HF_ENDPOINT: 'https://hub.example' })).toBe('http://127.0.0.1:9');
  for (const bad of [
    'http://hub.example',
    'ftp://hub.example',
    'https://a:b@hub.example',
    'https://hub.example/?x',
    'x',
  ])
    expect(() => hubEndpoint(bad, {}), bad).toThrow('--endpoint');
});

it('of what lies at the Hub only what an earlier version named is left behind', () => {
  const there = [
    'data/train-00000-of-00002.parquet',
    'data/train-00001-of-00002.parquet',
    'LICENSE',
    'a/b/x',
    'c/x',
  ].map((path) => ({ path }));
  const files = there.slice(0, 2).map(({ path }) => ({ name: path }));
  const wanted = new Set(['data/train-00000-of-00002.parquet']);
  expect(leftBehind(JSON.stringify({ generator: 'sluice', files }), there, wanted)).toEqual([
    'data/train-00001-of-00002.parquet',
  ]);
  const parts = [{ folder: 'a/b', package: null, layout: 'traces', rows: 1, traces: 1 }];
  const several = JSON.stringify({ format_version: 1, generator: 'sluice', parts, files: [{ name: 'a/b/x' }] });
  expect(leftBehind(several, there, wanted)).toEqual(['a/b/x']);
  expect(leftBehind(JSON.stringify({ generator: 'other', files }), there, wanted)).toEqual([]);
  expect(leftBehind('not JSON', there, wanted)).toEqual([]);
});

it.each([
  ['as it is', () => ({})],
  [
    'with a file of another folder',
    (folder: string) => ({
      beside: [{ name: '../../../other.txt', bytes: 5, sha256: createHash('sha256').update('other').digest('hex') }],
      folder,
    }),
  ],
])('a manifest that somebody signed with a key of their own is not pushed: %s', async (_, change) => {
  const { hub, build, push, datasets } = await ready();
  const { out } = await build();
  await writeFile(join(datasets.files.recordOf('calls', 1), '../../other.txt'), 'other');
  const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
  const text = JSON.stringify({ ...manifest, ...change(out) });
  await writeFile(join(out, 'manifest.json'), text);
  await writeFile(join(out, 'manifest.sig'), datasetSigner(new Uint8Array(32).fill(9)).signature(text));
  await expect(push()).rejects.toMatchObject({ code: 'push_refused' });
  expect(hub.requests).toEqual([]);
});
