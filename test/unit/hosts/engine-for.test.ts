import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { dataFolder, makeDataFolder } from '../../../src/main/home/folder.js';
import { lockFolder, lockHolder } from '../../../src/main/home/lock.js';
import { engineFor } from '../../../src/main/hosts/engine-for.js';

const root = mkdtempSync(join(tmpdir(), 'engine-for-'));
const folder = dataFolder(root);
const flags = { dataDir: root, token: 'a-token-of-32-characters-or-more-x', json: true };
const never = new AbortController().signal;
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the engine that a command speaks to', () => {
  it('is the one that holds the folder, asked for anew each time, and never ended by the command', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization}`);
      response.end('{"ok":true}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    makeDataFolder(folder);
    const first = lockFolder(folder);
    first.announce({ proxy: 'http://127.0.0.1:1', api });
    const engine = await engineFor(flags, never);
    expect(await engine.now().call('GET', '/health')).toEqual({ ok: true });
    await engine.stop();
    expect(lockHolder(folder)?.api).toBe(api);
    first.release();
    expect(() => engine.now()).toThrow(expect.objectContaining({ code: 'not_running' }));
    // Started again meanwhile, elsewhere.
    const second = lockFolder(folder);
    second.announce({ proxy: 'http://127.0.0.1:1', api: `${api}/again` });
    await engine.now().call('GET', '/health');
    second.release();
    await new Promise((resolve) => server.close(resolve));
    const bearer = `Bearer ${flags.token}`;
    expect(seen).toEqual([`/health ${bearer}`, `/again/health ${bearer}`]);
  });
});
