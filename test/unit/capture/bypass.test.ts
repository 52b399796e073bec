import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { addressOf, watchBypass } from '../../../src/main/capture/launch/bypass.js';

/** An address of this machine that is not loopback: to /proc it looks like any other machine's. */
const outside = Object.values(networkInterfaces())
  .flat()
  .find((each) => each && !each.internal && each.family === 'IPv4')?.address;

describe('addresses of /proc/net', () => {
  it('are read in the order of the machine', () => {
    expect(addressOf('0100007F')).toBe('127.0.0.1');
    expect(addressOf('2238D85D')).toBe('93.216.56.34');
    expect(addressOf('0000000000000000FFFF00002238D85D')).toBe('93.216.56.34');
    expect(addressOf('B80D01200000000067452301EFCDAB89')).toBe('2001:db8:0:0:123:4567:89ab:cdef');
  });
});

describe.skipIf(process.platform !== 'linux' || outside === undefined)('connections past the proxy', () => {
  it('of a grandchild are named once, those to this machine are not', async () => {
    const server = createServer((socket) => socket.resume());
    server.listen(0, '0.0.0.0');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const connect = (host: string) => `require('net').connect(${port}, '${host}')`;
    const grandchild = `${connect(outside as string)};${connect('127.0.0.1')};setTimeout(() => process.exit(), 3000)`;
    const parent = spawn(process.execPath, [
      '-e',
      `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'inherit' })`,
    ]);
    try {
      const watch = watchBypass(parent.pid as number);
      for (let connections = 0; connections < 2; connections += 1) await once(server, 'connection');
      // Until the watch has looked once more.
      await new Promise((resolve) => setTimeout(resolve, 600));
      const seen = watch?.stop() ?? [];
      expect(seen.map(({ address, port: to }) => [address, to])).toEqual([[outside, port]]);
      expect(seen[0]?.command).not.toBe('unknown');
    } finally {
      parent.kill('SIGKILL');
      server.close();
    }
  });
});
