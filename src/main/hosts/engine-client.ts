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
      const text = await response.text();
      const answer = text === '' ? null : (JSON.parse(text) as unknown);
      if (response.ok) return answer;
      const { error } = answer as { error: { code: string; message: string; details?: unknown } };
      if (error.code in errorCatalogue) throw new SluiceError(error.code as ErrorCode, error.message, error.details);
      throw new Error(error.message);
    },
  };
}
