import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { type CommandLine, shownCommand } from '../../shared/command-line.js';
import { type ErrorCode, errorCatalogue, SluiceError } from '../../shared/errors.js';
import { type DataFolder, isDefaultFolder } from '../home/folder.js';
import { loadToken } from '../home/keys.js';
import { type LockHolder, lockHolder } from '../home/lock.js';
import { commandLine } from './paths.js';
import { type FolderFlags, folderOf } from './which-folder.js';

export interface RunningEngine {
  holder: LockHolder & { api: string };
  token: string;
  /** Calls the REST API; a non-2xx answer is thrown as its own error. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Sends a stream of any length as the body. */
  upload(path: string, query: { [name: string]: string }, body: NodeJS.ReadableStream): Promise<unknown>;
}

/** The engine of the folder that a command looks at. Throws not_running. */
export async function engineOf(flags: FolderFlags & { token?: string }): Promise<RunningEngine> {
  return engineAt(await folderOf(flags), flags.token);
}

/** The engine that holds the folder. Throws not_running. */
export function engineAt(folder: DataFolder, tokenOverride?: string): RunningEngine {
  const engine = runningEngine(folder, tokenOverride);
  if (engine === null) throw notRunning(folder);
  return engine;
}

function notRunning(folder: DataFolder): SluiceError {
  const here = commandHere(folder);
  const start = here.data_dir === null ? '' : ` \`${shownCommand(here, 'serve')}\` starts one.`;
  return new SluiceError('not_running', `No engine is running on ${folder.root}.${start}`);
}

/** How commands are called for this folder. */
export function commandHere(folder: DataFolder): CommandLine {
  return { call: commandLine, data_dir: isDefaultFolder(folder) ? null : folder.root };
}

/** The engine that holds the folder, or null. */
export function runningEngine(folder: DataFolder, tokenOverride = process.env.SLUICE_TOKEN): RunningEngine | null {
  const holder = lockHolder(folder);
  if (holder?.api === undefined) return null;
  const { api } = holder;
  const token = tokenOverride ?? holder.command_token ?? loadToken(folder, undefined);
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

/** The id of a trace that is named by it, or by what its program calls it. @throws SluiceError `not_found` */
export async function traceIdOf(engine: RunningEngine, name: string): Promise<string> {
  const { trace_id } = (await engine.call('GET', `/traces/${encodeURIComponent(name)}/labels`)) as { trace_id: string };
  return trace_id;
}

function answerOf(status: number, body: string): unknown {
  const answer = body === '' ? null : (JSON.parse(body) as unknown);
  if (status >= 200 && status < 300) return answer;
  const { error } = answer as { error: { code: string; message: string; details?: unknown } };
  if (error.code in errorCatalogue) throw new SluiceError(error.code as ErrorCode, error.message, error.details);
  throw new Error(error.message);
}
