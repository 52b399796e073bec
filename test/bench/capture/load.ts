import type { TLSSocket } from 'node:tls';
import { serveJobs } from './child.js';
import { openConnection, type Route } from './connection.js';
import { requestTemplates, type Template, writeMarker } from './dialogue.js';
import { percentile } from './stats.js';

/** Load generator: keep-alive connections, one request at a time on each. Parses no more than it must. */

export interface LoadJob {
  route: Route;
  connections: number;
  warmupMs: number;
  measureMs: number;
  /** The first marker; no marker is used twice in one run of the benchmark. */
  firstSerial: number;
}

export interface LoadResult {
  /** Everything that was sent and answered, warm-up included. */
  sent: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

let templates: Template[] = [];

serveJobs<LoadJob, LoadResult>(async (job) => {
  templates = requestTemplates(`${job.route.host}:${job.route.port}`);
  const sockets = await Promise.all(Array.from({ length: job.connections }, () => openConnection(job.route)));
  const run = { next: job.firstSerial, sent: 0, measuring: false, stop: false, times: [] as number[] };
  const finished = Promise.all(sockets.map((socket) => converse(socket, run)));
  await new Promise((resolve) => setTimeout(resolve, job.warmupMs));
  run.measuring = true;
  const from = performance.now();
  await new Promise((resolve) => setTimeout(resolve, job.measureMs));
  run.measuring = false;
  const seconds = (performance.now() - from) / 1000;
  const counted = run.times.length;
  run.stop = true;
  await finished;
  for (const socket of sockets) socket.destroy();
  return {
    sent: run.sent,
    requestsPerSecond: counted / seconds,
    p50Ms: percentile(run.times, 0.5),
    p99Ms: percentile(run.times, 0.99),
  };
});

interface Run {
  next: number;
  sent: number;
  measuring: boolean;
  stop: boolean;
  times: number[];
}

/** Sends one request after the other until told to stop; rejects on anything but the right answer. */
function converse(socket: TLSSocket, run: Run): Promise<void> {
  return new Promise((resolve, reject) => {
    const marker = Buffer.alloc(12);
    let scratch: Buffer = Buffer.alloc(0);
    let sentAt = 0;
    let received: Buffer = Buffer.alloc(0);

    function ask(): void {
      if (run.stop) {
        resolve();
        return;
      }
      const serial = run.next++;
      const template = templates[serial % templates.length] as Template;
      if (scratch.length !== template.bytes.length) scratch = Buffer.alloc(template.bytes.length);
      template.bytes.copy(scratch);
      writeMarker(marker, 0, serial);
      for (const at of template.holes) marker.copy(scratch, at);
      received = Buffer.alloc(0);
      sentAt = performance.now();
      socket.write(scratch);
    }

    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      if (!isWhole(received)) return;
      if (received.toString('latin1', 9, 12) !== '200' || !received.includes(marker)) {
        reject(new Error(`a wrong answer: ${received.toString('latin1', 0, 300)}`));
        return;
      }
      run.sent += 1;
      if (run.measuring) run.times.push(performance.now() - sentAt);
      ask();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
    ask();
  });
}

/** Whether the bytes are a whole response, by its length or by the end of its chunks. */
function isWhole(bytes: Buffer): boolean {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, headEnd))?.[1];
  if (length !== undefined) return bytes.length >= headEnd + 4 + Number(length);
  return bytes.toString('latin1', bytes.length - 5) === '0\r\n\r\n';
}
