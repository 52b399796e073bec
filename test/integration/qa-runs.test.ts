import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { SandboxMaker } from '../../src/main/ground/sandbox.js';
import { JobAborted } from '../../src/main/jobs/index.js';
import { dockerSandboxes } from '../../src/main/sandbox/index.js';
import type { QaRun } from '../../src/shared/model/index.js';
import { cloneOf, type Files } from '../support/clones.js';
import { debianImage } from '../support/images/index.js';
import { jobControl } from '../support/job-kinds.js';
import { qaStage } from '../support/qa-stage.js';
import { commitAll } from '../support/repositories.js';
import { freshOwner } from '../support/sandboxes.js';

const { image, why } = await debianImage();
const owner = freshOwner();
const fixtures = join(import.meta.dirname, '../fixtures/repositories');
const clones: string[] = [];

function clone(...states: Parameters<typeof cloneOf>) {
  const made = cloneOf(...states);
  clones.push(made.path);
  return made;
}

/** All that the engine has of this test. */
function ours(): string[] {
  const filter = `label=dev.sluice.owner=${owner}`;
  return [
    ['ps', '-aq'],
    ['volume', 'ls', '-q'],
    ['images', '-aq'],
  ].flatMap((words) =>
    execFileSync('docker', [...words, '--filter', filter])
      .toString()
      .split('\n')
      .filter((line) => line !== ''),
  );
}

const pytest = ['python3', '-m', 'pytest', '-q', '-p', 'no:cacheprovider'];

describe.skipIf(why !== null)(`tests in Docker${why === null ? '' : ` (${why})`}`, () => {
  const maker: SandboxMaker = dockerSandboxes({ owner, env: process.env });
  afterEach(() => {
    // Neither a container nor a volume outlives its run.
    expect(ours()).toEqual([]);
  });
  afterAll(async () => {
    await maker.reap(true);
    for (const path of clones) rmSync(path, { recursive: true, force: true });
  });

  const stage = () => qaStage(maker, { defaults: { image, repeat: { base: 1, fixed: 1 } } });

  async function run(asked: object, control = jobControl()): Promise<QaRun> {
    const { start, all } = stage();
    await start(asked, control);
    return all()[0] as QaRun;
  }

  /** The run of a repository that has these files, after a change that did all of it. */
  const runOf = (files: Files, asked: object = {}) =>
    run({ repo: clone(files).path, test_command: pytest, framework: 'pytest', ...asked });

  it('the sample passes: what failed passes, and the rest still does', async () => {
    const { start, all } = qaStage(maker, { defaults: { image } });
    const lines: string[] = [];
    await start({ sample: true }, jobControl({ log: (line) => lines.push(line) }));
    expect(all()[0]).toMatchObject({
      verdict: 'passed',
      tests_passed: true,
      test_exit_code: 0,
      framework: 'unittest',
      tier: 'report',
      counts: { fail_to_pass: 2, flaky: 0, stable_fail: 0 },
      // The fix brings a test along: the tests of before say the same of it.
      tests_edited: ['tests/test_intervals.py'],
      restored_verdict: 'passed',
      settings: { image, image_id: expect.stringMatching(/^sha256:/) },
    });
    expect(all()[0]?.attempts.map(({ side, exit_code }) => [side, exit_code])).toEqual([
      ['base', 1],
      ['base', 1],
      ['fixed', 0],
      ['fixed', 0],
      ['fixed', 0],
      ['fixed', 0],
      ['fixed', 0],
    ]);
    expect(lines).toContain('== before the change, 1 of 2');
    expect(lines.some((line) => line.startsWith('FAIL: test_'))).toBe(true);
    // The same by hand, as a person would paste it; without a copy of ours there is none to look at.
    expect(all()[0]?.by_hand).toMatch(/^cd "\$\(mktemp -d\)" && git -C \S+ archive [0-9a-f]{40} \| tar -x && find \. /);
  });

  it.each(['pytest', 'unittest', 'node-test'])('%s: before and after, a crash, and no tests at all', async (id) => {
    const state = (name: string) => join(fixtures, id, name);
    const { path, commits } = clone(state('base'), state('fix'), state('crash'), state('none'));
    const [before, after, crash, none] = commits;
    const fixed = await run({ repo: path, commit_before: before, commit_after: after });
    expect(fixed).toMatchObject({ framework: id, tier: 'report', verdict: 'passed' });
    expect(fixed.counts.fail_to_pass).toBeGreaterThan(0);
    expect(fixed.counts.pass_to_pass).toBeGreaterThan(0);
    expect(fixed.counts.skipped).toBeGreaterThan(0);
    const crashed = await run({ repo: path, commit_before: before, commit_after: crash, framework: id });
    expect(crashed).toMatchObject({ verdict: 'failed', tests_passed: false });
    const nothing = await run({ repo: path, commit_after: none, framework: id });
    expect(nothing).toMatchObject({ verdict: 'no_evidence', tests_passed: false });
  });

  it('can be repeated by hand', async () => {
    const { path, commits } = clone(join(fixtures, 'pytest', 'base'), join(fixtures, 'pytest', 'fix'));
    const { by_hand, test_exit_code } = await run({ repo: path, commit_before: commits[0], commit_after: commits[1] });
    let code = 0;
    let output = '';
    try {
      output = execFileSync('bash', ['-c', by_hand as string], { stdio: ['ignore', 'pipe', 'pipe'] }).toString();
    } catch (error) {
      code = (error as { status: number }).status;
      output = String((error as { stdout: Buffer }).stdout);
    }
    expect(code).toBe(test_exit_code);
    expect(output).toContain('passed');
  });

  describe('that are hostile', () => {
    it('say nothing by words alone', async () => {
      const said = await run({
        repo: clone({ 'a.py': '' }).path,
        test_command: ['sh', '-c', 'echo "===== 12 passed in 0.1s ====="; echo all passed'],
      });
      expect(said).toMatchObject({ verdict: 'no_evidence', tests_passed: false, tier: 'exit_code', test_exit_code: 0 });
      const named = await runOf({ 'test_a.py': 'import os\nprint("1 passed")\nos._exit(0)\n' });
      expect(named).toMatchObject({ verdict: 'no_evidence', tests_passed: false });
    });

    it('multiply, and end with their command', async () => {
      const bomb =
        'import os\ndef test_bomb():\n    while True:\n        try: os.fork()\n        except OSError: pass\n';
      const result = await runOf({ 'test_a.py': bomb }, { limits: { pids: 64, seconds: 4 } });
      expect(result).toMatchObject({ verdict: 'timeout', tests_passed: false, test_exit_code: null });
      expect(result.attempts).toHaveLength(1);
    });

    it('take memory, space, time', async () => {
      const hog = await runOf(
        { 'test_a.py': 'def test_hog():\n    x = [bytearray(1 << 24) for _ in range(200)]\n' },
        { limits: { memory_mb: 128 } },
      );
      expect(hog).toMatchObject({ verdict: 'environment', tests_passed: null });
      expect(hog.reason).toContain('memory');
      const filler = await runOf(
        { 'test_a.py': 'def test_fill():\n    open("/tmp/x", "wb").write(bytes(1 << 27))\n    open("/tmp/y", "w")\n' },
        { limits: { tmp_mb: 16 } },
      );
      expect(filler.verdict).not.toBe('passed');
      expect(filler.tests_passed).not.toBe(true);
      const sleeper = await runOf(
        { 'test_a.py': 'import time\ndef test_sleep():\n    time.sleep(1000)\n' },
        { timeout_s: 3 },
      );
      expect(sleeper).toMatchObject({ verdict: 'timeout', test_exit_code: null });
      expect(sleeper.settings?.limits.seconds).toBe(3);
      // A repository that does not fit is no fault of its tests.
      const large = await runOf(
        { 'test_a.py': 'def test_a(): pass\n', 'large.bin': Buffer.alloc(3 << 20, 7) },
        { limits: { work_mb: 1 } },
      );
      expect(large).toMatchObject({ state: 'done', verdict: 'environment', tests_passed: null });
    });

    it('ask the network and write where they may not: the tests see it, nobody else', async () => {
      const outside = [
        'import os, socket, pytest',
        'def test_network():',
        '    with pytest.raises(OSError): socket.create_connection(("1.1.1.1", 80), 2)',
        'def test_name():',
        '    with pytest.raises(OSError): socket.getaddrinfo("example.com", 80)',
        'def test_writes():',
        '    for path in ("/etc/passwd", "/usr/x", "/work/x", "/x"):',
        '        with pytest.raises(OSError): open(path, "w")',
        'def test_setuid():',
        '    open("mine", "w").close()',
        '    os.chmod("mine", 0o4755)',
        '    with pytest.raises(OSError): os.setuid(0)',
        'def test_own():',
        '    assert os.getuid() == 1000 and not any(n.startswith(("OTEL_", "CLAUDE")) for n in os.environ)',
        '    assert os.environ["SOURCE_DATE_EPOCH"] == "315532800" and os.environ["TZ"] == "UTC"',
      ].join('\n');
      const result = await runOf({ 'test_a.py': outside });
      expect(result.tests.map(({ id, fixed }) => [id, ...fixed])).toEqual(
        ['name', 'network', 'own', 'setuid', 'writes'].map((name) => [`test_a::test_${name}`, 'passed']),
      );
      expect(result.verdict).toBe('passed');
      const needs = 'import socket\ndef test_it():\n    socket.create_connection(("1.1.1.1", 80), 2)\n';
      expect(await runOf({ 'test_a.py': needs })).toMatchObject({ verdict: 'failed', tests_passed: false });
    });

    it('flood their output: its ends are kept, the log is bounded, the verdict stands', async () => {
      const lines: string[] = [];
      const flood =
        'def test_flood():\n    for _ in range(40): print("x" * 1023 + "\\n" * 1, end="" , flush=True) or [print("y" * 1023) for _ in range(1000)]\n';
      const result = await run(
        {
          repo: clone({ 'test_a.py': flood }).path,
          test_command: [...pytest, '-s'],
          limits: { output_kb: 64 },
        },
        jobControl({ log: (line) => lines.push(line) }),
      );
      expect(result.verdict).toBe('passed');
      expect(result.attempts[0]?.dropped_bytes).toBeGreaterThan(40_000_000);
      expect(result.output_snippet).toMatch(/bytes were not kept/);
      expect(result.output_snippet?.length).toBeLessThan(5000);
      expect(lines.join('\n').length).toBeLessThan(400_000);
      expect(lines.some((line) => line.includes('1 passed'))).toBe(true);
    });

    it('lay links: out of the repository, and in the place of their report', async () => {
      const { path } = clone({
        'test_a.py':
          'import os\ndef test_link():\n    assert os.readlink("leak") == "/etc/hostname"\n    assert open("leak").read().strip() == "sandbox"\n',
      });
      symlinkSync('/etc/hostname', join(path, 'leak'));
      symlinkSync('../../../..', join(path, 'up'));
      commitAll(path);
      const linked = await run({ repo: path, commit_after: 'main', test_command: [...pytest, 'test_a.py'] });
      expect(linked.verdict).toBe('passed');
      const replaced = await runOf({
        'test_a.py': 'def test_a(): pass\n',
        'conftest.py': [
          'import os',
          'def pytest_unconfigure(config):',
          '    path = config.option.xmlpath',
          '    os.path.exists(path) and os.unlink(path)',
          '    os.symlink("/etc/passwd", path)',
        ].join('\n'),
      });
      expect(replaced).toMatchObject({ verdict: 'no_evidence', tests_passed: false });
    });

    it('are flaky: that decides nothing', async () => {
      const random =
        'import os, pytest\n@pytest.mark.parametrize("n", range(12))\ndef test_it(n):\n    assert os.urandom(1)[0] % 2\ndef test_sure(): pass\n';
      const result = await runOf({ 'test_a.py': random }, { repeat: { fixed: 4 } });
      const flaky = result.tests.filter(({ fixed }) => new Set(fixed).size > 1);
      expect(flaky.length).toBeGreaterThan(0);
      expect(new Set(flaky.map((test) => test.class))).toEqual(new Set(['flaky']));
      const failed = result.tests.some((test) => test.class === 'stable_fail');
      expect(result.verdict).toBe(failed ? 'failed' : 'passed');
    });

    it('were edited by the change that they judge', async () => {
      const fault = {
        'slug.py': 'def one(): return 2\n',
        'test_slug.py': 'import slug\ndef test_one():\n    assert slug.one() == 1\n',
      };
      const { path, commits } = clone(
        fault,
        { ...fault, 'test_slug.py': 'import slug\ndef test_one():\n    assert slug.one() == 2\n' },
        { ...fault, 'conftest.py': 'def pytest_collection_modifyitems(items):\n    items[:] = []\n' },
      );
      const edited = await run({
        repo: path,
        commit_before: commits[0],
        commit_after: commits[1],
        test_command: pytest,
      });
      expect(edited).toMatchObject({
        verdict: 'passed',
        tests_edited: ['test_slug.py'],
        restored_verdict: 'failed',
        restored: { tests: [{ id: 'test_slug::test_one', base: ['failed'], fixed: ['failed'] }] },
      });
      const emptied = await run({
        repo: path,
        commit_before: commits[0],
        commit_after: commits[2],
        test_command: pytest,
      });
      expect(emptied.verdict).not.toBe('passed');
      expect(emptied.tests_edited).toEqual(['conftest.py']);
    });

    it('write a byte that is no text, and are many', async () => {
      const files: Record<string, string> = {
        'test_a.py':
          'import os, sys\ndef test_byte():\n    os.write(1, b"caf\\xe9\\n")\n    assert len(os.listdir("many")) == 20000\n',
      };
      for (let n = 0; n < 20_000; n++) files[`many/file${n}.txt`] = `${n}\n`;
      const result = await run({ repo: clone(files).path, test_command: [...pytest, '-s'] });
      expect(result).toMatchObject({ verdict: 'passed' });
      expect(result.output_snippet).toContain('café');
    });
  });

  it('is called off in the middle: the container ends, the run says so', async () => {
    const { start, all } = stage();
    const ended = new AbortController();
    const repo = clone({
      'test_a.py': 'import time\ndef test_sleep():\n    print("begun", flush=True)\n    time.sleep(1000)\n',
    }).path;
    const job = start(
      { repo, test_command: [...pytest, '-s'] },
      jobControl({
        signal: ended.signal,
        log: (line) => line.includes('begun') && ended.abort(new JobAborted('cancelled')),
      }),
    );
    await expect(job).rejects.toThrow('cancelled');
    expect(all()[0]).toMatchObject({ state: 'failed', reason: 'It was cancelled.', verdict: null });
  });

  it('goes on after the engine’s end, and what lay in the repository in between counts', async () => {
    const { start, all, runs } = stage();
    const ended = new AbortController();
    const { path, commits } = clone(join(fixtures, 'pytest', 'base'), join(fixtures, 'pytest', 'fix'));
    const asked = { repo: path, commit_before: commits[0], commit_after: commits[1] };
    let checkpoint: unknown = null;
    const control = jobControl({
      signal: ended.signal,
      checkpoint: async (state) => {
        checkpoint = structuredClone(state);
      },
      log: (line) => line === '== after the change, 1 of 1' && ended.abort(new JobAborted('interrupted')),
    });
    await expect(start(asked, control)).rejects.toThrow('stopped');
    const lines: string[] = [];
    await start(asked, jobControl({ resumed: checkpoint as never, log: (line) => lines.push(line) }));
    expect(runs.size).toBe(1);
    expect(all()[0]).toMatchObject({ state: 'done', verdict: 'passed' });
    expect(lines.filter((line) => /^== .*\d of \d$/.test(line))).toEqual(['== after the change, 1 of 1']);
  });
});
