import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const root = join(import.meta.dirname, '..', '..');
const cli = join(root, 'out', 'main', 'cli.js');

/** What `sluice serve --json` prints when it is ready. */
export interface Ready {
  ready: true;
  proxy: string;
  api: string;
  ui: string;
  token: string;
  ca: string;
  data_dir: string;
  pid: number;
}

export interface ApiOptions {
  method?: string;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Without the token. */
  anonymous?: boolean;
}

export interface Engine {
  ready: Ready;
  /** Everything it wrote to stderr so far. */
  log(): string;
  /** A request to the REST API with the token; the answer as it came. */
  fetch(path: string, options?: ApiOptions): Promise<Response>;
  /** The same, but the answer must be 2xx, and is its JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  api<T = any>(path: string, options?: ApiOptions): Promise<T>;
  /** Asks until `accept` returns something; fails with the last answer after `timeoutMs`. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  until<T, A = any>(path: string, accept: (answer: A) => T | null | undefined | false, timeoutMs?: number): Promise<T>;
  /** Waits until everything seen is stored: nothing in flight, nothing pending. */
  settled(timeoutMs?: number): Promise<void>;
  /** SIGTERM; resolves with the exit code. The data folder stays until `dispose`. */
  stop(): Promise<number>;
  /** SIGKILL: no drain, no flush. */
  kill9(): Promise<void>;
  /** Stops it if it runs and deletes its data folder if it was made for it. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface EngineOptions {
  /** Keeps its data there, e.g. to start again on it; by default a new temporary folder. */
  dataDir?: string;
  env?: Record<string, string>;
  /** `serve` by default. */
  command?: string;
}

let stateFolder: string | undefined;

/** Engines tell the commands of this test process where they are, and no others. */
function stateHome(): string {
  stateFolder ??= mkdtempSync(join(tmpdir(), 'sluice-test-state-'));
  return stateFolder;
}

/** Environment without the variables that would reach the engine from outside. */
export function cleanEnv(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(SLUICE_|HF_|https?_proxy$|all_proxy$|no_proxy$|NODE_EXTRA_CA_CERTS$|NODE_OPTIONS$)/i.test(name),
  );
  return { ...Object.fromEntries(inherited), XDG_STATE_HOME: stateHome(), ...extra };
}

/** Runs the built CLI to its end. */
export async function sluice(
  args: readonly string[],
  options: {
    env?: Record<string, string>;
    cwd?: string;
    input?: string /** Reads no more than the beginning of what is printed. */;
    head?: true;
  } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [cli, ...args], { cwd: options.cwd ?? root, env: cleanEnv(options.env) });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  if (options.head) child.stdout.once('data', () => child.stdout.destroy());
  child.stdin.end(options.input ?? '');
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code === null) throw new Error(`sluice ${args.join(' ')} ended by ${signal}\n${stderr}`);
  return { code, stdout, stderr };
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function firstLine(child: Child, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    lines.once('line', resolve);
    child.once('exit', (code, signal) =>
      reject(new Error(`The engine ended before it was ready (${signal ?? `exit code ${code}`}).\n${log()}`)),
    );
    child.once('error', reject);
  });
}

/** Starts the real engine through the built CLI on free ports and an empty data folder, and waits until it is ready. */
export async function startEngine(args: readonly string[] = [], options: EngineOptions = {}): Promise<Engine> {
  if (!existsSync(cli)) throw new Error('out/main/cli.js is missing; run `npm run build` first.');
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'sluice-test-'));
  const flags = ['--json', '--proxy-port', '0', '--api-port', '0', '--data-dir', dataDir];
  const child: Child = spawn(process.execPath, [cli, options.command ?? 'serve', ...flags, ...args], {
    cwd: root,
    env: cleanEnv(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const log = () => stderr;
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  exited.then(() => process.off('exit', kill));

  const ready: Ready = JSON.parse(await firstLine(child, log));

  const request: Engine['fetch'] = (path, { method, body, headers = {}, anonymous } = {}) =>
    fetch(new URL(path, ready.api), {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(anonymous ? {} : { authorization: `Bearer ${ready.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  const api: Engine['api'] = async (path, init) => {
    const response = await request(path, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${init?.method ?? 'GET'} ${path} answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };

  const until: Engine['until'] = async (path, accept, timeoutMs = 300_000) => {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const answer = await api(path);
      const result = accept(answer);
      if (result !== null && result !== undefined && result !== false) return result as never;
      if (Date.now() > deadline) {
        throw new Error(`${path} did not become as expected; last answer: ${JSON.stringify(answer)}\n${log()}`);
      }
      await new Promise((wake) => setTimeout(wake, 50));
    }
  };

  const running = () => child.exitCode === null && child.signalCode === null;
  const stop = async () => {
    if (running()) child.kill('SIGTERM');
    const [code, signal] = await exited;
    if (code === null) throw new Error(`The engine did not exit by itself (${signal}).\n${log()}`);
    return code;
  };
  const kill9 = async () => {
    if (running()) child.kill('SIGKILL');
    await exited;
  };
  const dispose = async () => {
    if (running()) {
      const hard = setTimeout(kill, 15_000);
      child.kill('SIGTERM');
      await exited;
      clearTimeout(hard);
    }
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };

  return {
    ready,
    log,
    fetch: request,
    api,
    until,
    settled: async (timeoutMs) => {
      await until('/health', ({ exchanges }) => finished(exchanges), timeoutMs);
    },
    stop,
    kill9,
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

function finished(counts: { seen: number; stored: number; pending: number }): boolean {
  return counts.pending === 0 && counts.stored >= counts.seen;
}
