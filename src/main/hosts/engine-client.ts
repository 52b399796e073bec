import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { type ErrorCode, errorCatalogue, SluiceError } from '../../shared/errors.js';
import { type DataFolder, dataFolder, defaultDataDir } from '../home/folder.js';
import { loadToken } from '../home/keys.js';
import { type LockHolder, lockHolder } from '../home/lock.js';

/** The data folder that a command looks at, by flag, variable or default. */
export function folderOf(flags: { dataDir?: string }): DataFolder {
  return dataFolder(flags.dataDir ?? process.env.SLUICE_DATA_DIR ?? defaultDataDir());
}

export interface RunningEngine {
  holder: LockHolder & { api: string };
  token: string;
  /** Calls the REST API; a non-2xx answer is thrown as its own error. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Sends a stream of any length as the body. */
  upload(path: string, query: { [name: string]: string }, body: NodeJS.ReadableStream): Promise<unknown>;
}

/** The engine that holds the folder, or null. */
export function runningEngine(folder: DataFolder, givenToken = process.env.SLUICE_TOKEN): RunningEngine | null {
  const holder = lockHolder(folder);
  if (holder?.api === undefined) return null;
  const { api } = holder;
  const token = loadToken(folder, givenToken);
  return {
    holder: { ...holder, api },
    token,
    async call(method, path, body) {
      const response = await fetch(`${api}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return answerOf(response.status, await response.text());
    },
    async upload(path, query, body) {
      // Not fetch: it gives up on an answer that takes longer than five minutes.
      const request = httpRequest(`${api}${path}?${new URLSearchParams(query)}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
      });
      const answered = once(request, 'response') as Promise<[IncomingMessage]>;
      body.once('error', (error) => request.destroy(error));
      body.pipe(request);
      const [response] = await answered;
      return answerOf(response.statusCode ?? 500, await text(response));
    },
  };
}

function answerOf(status: number, body: string): unknown {
  const answer = body === '' ? null : (JSON.parse(body) as unknown);
  if (status >= 200 && status < 300) return answer;
  const { error } = answer as { error: { code: string; message: string; details?: unknown } };
  if (error.code in errorCatalogue) throw new SluiceError(error.code as ErrorCode, error.message, error.details);
  throw new Error(error.message);
}
