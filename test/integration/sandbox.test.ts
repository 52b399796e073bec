import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox, SandboxLimits, SandboxMaker } from '../../src/main/ground/sandbox.js';
import { dockerSandboxes } from '../../src/main/sandbox/index.js';
import { debianImage } from '../support/images/index.js';
import { freshOwner, shell, smallLimits, tarOf } from '../support/sandboxes.js';

const { image, why } = await debianImage();
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
    const first = await shell(sandbox, 'python3 src/main.py; touch src/new; env; stat -c %U:%u:%a . src; sh run.sh');
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
    expect(first.text).toContain('UNKNOWN:1000:755\nUNKNOWN:1000:755\n');
    await shell(sandbox, 'printf report > out.xml; printf tmp > /tmp/out; ls src/new');
    expect(Buffer.from((await sandbox.copyOut('out.xml', 100)) ?? []).toString()).toBe('report');
    expect(Buffer.from((await sandbox.copyOut('/tmp/out', 100)) ?? []).toString()).toBe('tmp');
    expect(await sandbox.copyOut('absent/out.xml', 100)).toBeNull();
    await expect(sandbox.copyOut('out.xml', 5)).rejects.toMatchObject({ code: 'sandbox_file_too_large' });
    await sandbox.close();
    await sandbox.close();
    await expect(shell(sandbox, 'true')).rejects.toMatchObject({ code: 'sandbox_closed' });
  });
});
