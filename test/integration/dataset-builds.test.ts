import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyDataset } from '../../src/main/dataset/index.js';
import { uuidv7 } from '../../src/shared/ids.js';
import { fileFormatIds } from '../../src/shared/model/index.js';
import { cleanEnv, type Engine, sluice, startEngine } from '../support/engine.js';
import { hubToken, startHub } from '../support/hub.js';

/** Builds and exports by real processes: killed, on a full disk, without rights, while traces change. All share one store. */

const cli = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js');
const folder = mkdtempSync(join(tmpdir(), 'sluice-builds-'));
let engine: Engine;
let dataDir: string;
let hub: Awaited<ReturnType<typeof startHub>>;
const atHub = () => ({ HF_ENDPOINT: hub.url, HF_TOKEN: hubToken });

// A small disk of its own: only root may mount one (in a container: with the capability SYS_ADMIN); skipped elsewhere.
const disk = join(folder, 'disk');
mkdirSync(disk);
let mounted = false;
try {
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
    mounted = true;
  }
} catch {
  mounted = false;
}

beforeAll(async () => {
  hub = await startHub();
  engine = await startEngine([], { env: atHub() });
  dataDir = engine.ready.data_dir;
  const calls = Array.from({ length: 60 }, (_, at) => at).map((at) =>
    engine.api('/ingest', {
      body: {
        trace_id: `barrel-${at}`,
        event_type: 'tool_call',
        payload: { name: 'weigh', arguments: { barrel: at, marks: 'oak '.repeat(40) }, result: { kg: at * 3 } },
      },
    }),
  );
  await Promise.all(calls);
  await engine.settled();
});
afterAll(async () => {
  await engine?.dispose();
  await hub?.close();
  if (mounted) execFileSync('umount', ['-l', disk]);
  rmSync(folder, { recursive: true, force: true });
});

const define = (name: string, more: object = {}) =>
  engine.api('/datasets', {
    body: { name, definition: { layouts: ['tool-calls', 'traces'], format: 'jsonl', ...more } },
  });
const post = (path: string, body: unknown) =>
  fetch(`${engine.ready.api}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${engine.ready.token}` },
    body: JSON.stringify(body),
  });
async function build(name: string, body: object = {}) {
  const { job_id } = await engine.api(`/datasets/${name}/versions`, { body });
  // biome-ignore lint/suspicious/noExplicitAny: results of every kind of job
  return engine.until<any>(`/jobs/${job_id}`, (now: any) => (/queued|running/.test(now.state) ? null : now));
}
const datasetFolder = (name: string) => join(dataDir, 'datasets', name);
const versionsOf = (name: string) =>
  readdirSync(datasetFolder(name))
    .flatMap((file) => /^(\d+)\.json$/.exec(file)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
const exportTo = (out: string, ...more: string[]) => [
  'export',
  '--data-dir',
  dataDir,
  '--layout',
  'tool-calls,traces',
  '--format',
  'jsonl',
  '--out',
  out,
  ...more,
];
const partial = (at: string) => readdirSync(at).filter((name) => name.includes('.partial-'));

describe('a build that is killed', () => {
  /** Runs the command line to its end, or kills it after `ms`. */
  async function run(args: string[], ms: number | null): Promise<number> {
    const from = performance.now();
    const child = spawn(process.execPath, [cli, ...args], { env: cleanEnv(), stdio: 'ignore' });
    const ended = once(child, 'exit');
    if (ms !== null) {
      await Promise.race([ended, wait(ms)]);
      child.kill('SIGKILL');
    }
    await ended;
    return performance.now() - from;
  }
  const moments = [0.55, 0.62, 0.68, 0.74, 0.8, 0.85, 0.9, 0.94, 0.97, 1];

  it('leaves what was before or all of it, whole, and the next one goes on', async () => {
    await define('killed');
    const out = join(folder, 'exported');
    const args = ['dataset', 'build', 'killed', '--data-dir', dataDir];
    const whole = await run(args, null);
    expect(versionsOf('killed')).toEqual([1]);
    for (const share of moments) {
      const before = versionsOf('killed');
      rmSync(out, { recursive: true, force: true });
      await Promise.all([run(args, whole * share), run(exportTo(out), whole * share)]);
      const after = versionsOf('killed');
      expect([before, [...before, (before.at(-1) as number) + 1]]).toContainEqual(after);
      const last = readFileSync(join(datasetFolder('killed'), `${after.at(-1)}.json`), 'utf8');
      for (const at of [JSON.parse(last).out, ...(existsSync(out) ? [out] : [])])
        expect(await verifyDataset(at)).toMatchObject({ problems: [], manifest_ok: true });
    }
    rmSync(out, { recursive: true, force: true });
    const last = versionsOf('killed').at(-1) as number;
    const [built, exported] = await Promise.all([sluice([...args, '--json']), sluice(exportTo(out))]);
    expect([built.code, exported.code], built.stderr + exported.stderr).toEqual([0, 0]);
    expect(JSON.parse(built.stdout)).toMatchObject({ version: last + 1 });
    // What the killed ones had begun is gone.
    expect([...partial(join(datasetFolder('killed'), 'data')), ...partial(folder)]).toEqual([]);
    expect(readdirSync(datasetFolder('killed')).filter((name) => /claim|draft|tmp/.test(name))).toEqual([]);
  });
});

describe('two builds of one dataset at the same time', () => {
  it('each get a number, whichever processes they run in', async () => {
    await define('both');
    const args = ['dataset', 'build', 'both', '--data-dir', dataDir, '--json'];
    const [one, two, job] = await Promise.all([sluice(args), sluice(args), build('both')]);
    const made = [JSON.parse(one.stdout), JSON.parse(two.stdout), job.result];
    expect(made.map(({ version }) => version).sort()).toEqual([1, 2, 3]);
    for (const { out } of made) expect(await verifyDataset(out)).toMatchObject({ problems: [], manifest_ok: true });
    expect(new Set(made.map(({ sha256 }) => sha256)).size).toBe(1);
  });
});

describe('a place that cannot be written to', () => {
  it.runIf(mounted)('for it is full: a clear error, nothing left, what is there untouched', async () => {
    const good = join(disk, 'good');
    expect((await sluice(exportTo(good, '--query', 'name:barrel-1'))).code).not.toBe(null);
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, 'filler'), Buffer.alloc(Math.max(0, (bavail - 6) * bsize), 120));
    const before = readdirSync(disk);
    const refused = await sluice(exportTo(join(disk, 'more')));
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('export_unwritable');
    expect(refused.stderr).toContain('the disk is full');
    expect(readdirSync(disk)).toEqual(before);
    const built = await build('both', { out: join(disk, 'version') });
    expect(built).toMatchObject({ state: 'failed', error: { code: 'export_unwritable' } });
    expect(versionsOf('both')).toEqual([1, 2, 3]);
    expect(readdirSync(disk)).toEqual(before);
    rmSync(join(disk, 'filler'));
  });

  it('for its rights: a clear error', async () => {
    let at = join(folder, 'closed');
    mkdirSync(at);
    if (mounted) {
      at = disk;
      execFileSync('mount', ['-o', 'remount,ro', disk]);
    } else chmodSync(at, 0o500);
    // Who may write anywhere and may not mount cannot be refused.
    if (!mounted && process.getuid?.() === 0) return;
    const refused = await sluice([...exportTo(join(at, 'deep', 'out')), '--json']);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/export_unwritable/);
    expect(existsSync(join(at, 'deep'))).toBe(false);
    if (mounted) execFileSync('mount', ['-o', 'remount,rw', disk]);
  });
});

describe('over HTTP', () => {
  it('the same build twice gives the same bytes in every format', async () => {
    // What names the version, or hashes of what does.
    const numbered = /^(?:README|VERSIONS)\.md$|^(?:versions|croissant|leaks)\.json$|^manifest\.(?:json|sig)$/;
    for (const format of fileFormatIds) {
      const name = `same-${format}`;
      await define(name, { format, split: { train: 0.8, test: 0.2 }, seed: 4 });
      const [one, two] = [await build(name), await build(name)];
      expect([one.state, two.state], JSON.stringify([one.error, two.error])).toEqual(['done', 'done']);
      const files = readdirSync(one.result.out, { recursive: true, withFileTypes: true });
      let compared = 0;
      for (const file of files.filter((each) => each.isFile() && !numbered.test(each.name))) {
        const path = join(file.parentPath, file.name);
        const other = path.replace(one.result.out, two.result.out);
        expect(readFileSync(other).equals(readFileSync(path)), path).toBe(true);
        compared += 1;
      }
      expect(compared).toBeGreaterThan(8);
    }
  });

  it('training runs are noted at a version, joined to its rows; their texts pass the gate', async () => {
    const name = 'runs';
    await define(name);
    expect(await build(name)).toMatchObject({ state: 'done', result: { version: 1 } });
    expect(await build(name)).toMatchObject({ state: 'done', result: { version: 2 } });
    const path = `/datasets/${name}/versions/1/training-runs`;
    const email = 'olive.harbour@barrels.example';
    const run = { run_id: `run of ${email}`, model: 'small', metrics: { [`loss of ${email}`]: 0.25 } };
    const rows = [{ file: 'tool-calls/data.jsonl', row: 3 }];
    const noted = await engine.api(path, { body: { ...run, rows } });
    expect(noted.training_runs).toMatchObject([{ model: 'small', rows: 1, traces: 1, erased_rows: 0 }]);
    expect(JSON.stringify(noted)).not.toContain(email);
    const stored = readFileSync(join(datasetFolder(name), '1.runs.jsonl'), 'utf8');
    expect(stored).not.toContain(email);
    expect(Object.values(JSON.parse(stored).metrics)).toEqual([0.25]);
    const unknown = await post(path, { ...run, rows: [{ file: 'tool-calls/data.jsonl', row: 999 }] });
    expect([unknown.status, ((await unknown.json()) as { error: { code: string } }).error.code]).toEqual([
      422,
      'validation_failed',
    ]);
    expect((await post('/datasets/nothing/versions', {})).status).toBe(404);
    expect((await post('/datasets/runs/versions/99/training-runs', run)).status).toBe(404);
    expect(await engine.api('/datasets/runs/versions/1/diff?with=2')).toMatchObject({
      added: 0,
      removed: 0,
      changed: 0,
    });
    const { items } = await engine.api('/datasets');
    expect(items.map((each: { name: string }) => each.name)).toContain(name);
  });

  it('each file of a version is fetched by readers, and the audit log says that it left', async () => {
    const { items } = await engine.api('/datasets/runs/versions/1/files');
    const { token } = await engine.api('/tokens', { body: { name: 'reader', scopes: ['read'] } });
    const { token: sender } = await engine.api('/tokens', { body: { name: 'sender', scopes: ['ingest'] } });
    const fetched = (path: string, bearer = token) =>
      fetch(`${engine.ready.api}/datasets/runs/versions/${path}`, { headers: { authorization: `Bearer ${bearer}` } });
    for (const { name, bytes } of items) {
      const answer = await fetched(`1/files/${encodeURIComponent(name)}`);
      expect([name, answer.status, answer.headers.get('content-disposition')]).toEqual([
        name,
        200,
        `attachment; filename="${name.split('/').at(-1)}"`,
      ]);
      expect([name, (await answer.arrayBuffer()).byteLength]).toEqual([name, bytes]);
    }
    for (const name of [
      '1.json',
      '..%2F1.json',
      '..%2F..%2F..%2Fapi-token',
      '%2Fetc%2Fpasswd',
      'traces',
      'data.jsonl%00',
    ])
      expect([name, (await fetched(`1/files/${name}`)).status]).toEqual([name, 404]);
    expect((await fetched('99/files/manifest.json')).status).toBe(404);
    expect((await fetched('1/files/manifest.json', sender)).status).toBe(403);
    const log = await engine.api('/audit-log?action=file_downloaded&limit=200');
    const files = log.items.map((entry: { target: string; details: { file: string } }) => [
      entry.target,
      entry.details.file,
    ]);
    expect(new Set(files.map(String))).toEqual(new Set(items.map(({ name }: { name: string }) => `runs 1,${name}`)));
  });

  it('a trace that grows, comes or goes during a build: each row is of one state of its trace', async () => {
    await define('moving', { layouts: ['tool-calls'] });
    const { items } = await engine.api('/traces?limit=200');
    const moving = async () => {
      for (let at = 0; at < 20; at++) {
        const payload = { name: 'weigh', arguments: { barrel: at }, result: { kg: -1 } };
        await engine.api('/ingest', { body: { trace_id: `barrel-${at}`, event_type: 'tool_call', payload } });
        await engine.fetch(`/traces/${items[40 + (at % 15)].trace_id}`, { method: 'DELETE' });
      }
    };
    const [job] = await Promise.all([build('moving'), moving()]);
    expect(job, JSON.stringify(job.error)).toMatchObject({ state: 'done' });
    expect(await verifyDataset(job.result.out)).toMatchObject({ problems: [], manifest_ok: true });
    await engine.settled();
    const { stale } = await engine.api('/datasets/moving/versions/1');
    const left = new Set(
      (await engine.api('/traces?limit=200')).items.map(({ trace_id }: { trace_id: string }) => trace_id),
    );
    const rows = readFileSync(join(job.result.out, 'data.jsonl'), 'utf8').trimEnd().split('\n');
    const gone = rows.filter(
      (row) => !left.has((JSON.parse(row) as { metadata: { trace_id: string } }).metadata.trace_id),
    );
    expect(stale.erased).toBe(gone.length);
  });
});

describe('a push to the Hub', () => {
  const atTheHub = (repo: string, out: string) => {
    for (const [path, bytes] of hub.filesOf(repo)) expect(readFileSync(join(out, path)).equals(bytes), path).toBe(true);
    return hub.filesOf(repo).size;
  };
  const uploads = () => hub.requests.filter(({ path }) => path.startsWith('/storage/')).length;

  it('by a command that is killed while a file is on its way goes on with the next; the token stays out of everything', async () => {
    await define('pushed', { format: 'parquet' });
    const { result } = await build('pushed');
    const args = ['dataset', 'push', 'pushed', '--repo', 'harbour/killed', '--private', '--data-dir', dataDir];
    const child = spawn(process.execPath, [cli, ...args], { env: cleanEnv(atHub()), stdio: 'ignore' });
    const ended = once(child, 'exit');
    hub.faulty(async (request, _, path) => {
      if (!path.startsWith('/storage/') || uploads() === 0) return false;
      child.kill('SIGKILL');
      await once(request, 'close');
      return true;
    });
    await ended;
    expect(hub.filesOf('harbour/killed').size).toBe(0);
    const arrived = uploads();
    expect(arrived).toBeGreaterThan(0);
    hub.faulty(() => false);
    const done = await sluice([...args, '--json'], { env: atHub() });
    expect([done.code, done.stderr]).toEqual([0, '']);
    const pushed = JSON.parse(done.stdout);
    expect(pushed).toMatchObject({ name: 'pushed', version: 1, repo: 'harbour/killed', rows: result.rows });
    expect(pushed.already_there).toBeGreaterThanOrEqual(arrived);
    expect(atTheHub('harbour/killed', result.out)).toBe(pushed.files);
    const { items } = await engine.api('/audit-log?limit=50&action=dataset_pushed');
    expect(items.map(({ details }: { details: { state: string } }) => details.state)).toEqual([
      'done',
      'begun',
      'begun',
    ]);
    const { problem } = await engine.api('/audit-log/verify');
    expect(problem).toBe(null);
    const refused = await sluice(args, { env: { ...atHub(), HF_TOKEN: 'hf_ofSomebodyElse' } });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('hub_forbidden')]);
    expect(refused.stderr).not.toContain('hf_ofSomebodyElse');
  });

  it('over HTTP is a job: followed, cancelled, audited', async () => {
    const push = async (body: object) => {
      const { job_id } = await engine.api('/datasets/pushed/versions/1/push', { body });
      return job_id as string;
    };
    let reached: () => void = () => undefined;
    const onItsWay = new Promise<void>((resolve) => (reached = resolve));
    hub.objects.clear();
    hub.faulty(async (request, _, path) => {
      if (!path.startsWith('/storage/')) return false;
      reached();
      await once(request, 'close');
      return true;
    });
    const first = await push({ repo: 'harbour/job' });
    await onItsWay;
    const cancelled = await engine.api(`/jobs/${first}`, { method: 'DELETE' });
    expect(cancelled).toMatchObject({ kind: 'dataset-push', state: 'cancelled' });
    hub.faulty(() => false);
    const second = await push({ repo: 'harbour/job' });
    // biome-ignore lint/suspicious/noExplicitAny: a job of any kind
    const job = await engine.until<any>(`/jobs/${second}`, (now: any) =>
      /queued|running/.test(now.state) ? null : now,
    );
    expect(job, JSON.stringify(job.error)).toMatchObject({ state: 'done', work: { unit: 'bytes' } });
    atTheHub('harbour/job', join(datasetFolder('pushed'), 'data', '1'));
    expect(JSON.stringify(job)).not.toContain(hubToken);
    const { items } = await engine.api('/audit-log?limit=4&action=dataset_pushed');
    const states = items.map(({ details }: { details: { state: string } }) => details.state);
    expect(states).toEqual(['done', 'begun', 'cancelled', 'begun']);
    expect((await post('/datasets/pushed/versions/1/push', { repo: 'no owner' })).status).toBe(422);
    expect((await post('/datasets/pushed/versions/9/push', { repo: 'harbour/job' })).status).toBe(404);
  });
});

describe('what is wrong with what is given', () => {
  it('labels for traces that are gone are named by their line and store nothing', async () => {
    const gone = uuidv7();
    const file = join(folder, 'labels.jsonl');
    const review = {
      trace_id: gone,
      label: 'accepted',
      rating: 4,
      tags: [],
      note: '',
      updated_at: '2026-11-29T00:00:00Z',
    };
    writeFileSync(
      file,
      `${JSON.stringify({ format: 'sluice-labels', version: 1 })}\n${JSON.stringify({ type: 'review', ...review })}\n`,
    );
    const done = await sluice(['labels', 'import', file, '--data-dir', dataDir]);
    expect(`${done.stdout}${done.stderr}`).toMatch(
      /line 2: There is no such trace[\s\S]*0 stored, 0 updated, 0 unchanged, 1 failed/,
    );
  });

  it('a template that cannot be parsed and a tokenizer that is none are named', async () => {
    const out = join(folder, 'rendered');
    expect(
      (await sluice(exportTo(out).map((each) => (each === 'tool-calls,traces' ? 'execution-trace' : each)))).code,
    ).toBe(0);
    const rows = join(out, 'data.jsonl');
    const broken = join(folder, 'broken.jinja');
    writeFileSync(broken, '{% teleport messages %}{{ messages }}');
    const template = await sluice(['dataset', 'render', rows, '--template', broken]);
    expect(template.code).not.toBe(0);
    expect(template.stderr).toMatch(/template_invalid|row_unreadable/);
    const tokenizer = join(folder, 'tokenizer.json');
    writeFileSync(tokenizer, '{"model": 3');
    const verified = await sluice([
      'dataset',
      'verify',
      out,
      '--trainer',
      'trl',
      '--context',
      '100',
      '--tokenizer',
      tokenizer,
    ]);
    expect(verified.code).not.toBe(0);
    expect(verified.stderr).toContain('tokenizer_invalid');
  });
});
