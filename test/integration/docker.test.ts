import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';

/** A client in a container: off loopback, so the proxy asks who it is. The image holds busybox alone; nothing is pulled. */

const image = `sluice-test-busybox:${process.pid}`;
const host = 'host.docker.internal';

/** Why there can be no container here; null where there can. */
function hindrance(): string | null {
  if (process.platform !== 'linux' || !existsSync('/bin/busybox')) return 'needs Linux with busybox-static';
  try {
    execFileSync('docker', ['version'], { stdio: 'ignore', timeout: 10_000 });
    return null;
  } catch {
    return 'needs a running Docker engine';
  }
}
const why = hindrance();

let engine: Engine;
let model: ModelServer;
let folder: string;

beforeAll(async () => {
  if (why !== null) return;
  folder = mkdtempSync(join(tmpdir(), 'sluice-docker-'));
  mkdirSync(join(folder, 'bin'));
  copyFileSync('/bin/busybox', join(folder, 'bin', 'busybox'));
  const tar = execFileSync('tar', ['-c', '-C', folder, 'bin'], { maxBuffer: 64 * 1024 * 1024 });
  execFileSync('docker', ['import', '-', image], { input: tar, stdio: ['pipe', 'ignore', 'inherit'] });
  model = await startModelServer();
  engine = await startEngine(['--host', '0.0.0.0']);
});
afterAll(async () => {
  if (why !== null) return;
  await engine?.dispose();
  await model?.close();
  execFileSync('docker', ['rmi', '-f', image], { stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
});

/** The proxy's answer to a container that asks the model; spoken by hand, because busybox's wget cannot post through one. */
function ask(password: string | null, content: string): Promise<string> {
  const body = JSON.stringify({ model: 'gpt-5.1', messages: [{ role: 'user', content }] });
  const request = [
    `POST ${model.url}/v1/chat/completions HTTP/1.1`,
    `Host: 127.0.0.1:${model.port}`,
    'User-Agent: busybox/1',
    ...(password === null ? [] : [`Proxy-Authorization: Basic ${basic(password)}`]),
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
  const container = ['run', '--rm', '-i', '--add-host', `${host}:host-gateway`, image];
  const netcat = ['/bin/busybox', 'nc', '-w', '20', host, new URL(engine.ready.proxy).port];
  return new Promise((resolve) => {
    const child = execFile('docker', [...container, ...netcat], { timeout: 60_000 }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
    child.stdin?.end(request);
  });
}

const basic = (password: string) => Buffer.from(`agent:${password}`).toString('base64');

describe.skipIf(why !== null)(`a client in a container${why === null ? '' : ` (${why})`}`, () => {
  it('is asked for credentials, and nothing of what it sent goes on', async () => {
    const answer = await ask(null, 'without credentials');
    expect(answer).toMatch(/^HTTP\/1\.1 407 /);
    expect(answer.toLowerCase()).toContain('proxy-authenticate: basic');
    expect(await ask('not-the-token', 'wrong credentials')).toMatch(/^HTTP\/1\.1 407 /);
    expect(model.requests).toEqual([]);
  });

  it('is let through with a token of scope proxy as password of any user, and captured', async () => {
    const body = { name: 'container', scopes: ['proxy'] };
    const { token } = await engine.api('/tokens', { body });
    expect(await ask(engine.ready.token, 'the main token')).toMatch(/^HTTP\/1\.1 407 /);
    expect(await ask(token, 'hello from a container')).toContain('You said: hello from a container');
    await engine.settled();
    const { items } = await engine.api('/exchanges');
    expect(items).toMatchObject([{ format: 'openai-chat', status: 200, state: 'complete', client: 'busybox/1' }]);
    // The token was for us: the model has not seen it, and the store has not kept it.
    expect(model.requests.at(-1)?.headers).not.toHaveProperty('proxy-authorization');
    const kept = JSON.stringify(await engine.api(`/exchanges/${items[0].exchange_id}`));
    expect(kept).not.toContain(token);
    expect(kept).not.toContain(basic(token));
  });
});
