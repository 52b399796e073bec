import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PrepareRequest, Sandbox, SandboxLimits, SandboxMaker } from '../../src/main/ground/sandbox.js';
import { dockerSandboxes } from '../../src/main/sandbox/index.js';
import { debianImage } from '../support/images/index.js';
import { freshOwner, shell, smallLimits, tarOf } from '../support/sandboxes.js';

const { image, why } = await debianImage();
/** Tries what nobody in there may do, and says how it ended. */
const probe = readFileSync(new URL('../fixtures/sandbox/probe.py', import.meta.url), 'utf8');
const owner = freshOwner();
let maker: SandboxMaker;
let open: Sandbox[] = [];

async function sandboxWith(limits: Partial<SandboxLimits> = {}, env: Record<string, string> = {}): Promise<Sandbox> {
  const request = {
    image: image as string,
    workdir: '/work',
    env,
    runtime: null,
    limits: { ...smallLimits, ...limits },
  };
  const sandbox = await maker.open(request);
  open.push(sandbox);
  return sandbox;
}

/** All that the engine has of a data folder. */
function ours(of = owner): string[] {
  const filter = `label=dev.sluice.owner=${of}`;
  const list = (...args: string[]) =>
    execFileSync('docker', [...args, '--filter', filter])
      .toString()
      .split('\n');
  return [...list('ps', '-aq'), ...list('volume', 'ls', '-q'), ...list('images', '-aq')].filter((line) => line !== '');
}

describe.skipIf(why !== null)(`a sandbox${why === null ? '' : ` (${why})`}`, () => {
  beforeAll(() => {
    maker = dockerSandboxes({ owner, env: process.env });
  });
  afterEach(async () => {
    await Promise.all(open.map((sandbox) => sandbox.close()));
    open = [];
    expect(ours()).toEqual([]);
  });
  afterAll(async () => {
    await maker.reap(true);
  });

  it('runs commands on a copy, of which files come back', async () => {
    const sandbox = await sandboxWith({}, { OTEL_SERVICE_NAME: 'x', CLAUDECODE: '1', MINE: 'yes' });
    await sandbox.copyIn(
      tarOf([
        ['src/main.py', 'print("héllo")'],
        ['run.sh', 'exit 3'],
      ]),
    );
    const first = await shell(sandbox, 'python3 src/main.py; touch src/new; env; stat -c %u:%a . src; sh run.sh');
    expect(first).toMatchObject({ exit_code: 3, ended_by: 'itself', output: { dropped_bytes: 0 } });
    expect(first.text).toContain('héllo');
    for (const line of [
      'TZ=UTC',
      'LANG=C.UTF-8',
      'PYTHONHASHSEED=0',
      'SOURCE_DATE_EPOCH=315532800',
      'HOSTNAME=sandbox',
      'MINE=yes',
    ])
      expect(first.text.split('\n')).toContain(line);
    expect(first.text).not.toMatch(/OTEL|CLAUDE|SLUICE/);
    expect(first.text).toContain('1000:755\n1000:755\n');
    await shell(sandbox, 'printf report > out.xml; printf tmp > /tmp/out; ls src/new');
    expect(Buffer.from((await sandbox.copyOut('out.xml', 100)) ?? []).toString()).toBe('report');
    expect(Buffer.from((await sandbox.copyOut('/tmp/out', 100)) ?? []).toString()).toBe('tmp');
    expect(await sandbox.copyOut('absent/out.xml', 100)).toBeNull();
    await expect(sandbox.copyOut('out.xml', 5)).rejects.toMatchObject({ code: 'sandbox_file_too_large' });
    await sandbox.close();
    await sandbox.close();
    await expect(shell(sandbox, 'true')).rejects.toMatchObject({ code: 'sandbox_closed' });
  });

  it('is closed: no rights, no network, nothing writable but its folders, nothing of the host', async () => {
    const sandbox = await sandboxWith();
    await sandbox.copyIn(tarOf([['probe.py', probe]]));
    const { text } = await shell(sandbox, 'python3 probe.py');
    expect(JSON.parse(text)).toEqual({
      ids: [1000, 1000, [1000]],
      capabilities: ['0000000000000000'],
      no_new_privileges: '1',
      seccomp: '2',
      interfaces: ['lo'],
      loopback: ['127.0.0.1', '::1'],
      docker_socket: false,
      host_files: false,
      // Each says which error it met; none says "done".
      write_root: 'OSError 30',
      write_usr: 'OSError 30',
      connect: 'OSError 101',
      resolve: 'gaierror -3',
      become_root: 'PermissionError 1',
      setuid_file: '1000',
      mount: 'no',
      unshare: 'no',
      kernel_log: 'no',
      sysctl: 'OSError 30',
      trigger_core: 'OSError 30',
      raw_socket: 'PermissionError 1',
      device: 'PermissionError 1',
      processes: [],
    });
  });

  it('ends with a command all that it left behind', async () => {
    const sandbox = await sandboxWith();
    const left = await shell(sandbox, '(setsid sleep 1000 &) ; (setsid sh -c "while :; do :; done" &) ; echo done');
    expect(left).toMatchObject({ exit_code: 0, ended_by: 'itself', text: 'done\n' });
    const next = await shell(sandbox, 'cat /proc/[0-9]*/cmdline | tr "\\0" " "');
    expect(next.text).not.toMatch(/sleep|while/);
  });

  it('ends a command that takes too long, keeps what it wrote, and goes on with the next', async () => {
    const sandbox = await sandboxWith();
    const late = await shell(sandbox, 'trap "" TERM INT HUP; echo begun; echo half > report; sleep 1000', {
      seconds: 0.5,
    });
    expect(late).toMatchObject({ exit_code: null, ended_by: 'timeout', text: 'begun\n' });
    expect(Buffer.from((await sandbox.copyOut('report', 100)) ?? []).toString()).toBe('half\n');
    expect((await shell(sandbox, 'cat report')).text).toBe('half\n');
  });

  it('ends a command that is called off', async () => {
    const sandbox = await sandboxWith();
    const calledOff = new AbortController();
    const argv = ['sh', '-c', 'echo begun; sleep 1000'];
    const seen: string[] = [];
    const onOutput = (bytes: Uint8Array, stream: string) => {
      seen.push(`${stream}: ${Buffer.from(bytes)}`);
      calledOff.abort();
    };
    const result = await sandbox.exec({ argv, seconds: 60, signal: calledOff.signal, onOutput });
    expect(result).toMatchObject({ exit_code: null, ended_by: 'cancel' });
    expect(seen).toEqual(['stdout: begun\n']);
    const none = await sandbox.exec({ argv, seconds: 60, signal: calledOff.signal });
    expect(none).toMatchObject({ ended_by: 'cancel', output: { dropped_bytes: 0 } });
  });

  it('survives a fork bomb', async () => {
    const sandbox = await sandboxWith({ pids: 64 });
    const bomb = 'import os\nwhile True:\n  try: os.fork()\n  except OSError: pass';
    const argv = ['python3', '-c', bomb];
    const result = await sandbox.exec({ argv, seconds: 1, signal: new AbortController().signal });
    expect(result.ended_by).toBe('timeout');
    expect((await shell(sandbox, 'echo alive')).text).toBe('alive\n');
  });

  it('ends what takes more memory than it may, and says that it was that', async () => {
    const sandbox = await sandboxWith({ memory_bytes: 64 * 1024 * 1024 });
    expect(await shell(sandbox, 'python3 -c "b = bytearray(1 << 30); print(len(b))"')).toMatchObject({
      exit_code: null,
      ended_by: 'memory',
      text: expect.not.stringContaining('1073741824'),
    });
  });

  it('takes a command that kills itself for what it is', async () => {
    const sandbox = await sandboxWith({});
    const ended = await shell(sandbox, 'echo before; kill -9 $$');
    expect(ended).toMatchObject({ exit_code: 137, ended_by: 'itself', text: 'before\n' });
  });

  it('lets nothing fill more than its folders', async () => {
    const sandbox = await sandboxWith({ work_bytes: 8 << 20, tmp_bytes: 4 << 20 });
    const filled = await shell(
      sandbox,
      'exec 2>&1; for at in /work /tmp; do head -c 100M /dev/zero > $at/big; stat -c %s $at/big; rm $at/big; done; ' +
        'python3 -c \'for i in range(9000): open(str(i), "w")\'; ls | wc -l; rm *',
    );
    expect(filled.text.match(/^\d+$/gm)).toEqual([`${8 << 20}`, `${4 << 20}`, '4095']);
    expect(filled.text.match(/No space left on device/g)).toHaveLength(3);
    await expect(sandbox.copyIn(tarOf([['too-much', 'x'.repeat(9 << 20)]]))).rejects.toMatchObject({
      code: 'sandbox_work_full',
    });
  });

  it('keeps the ends of a flood of output, byte for byte', async () => {
    const sandbox = await sandboxWith({ output_bytes: 1000 });
    const { output, exit_code } = await shell(
      sandbox,
      String.raw`printf 'first\377\000\303'; head -c 1000000000 /dev/zero; printf 'last\200'; exit 1`,
    );
    expect(exit_code).toBe(1);
    expect([output.head.length, output.tail.length, output.dropped_bytes]).toEqual([500, 500, 1_000_000_013 - 1000]);
    expect([...output.head.subarray(5, 9)]).toEqual([0xff, 0, 0xc3, 0]);
    expect(Buffer.from(output.tail.subarray(-5)).toString('latin1')).toBe('last\u0080');
  });

  it('takes 20,000 files', async () => {
    const sandbox = await sandboxWith({ work_bytes: 128 << 20 });
    const files = Array.from({ length: 20_000 }, (_, index): [string, string] => [
      `package-${index % 100}/deep/file-${index}.txt`,
      `file ${index}`,
    ]);
    await sandbox.copyIn(tarOf(files));
    const { text } = await shell(sandbox, 'find . -type f | wc -l; cat package-99/deep/file-19999.txt');
    expect(text).toBe('20000\nfile 19999');
  });

  it('gives and takes nothing through links', async () => {
    const sandbox = await sandboxWith();
    await shell(
      sandbox,
      'ln -s /etc/passwd report; mkdir real; echo mine > real/file; ln -s /etc away; ln -s real near; mkfifo pipe',
    );
    const inside = [
      'report',
      'away/passwd',
      'near/file',
      'pipe',
      'real',
      '.',
      '../etc/passwd',
      '/etc/passwd',
      '/proc/1/environ',
    ];
    for (const path of inside) expect([path, await sandbox.copyOut(path, 1000)]).toEqual([path, null]);
    expect(Buffer.from((await sandbox.copyOut('real/file', 100)) ?? []).toString()).toBe('mine\n');
    // What a command made of a folder meanwhile leads the next copy nowhere that a later command sees.
    await sandbox.copyIn(tarOf([['away/planted', 'x']])).catch(() => {});
    expect((await shell(sandbox, 'ls /etc/planted 2>&1')).exit_code).not.toBe(0);
    const through = [
      { name: 'out', type: 'symlink' as const, linkname: '/etc' },
      ['out/planted', 'x'] as [string, string],
    ];
    await expect(sandbox.copyIn(tarOf(through))).rejects.toMatchObject({ code: 'sandbox_archive_refused' });
  });

  it('says what is missing', async () => {
    const request = { image: image as string, workdir: '/work', env: {}, runtime: null, limits: smallLimits };
    await expect(maker.open({ ...request, image: 'sluice-no-such:1' })).rejects.toMatchObject({
      code: 'image_missing',
    });
    await expect(maker.open({ ...request, runtime: 'none-such' })).rejects.toMatchObject({
      code: 'sandbox_runtime_missing',
    });
    await expect(maker.open({ ...request, workdir: '/tmp/x' })).rejects.toMatchObject({ code: 'usage' });
    const sandbox = await sandboxWith();
    expect(
      await sandbox.exec({ argv: ['no-such-command'], seconds: 9, signal: new AbortController().signal }),
    ).toMatchObject({
      exit_code: 127,
      ended_by: 'itself',
    });
  });

  it('lets an image say nothing of how commands run', async () => {
    const odd = `sluice-test-odd:${owner}`;
    const docker = (...args: string[]) => execFileSync('docker', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const changes = [
      'VOLUME /data',
      'ENTRYPOINT ["false"]',
      'USER root',
      'ENV OTEL_X=1 KEPT=1',
      'HEALTHCHECK CMD kill 1',
    ];
    const container = docker('create', image as string, 'true')
      .toString()
      .trim();
    try {
      docker('commit', ...changes.flatMap((change) => ['--change', change]), container, odd);
      const sandbox = await maker.open({ image: odd, workdir: '/work', env: {}, runtime: null, limits: smallLimits });
      open.push(sandbox);
      const { text } = await shell(
        sandbox,
        'id -u; echo $OTEL_X$KEPT; head -c 99M /dev/zero > /data/x; stat -c %s /data/x',
      );
      expect(text).toMatch(/^1000\n1\n.*No space left on device\n67108864\n$/s);
      await sandbox.close();
    } finally {
      docker('rm', container);
      docker('rmi', odd);
    }
  });

  it('can be had by hand', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-hand-'));
    try {
      writeFileSync(join(folder, "it's"), 'by hand');
      const request = {
        image: image as string,
        workdir: '/work',
        env: { A: '$B c' },
        runtime: null,
        limits: smallLimits,
      };
      const command = maker.byHand(request, ['sh', '-c', 'cat "$0"; echo " $A"; id -u; touch /x; exit 7', "it's"]);
      const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: folder });
      expect([status, stdout.toString(), stderr.toString()]).toEqual([
        7,
        'by hand $B c\n1000\n',
        expect.stringContaining('Read-only file system'),
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is gone after its studio was killed, once the next one looks', async () => {
    const dead = freshOwner();
    const script = `
      import { dockerSandboxes } from ${JSON.stringify(new URL('../../src/main/sandbox/index.ts', import.meta.url).href)};
      const maker = dockerSandboxes({ owner: '${dead}', env: process.env });
      const sandbox = await maker.open(${JSON.stringify({ image, workdir: '/work', env: {}, runtime: null, limits: smallLimits })});
      const onOutput = () => process.stdout.write('running');
      sandbox.exec({ argv: ['sh', '-c', 'echo x; sleep 1000'], seconds: 999, signal: new AbortController().signal, onOutput });`;
    const loader = fileURLToPath(new URL('../support/typescript.mjs', import.meta.url));
    const child = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(ours(dead)).toHaveLength(4);
    const next = dockerSandboxes({ owner: dead, env: process.env });
    const { image: name } = { image: image as string };
    const mine = await next.open({ image: name, workdir: '/work', env: {}, runtime: null, limits: smallLimits });
    expect(await next.reap()).toEqual({ containers: 2, volumes: 2, images: 0 });
    // What this studio has open stays.
    expect((await shell(mine, 'echo mine')).text).toBe('mine\n');
    await mine.close();
    expect(ours(dead)).toEqual([]);
  });
});

describe.skipIf(why !== null)(`a prepared image${why === null ? '' : ` (${why})`}`, () => {
  const preparing = freshOwner();
  let images: SandboxMaker;
  const told: string[] = [];
  const request = (commands: string[][], more: Partial<PrepareRequest> = {}): PrepareRequest => ({
    base: image as string,
    workdir: '/deps',
    files: () => tarOf([['lock.txt', 'one 1.0']]),
    commands,
    env: {},
    network: false,
    key: JSON.stringify(commands),
    limits: smallLimits,
    ...more,
  });
  const prepare = (wanted: PrepareRequest, signal = new AbortController().signal) =>
    images.prepare(wanted, (line) => told.push(line), signal);

  beforeAll(() => {
    images = dockerSandboxes({ owner: preparing, env: process.env });
  });
  afterAll(async () => {
    await images.reap(true);
    expect(ours(preparing)).toEqual([]);
  });

  it('is made once of the same base and key, and tests find what it holds', async () => {
    const commands = [
      ['sh', '-c', 'id -u; cat lock.txt; mkdir -p /opt/lib; echo installed > /opt/lib/one; chown 1000 /opt/lib/one'],
      ['sh', '-c', 'cat /opt/lib/one >> done'],
    ];
    const [first, second] = await Promise.all([prepare(request(commands)), prepare(request(commands))]);
    expect([first.cached, second.cached].sort()).toEqual([false, true]);
    expect(second.image_id).toBe(first.image_id);
    expect(told).toEqual(expect.arrayContaining(['0', 'one 1.0']));
    // Another studio of the same folder finds it, and what it clears away is something else.
    const later = dockerSandboxes({ owner: preparing, env: process.env });
    expect(await later.reap()).toEqual({ containers: 0, volumes: 0, images: 0 });
    expect(await later.prepare(request(commands), () => {}, new AbortController().signal)).toMatchObject({
      cached: true,
    });
    const sandbox = await images.open({
      image: first.image,
      workdir: '/work',
      env: {},
      runtime: null,
      limits: smallLimits,
    });
    expect((await shell(sandbox, 'cat /opt/lib/one /deps/done; ls')).text).toBe('installed\ninstalled\n');
    await sandbox.close();
  });

  it('is not made of what fails, has no network, or writes without end', async () => {
    await expect(prepare(request([['sh', '-c', 'echo no such version; exit 4']]))).rejects.toMatchObject({
      code: 'prepare_failed',
      details: { exit_code: 4, output: 'no such version\n' },
    });
    const interfaces = ['sh', '-c', 'test "$(ls /sys/class/net)" = lo'];
    const filler = [
      'sh',
      '-c',
      'i=0; while :; do i=$((i+1)); head -c 1M /dev/zero > /deps/$i || exit; sleep 0.01; done',
    ];
    await expect(
      prepare(request([interfaces, filler], { limits: { ...smallLimits, work_bytes: 4 << 20 } })),
    ).rejects.toMatchObject({
      code: 'sandbox_work_full',
    });
    await expect(prepare(request([['true']], { base: 'sluice-no-such:1' }))).rejects.toMatchObject({
      code: 'image_missing',
    });
    const left = ours(preparing).length;
    const calledOff = new AbortController();
    const sleeping = prepare(request([['sh', '-c', 'echo now; sleep 1000']]), calledOff.signal);
    setTimeout(() => calledOff.abort(), 300);
    await expect(sleeping).rejects.toThrow();
    expect(ours(preparing)).toHaveLength(left);
  });
});
