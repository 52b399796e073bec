import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestCertificates } from '../../support/certificates.js';
import { type Engine, startEngine } from '../../support/engine.js';
import type { ProxyInfo } from './bare.js';
import { startChild } from './child.js';

/** Something that the traffic passes on its way to the model. */
export interface Peer {
  name: string;
  /** What it is, with its version. */
  label: string;
  /** null: straight to the model. */
  proxyPort: number | null;
  /** What clients must trust. */
  ca: string;
  engine?: Engine;
  stop(): Promise<void>;
}

export interface Absent {
  name: string;
  /** Why it is not measured, and how to have it measured. */
  why: string;
}

export const peerNames = ['direct', 'bare', 'mockttp', 'mitmdump', 'sluice'] as const;
export type PeerName = (typeof peerNames)[number];

export async function startPeer(name: PeerName, host: string, model: TestCertificates): Promise<Peer | Absent> {
  switch (name) {
    case 'direct':
      return { name, label: 'no proxy', proxyPort: null, ca: model.ca, stop: async () => {} };
    case 'bare':
      return child(name, `bare Node ${process.versions.node} interceptor, stores nothing`, { host }, model);
    case 'mockttp':
      return child(name, `mockttp ${version('mockttp')}`, { host, modelCa: model.ca }, model);
    case 'mitmdump':
      return mitmdump(model);
    case 'sluice':
      return sluice(host, model);
  }
}

function version(name: string): string {
  const path = join(import.meta.dirname, '..', '..', 'node_modules', name, 'package.json');
  return JSON.parse(readFileSync(path, 'utf8')).version;
}

async function child(name: PeerName, label: string, job: object, model: TestCertificates): Promise<Peer> {
  const process = startChild<object, ProxyInfo>(name, { NODE_EXTRA_CA_CERTS: model.caPath });
  const { port, ca } = await process.ask(job);
  return { name, label, proxyPort: port, ca, stop: () => process.stop() };
}

/** The real command line, storing everything it sees. */
export async function sluice(host: string, model: TestCertificates, env: Record<string, string> = {}): Promise<Peer> {
  const engine = await startEngine(['--intercept', host], { env: { NODE_EXTRA_CA_CERTS: model.caPath, ...env } });
  return {
    name: 'sluice',
    label: 'Sluice, everything on',
    proxyPort: Number(new URL(engine.ready.proxy).port),
    ca: readFileSync(engine.ready.ca, 'utf8'),
    engine,
    stop: () => engine.dispose(),
  };
}

/** As it is by default: it holds whole bodies back and stores nothing. */
async function mitmdump(model: TestCertificates): Promise<Peer | Absent> {
  const name = 'mitmdump';
  let found: string;
  try {
    found = execFileSync(name, ['--version'], { encoding: 'utf8' });
  } catch {
    return { name, why: 'mitmdump is not on the PATH; `pip install mitmproxy` or the system package brings it' };
  }
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-mitm-'));
  const port = await freePort();
  const args = ['--quiet', '--listen-host', '127.0.0.1', '--listen-port', String(port)];
  const trust = ['--set', `confdir=${folder}`, '--set', `ssl_verify_upstream_trusted_ca=${model.caPath}`];
  const process_ = spawn(name, [...args, ...trust], { stdio: ['ignore', 'ignore', 'inherit'] });
  const kill = () => process_.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(process_, 'exit');
  await listening(port, () => process_.exitCode !== null);
  const caFile = join(folder, 'mitmproxy-ca-cert.pem');
  if (!existsSync(caFile)) throw new Error('mitmdump did not write its CA');
  return {
    name,
    label: `mitmdump ${/Mitmproxy: (\S+)/.exec(found)?.[1] ?? ''}, stores nothing`,
    proxyPort: port,
    ca: readFileSync(caFile, 'utf8'),
    async stop() {
      kill();
      await ended;
      process.off('exit', kill);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(port: number, gone: () => boolean): Promise<void> {
  for (let turn = 0; turn < 300; turn++) {
    if (gone()) break;
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing listens on port ${port}`);
}
