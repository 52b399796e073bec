import { createServer } from 'node:net';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into the engine under measure: says at a socket how much processor time the main thread used between two turns of a
 * timer, at most, since it was last asked. Unlike the delay it counts nothing that other processes took.
 */
const everyMs = 5;
const path = process.env.LOOP_PROBE;

if (isMainThread && path !== undefined) {
  let last = process.threadCpuUsage();
  let longest = 0;
  const look = () => {
    const now = process.threadCpuUsage();
    longest = Math.max(longest, now.user - last.user + now.system - last.system);
    last = now;
  };
  setInterval(look, everyMs).unref();
  const server = createServer((socket) => {
    look();
    socket.end(String(longest / 1000));
    longest = 0;
  });
  server.listen(path).unref();
}
