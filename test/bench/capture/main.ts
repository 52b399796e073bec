import { parseArgs } from 'node:util';
import { makeCertificates } from '../../support/certificates.js';
import { startChild } from './child.js';
import { measureMemory } from './memory.js';
import type { ModelJob, ModelPorts } from './model.js';
import { type Absent, type Peer, type PeerName, peerNames, startPeer } from './peers.js';
import { asMarkdown, forPeople, machine, type Report } from './report.js';
import { measureStreaming } from './streaming.js';
import { measureThroughput } from './throughput.js';

const parts = ['throughput', 'streaming', 'memory'] as const;
const host = 'localhost';

/**
 * `bench capture [--seconds N] [--rounds N] [--peers a,b] [--only throughput,streaming,memory] [--json|--markdown]`
 * Exits with 1 where not everything that was sent was stored.
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      peers: { type: 'string', default: peerNames.join(',') },
      only: { type: 'string', default: parts.join(',') },
      'body-mib': { type: 'string', default: '1024' },
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
    },
  });
  const wanted = chosen('--peers', values.peers, peerNames);
  const only = chosen('--only', values.only, parts);
  const rounds = count('--rounds', values.rounds);
  const progress = (message: string) => process.stderr.write(`${message}\n`);

  const certificates = await makeCertificates([host, '127.0.0.1']);
  const model = startChild<ModelJob, ModelPorts>('model');
  const peers: Peer[] = [];
  const absent: Absent[] = [];
  const report: Report = {
    date: new Date().toISOString().slice(0, 10),
    command: ['npm run bench -- capture', ...args.filter((arg) => arg !== '--markdown')].join(' '),
    machine: machine(),
    throughput: [],
    streaming: [],
    memory: [],
    absent,
  };
  try {
    const ports = await model.ask({ cert: certificates.cert, key: certificates.key });
    if (only.includes('throughput') || only.includes('streaming')) {
      for (const name of wanted) {
        const peer = await startPeer(name as PeerName, host, certificates);
        if ('why' in peer) absent.push(peer);
        else peers.push(peer);
      }
    }
    // Streams first: what a load leaves behind (a warm heap, a larger database) would be measured with them.
    if (only.includes('streaming')) {
      report.streaming = await measureStreaming(peers, { host, modelPort: ports.long, streams: 50, rounds, progress });
    }
    if (only.includes('throughput')) {
      for (const connections of [1, 32]) {
        const options = { host, modelPort: ports.short, connections, rounds, progress };
        const seconds = count('--seconds', values.seconds);
        report.throughput.push(await measureThroughput(peers, { ...options, seconds }));
      }
    }
    await Promise.all(peers.map((peer) => peer.stop()));
    if (only.includes('memory') && wanted.includes('sluice')) {
      const bytes = count('--body-mib', values['body-mib']) * 1024 * 1024;
      report.memory = await measureMemory(host, ports.long, certificates, bytes);
    }
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
    await model.stop();
    certificates.dispose();
  }
  process.stdout.write(
    `${values.json ? JSON.stringify(report) : values.markdown ? asMarkdown(report) : forPeople(report)}\n`,
  );
  const lost = report.throughput.flat().find(({ stored }) => stored && stored.sent !== stored.stored);
  if (lost) {
    process.stderr.write(`${lost.stored?.sent} exchanges were sent, ${lost.stored?.stored} are stored.\n`);
    process.exitCode = 1;
  }
}

function chosen(flag: string, text: string, known: readonly string[]): string[] {
  const names = text.split(',');
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) throw new Error(`${flag}: there is no "${wrong}"; there are ${known.join(', ')}.`);
  return known.filter((name) => names.includes(name));
}

function count(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag} needs a whole number from 1, not "${text}".`);
  return value;
}
