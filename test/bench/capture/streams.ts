import type { TLSSocket } from 'node:tls';
import { serveJobs } from './child.js';
import { openConnection, type Route } from './connection.js';
import { seeded } from './dialogue.js';
import { percentile } from './stats.js';

/** Client of many event streams at once: how late each stamped chunk arrives. */

export interface StreamsJob {
  route: Route;
  streams: number;
  chunks: number;
  gapMs: number;
  /** Streams that follow each other on one connection. */
  turns: number;
}

export interface StreamsResult {
  streams: number;
  chunks: number;
  firstByte: { p50Ms: number; p99Ms: number };
  chunk: { p50Ms: number; p99Ms: number };
}

serveJobs<StreamsJob, StreamsResult>(async (job) => {
  const sockets = await Promise.all(Array.from({ length: job.streams }, () => openConnection(job.route)));
  // The way to the model is opened here: an agent's calls reuse connections, so theirs is not the time to be measured.
  await Promise.all(sockets.map((socket) => follow(socket, { ...job, chunks: 2 }, [], [])));
  const random = seeded(3);
  const first: number[] = [];
  const later: number[] = [];
  // Not in step: agents do not start at the same instant.
  const starts = sockets.map(() => random() * job.chunks * job.gapMs);
  await Promise.all(
    sockets.map(async (socket, index) => {
      await new Promise((resolve) => setTimeout(resolve, starts[index]));
      for (let turn = 0; turn < job.turns; turn++) await follow(socket, job, first, later);
    }),
  );
  for (const socket of sockets) socket.destroy();
  return {
    streams: first.length,
    chunks: later.length,
    firstByte: { p50Ms: percentile(first, 0.5), p99Ms: percentile(first, 0.99) },
    chunk: { p50Ms: percentile(later, 0.5), p99Ms: percentile(later, 0.99) },
  };
});

const now = () => Number(process.hrtime.bigint()) / 1e6;

function follow(socket: TLSSocket, job: StreamsJob, first: number[], later: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({
      model: 'gpt-5.2',
      stream: true,
      messages: [{ role: 'user', content: `count to ${job.chunks}` }],
    });
    let rest = '';
    let seen = 0;
    const sentAt = now();
    const onData = (chunk: Buffer) => {
      const at = now();
      rest += chunk.toString('latin1');
      for (const match of rest.matchAll(/"t":([\d.]+),/g)) {
        if (seen === 0) first.push(at - sentAt);
        else later.push(at - Number(match[1]));
        seen += 1;
      }
      rest = rest.slice(Math.max(0, rest.lastIndexOf('\n\n'))).slice(-400);
      if (!rest.endsWith('0\r\n\r\n')) return;
      done();
      if (seen === job.chunks) resolve();
      else reject(new Error(`${seen} of ${job.chunks} chunks came`));
    };
    const onClose = () => reject(new Error('the connection was closed'));
    const done = () => {
      socket.off('data', onData).off('close', onClose).off('error', reject);
    };
    socket.on('data', onData).on('close', onClose).on('error', reject);
    socket.write(
      `POST /v1/chat/completions?chunks=${job.chunks}&gap=${job.gapMs} HTTP/1.1\r\nhost: ${job.route.host}:${job.route.port}\r\nuser-agent: bench/1.0\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
}
