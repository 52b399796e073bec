import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addresses, connect, negotiated, newestApi } from '../../../src/main/sandbox/connect.js';
import { prerequisitesOf } from '../../../src/main/sandbox/doctor.js';
import { dockerSandboxes } from '../../../src/main/sandbox/index.js';
import { freshOwner, smallLimits } from '../../support/sandboxes.js';

describe('where an engine is looked for', () => {
  it('is DOCKER_HOST alone where it is set', () => {
    expect(addresses({ DOCKER_HOST: 'unix:///run/other.sock' }).map(({ name }) => name)).toEqual([
      'unix:///run/other.sock',
    ]);
    expect(addresses({ DOCKER_HOST: 'tcp://10.0.0.1:2375' })[0]?.options).toEqual({
      protocol: 'http',
      host: '10.0.0.1',
      port: '2375',
    });
    expect(addresses({ DOCKER_HOST: 'tcp://10.0.0.1:2376' })[0]?.options).toMatchObject({ protocol: 'https' });
    for (const DOCKER_HOST of ['ssh://me@build', 'nonsense', 'unix://'])
      expect(() => addresses({ DOCKER_HOST })).toThrow(expect.objectContaining({ code: 'sandbox_unavailable' }));
  });

  it('is else the usual places of Docker, Docker Desktop, rootless Docker and Podman', () => {
    const names = addresses({ HOME: '/home/me', XDG_RUNTIME_DIR: '/run/user/7' }, 'linux').map(({ name }) => name);
    expect(names[0]).toBe('unix:///var/run/docker.sock');
    expect(names).toContain('unix:///home/me/.docker/run/docker.sock');
    expect(names).toContain('unix:///home/me/.docker/desktop/docker.sock');
    expect(names).toContain('unix:///run/user/7/docker.sock');
    expect(names).toContain('unix:///run/user/7/podman/podman.sock');
    expect(addresses({}, 'win32').map(({ name }) => name)).toContain('npipe:////./pipe/docker_engine');
  });
});

describe('the version that is spoken', () => {
  it.each([
    ['1.41', '1.12', '1.41'],
    ['1.44', '1.24', '1.44'],
    ['1.52', '1.44', '1.52'],
    ['1.99', '1.44', newestApi],
  ])('of an engine with %s (and %s at least) is %s', (ApiVersion, MinAPIVersion, spoken) => {
    expect(negotiated({ ApiVersion, MinAPIVersion, Version: 'any' })).toBe(spoken);
  });
  it.each([
    ['1.40', '1.12'],
    ['2.10', '2.0'],
  ])('is none where the engine has %s and wants %s', (ApiVersion, MinAPIVersion) => {
    expect(() => negotiated({ ApiVersion, MinAPIVersion, Version: 'any' })).toThrow(
      expect.objectContaining({ code: 'sandbox_engine_unfit' }),
    );
  });
});

/** An engine as far as the first two questions go: its version, and what it can. */
describe('an engine', () => {
  let folder: string;
  let server: Server;
  let env: NodeJS.ProcessEnv;
  const asked: string[] = [];
  let version: object;
  let info: object;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-engine-'));
    env = { DOCKER_HOST: `unix://${join(folder, 'engine.sock')}` };
    asked.length = 0;
    version = { Version: '29.10.0', ApiVersion: '1.60', MinAPIVersion: '1.44', Components: [] };
    info = { OSType: 'linux', MemoryLimit: true, SwapLimit: true, CpuCfsQuota: true, PidsLimit: true, Images: 1 };
    info = { ...info, SecurityOptions: ['name=seccomp,profile=builtin', 'name=cgroupns'], Runtimes: { runc: {} } };
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const answers = [
        ['/version', version],
        ['/info', info],
        ['/images/any/json', { Id: 'sha256:1', Config: {} }],
      ] as const;
      const answer = answers.find(([path]) => request.url?.endsWith(path))?.[1] ?? null;
      response.writeHead(answer === null ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { message: 'no such thing' }));
    });
    await new Promise<void>((resolve) => server.listen(join(folder, 'engine.sock'), resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is spoken to in a version that both know', async () => {
    const found = await prerequisitesOf(env, { image: null, runtime: null });
    expect(found.map(({ id, ok }) => [id, ok])).toEqual([
      ['engine', true],
      ['permission', true],
      ['version', true],
      ['limits', true],
      ['disk', true],
      ['runtime', true],
      ['image', true],
    ]);
    expect(asked).toEqual(['/version', `/v${newestApi}/info`]);
  });

  it('that is too old, lacks a limit, a runtime or an image is said to, with what to do', async () => {
    const missing = async () =>
      (await prerequisitesOf(env, { image: 'python:9', runtime: 'runsc' })).filter(({ ok }) => !ok);
    expect(await missing()).toMatchObject([
      { id: 'runtime', next: expect.stringContaining('runsc') },
      { id: 'image', next: expect.stringContaining('docker pull python:9') },
    ]);
    info = { ...info, SwapLimit: false, SecurityOptions: [] };
    expect((await missing())[0]).toMatchObject({ id: 'limits', detail: expect.stringMatching(/swap.*seccomp/) });
    version = { Version: '18.09', ApiVersion: '1.39', MinAPIVersion: '1.12' };
    expect(await missing()).toMatchObject([{ id: 'version', next: expect.stringContaining('20.10') }]);
  });

  it('that cannot hold to a limit runs nothing', async () => {
    const maker = dockerSandboxes({ owner: freshOwner(), env });
    const request = { image: 'any', workdir: '/work', env: {}, limits: smallLimits, runtime: null };
    for (const lack of [
      { SwapLimit: false },
      { PidsLimit: false },
      { SecurityOptions: ['name=seccomp,profile=unconfined'] },
    ]) {
      const before = info;
      info = { ...info, ...lack };
      await expect(maker.open(request)).rejects.toMatchObject({
        code: 'sandbox_limits_missing',
      });
      info = before;
    }
    expect(asked.some((path) => path.includes('/create'))).toBe(false);
  });

  it('that is not there is said so', async () => {
    const nowhere = { DOCKER_HOST: `unix://${join(folder, 'nothing.sock')}` };
    await expect(connect(nowhere)).rejects.toMatchObject({ code: 'sandbox_unavailable' });
    expect(await prerequisitesOf(nowhere, { image: null, runtime: null })).toMatchObject([
      { id: 'engine', ok: false, next: expect.stringContaining('Docker') },
    ]);
  });
});
