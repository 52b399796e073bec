import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type ApiOptions, type RunningApi, startApi } from '../../../src/main/api/index.js';
import type { Large } from '../../../src/shared/contract/operation.js';
import type { Page } from '../../../src/shared/model/index.js';
import { testServices } from '../../support/services.js';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Runs after the test, last first. */
export function onCleanup(cleanup: () => Promise<unknown>): void {
  cleanups.push(cleanup);
}

/** A running API over data in memory, with a built studio of three files; everything goes after the test. */
export async function runningApi(options: Partial<ApiOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-api-'));
  // An entry of the audit log may still be on its way.
  onCleanup(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  const uiDir = join(folder, 'ui');
  await mkdir(join(uiDir, 'assets'), { recursive: true });
  await writeFile(join(uiDir, 'index.html'), '<!doctype html><title>Sluice</title>');
  await writeFile(join(uiDir, 'assets', 'main-3f2a.js'), 'export {};');
  await writeFile(join(uiDir, '.env'), 'SECRET=1');
  await writeFile(join(folder, 'outside.txt'), 'outside');
  const engine = testServices({ dataDir: join(folder, 'data') });
  const logged: { fields: object; message: string }[] = [];
  const log = (fields: object, message: string) => void logged.push({ fields, message });
  const api: RunningApi = await startApi({
    operations: engine.operations,
    services: engine.services,
    host: '127.0.0.1',
    port: 0,
    uiDir,
    logger: { info: () => {}, warn: log, error: log },
    ...options,
  });
  onCleanup(() => api.close(200));
  return {
    ...engine,
    api,
    folder,
    logged,
    /** fetch with the token. */
    ask: (path: string, init: RequestInit = {}) =>
      fetch(`${api.url}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${engine.token}`, ...(init.headers as Record<string, string>) },
      }),
  };
}

export interface RawAnswer {
  status: number;
  headers: { [name: string]: string | string[] | undefined };
  body: string;
}

/** A request exactly as given: paths are not normalised, Host and Origin can be anything. */
export function rawRequest(
  port: number,
  options: { method?: string; path: string; headers?: { [name: string]: string }; body?: string | Buffer },
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        agent: false,
        method: options.method ?? 'GET',
        path: options.path,
        headers: options.headers,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(options.body);
  });
}

/** The first of a page that is small enough to come as it is. */
export function firstOf<T>(page: Large<Page<T>>): T | undefined {
  if (page instanceof Uint8Array) throw new TypeError('The page is large.');
  return page.items[0];
}
