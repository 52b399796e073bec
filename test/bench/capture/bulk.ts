import { once } from 'node:events';
import { request } from 'node:https';
import { serveJobs } from './child.js';
import { openConnection, type Route } from './connection.js';

/** Client of one very large body, in either direction; counts and forgets. */

export interface BulkJob {
  route: Route;
  path: string;
  /** Bytes to send; 0 asks with GET. */
  sendBytes: number;
}

export interface BulkResult {
  status: number;
  received: number;
  /** What the server says that it received. */
  accepted: number | null;
  seconds: number;
}

const piece = Buffer.from('"a line of a long upload" '.repeat(2600)).subarray(0, 65_536);

serveJobs<BulkJob, BulkResult>(async ({ route, path, sendBytes }) => {
  const from = performance.now();
  const socket = await openConnection(route);
  const outgoing = request({
    createConnection: () => socket,
    host: route.host,
    port: route.port,
    path,
    method: sendBytes > 0 ? 'POST' : 'GET',
    headers: {
      'user-agent': 'bench/1.0',
      ...(sendBytes > 0 ? { 'content-length': String(sendBytes), 'content-type': 'application/json' } : {}),
    },
  });
  const answered = once(outgoing, 'response');
  for (let left = sendBytes; left > 0; left -= piece.length) {
    if (!outgoing.write(left < piece.length ? piece.subarray(0, left) : piece)) await once(outgoing, 'drain');
  }
  outgoing.end();
  const [response] = await answered;
  let received = 0;
  let text = '';
  response.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (sendBytes > 0) text += chunk.toString();
  });
  await once(response, 'end');
  socket.destroy();
  return {
    status: response.statusCode,
    received,
    accepted: sendBytes > 0 ? JSON.parse(text).bytes : null,
    seconds: (performance.now() - from) / 1000,
  };
});
