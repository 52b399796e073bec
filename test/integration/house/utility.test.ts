import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FromEngine, ToEngine } from '../../../src/main/hosts/utility-messages.js';
import { cleanEnv } from '../../support/engine.js';

const entry = join(import.meta.dirname, '..', '..', '..', 'out', 'main', 'utility.js');
/** Electron gives its utility process this port; here it is the channel of an ordinary child process. */
const port = `process.parentPort = {
  on: (_name, listener) => process.on('message', (data) => listener({ data })),
  postMessage: (message) => process.send(message),
};`;

let dataDir: string;
const logPath = () => join(dataDir, 'logs', 'engine.log');
const children: ChildProcess[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-utility-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

/** The desktop's side: sends `start`, answers as a keychain that turns text round, and gives the engine's verdict. */
async function startUtility(keychain: boolean, args: string[] = []) {
  const child = fork(entry, {
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(port)}`],
    env: cleanEnv({ SLUICE_DATA_DIR: dataDir, SLUICE_PROXY_PORT: '0', SLUICE_API_PORT: '0' }),
    serialization: 'advanced',
    silent: true,
  });
  children.push(child);
  const say = (message: ToEngine) => child.send(message);
  const turn = (text: string) => [...text].reverse().join('');
  const asked: string[] = [];
  const verdict = new Promise<FromEngine>((resolve) => {
    child.on('message', (message: FromEngine) => {
      if (message.type !== 'keychain') return resolve(message);
      const { request } = message;
      asked.push(request.action);
      const result =
        request.action === 'seal' ? Buffer.from(turn(request.text)) : turn(Buffer.from(request.sealed).toString());
      say({ type: 'keychain', id: request.id, result });
    });
  });
  // Chromium's switches and the application's path stand among the arguments.
  say({ type: 'start', args: ['--remote-debugging-port=0', '/opt/sluice', ...args], keychain, log: logPath() });
  return { child, say, asked, verdict: await verdict };
}

describe('the engine in the desktop’s utility process', () => {
  it('starts with a key from the keychain, serves, drains when told, and opens the folder again', async () => {
    for (const expected of [['seal', 'open'], ['open']]) {
      const { child, say, asked, verdict } = await startUtility(true);
      if (verdict.type !== 'ready') throw new Error(JSON.stringify(verdict));
      expect(asked).toEqual(expected);
      expect(await (await fetch(`${verdict.ready.api}/health`)).json()).toMatchObject({ status: 'healthy' });
      expect(verdict.ready.ui).toContain('#token=');
      expect(readFileSync(join(dataDir, 'key'), 'utf8')).toMatch(/^sluice-key-sealed-1:/);
      const ended = once(child, 'exit');
      say({ type: 'stop' });
      expect((await ended)[0]).toBe(0);
    }
    const { verdict } = await startUtility(false);
    expect(verdict).toMatchObject({ type: 'failed', failure: { code: 'key_invalid' } });
  });

  it('takes the flags of the command line, and says what is wrong with them', async () => {
    const { verdict } = await startUtility(false, ['--api-port', 'many']);
    expect(verdict).toMatchObject({ type: 'failed', failure: { code: 'usage', next: expect.any(String) } });
    const second = await startUtility(false, ['--token', 'a-token-of-my-own']);
    expect(second.verdict).toMatchObject({ type: 'ready', ready: { token: 'a-token-of-my-own' } });
  });

  it('keeps its log in a file too: the lines of stderr, nothing of what was sent', async () => {
    const { child, say, verdict } = await startUtility(false);
    if (verdict.type !== 'ready') throw new Error(JSON.stringify(verdict));
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += chunk;
    });
    const secret = `ghp_${'Hea1'.repeat(9)}`;
    const answer = await fetch(`${verdict.ready.api}/traces?query=${secret}`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(answer.status).toBe(401);
    const ended = once(child, 'close');
    say({ type: 'stop' });
    await ended;
    const kept = readFileSync(logPath(), 'utf8');
    expect(kept).toContain('"request_refused"');
    expect(kept).toBe(said);
    expect(kept).not.toContain(secret);
    expect(statSync(logPath()).mode & 0o777).toBe(0o600);
  });
});
