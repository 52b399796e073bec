import { accessSync, chmodSync, constants, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { SluiceError } from '../../shared/errors.js';

/** Where everything of one studio lies. All paths are absolute. */
export interface DataFolder {
  root: string;
  database: string;
  journal: string;
  exports: string;
  /** Datasets with names: definitions, versions, and their data where it was given no other place. */
  datasets: string;
  /** Logs of jobs. */
  jobs: string;
  /** Reports of leak checks. */
  leakChecks: string;
  /** Runs of the oracle, a folder each. */
  oracle: string;
  /** Rubrics of your own. */
  rubrics: string;
  settings: string;
  policy: string;
  /** What is needed while something lasts; emptied at every start. */
  scratch: string;
  /** Profiles of language models; no keys. */
  models: string;
  /** Webhooks that wait to be delivered; no addresses. */
  webhooks: string;
  /** The policy that what is stored was redacted by. */
  appliedPolicy: string;
  /** Values that must never be stored, encrypted. */
  vault: string;
  key: string;
  token: string;
  /** Further tokens of the API, by their hash. */
  tokens: string;
  /** The audit log; its sealed head lies beside it. */
  audit: string;
  /** What was erased, and orders to erase. */
  receipts: string;
  /** What was lost, over all runs. */
  losses: string;
  lock: string;
}

/** The user's own data folder, by the platform's convention. */
export function defaultDataDir(): string {
  const home = homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'Sluice');
  if (process.platform === 'win32') return join(process.env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Sluice');
  return join(process.env.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'sluice');
}

/** Whether commands take it by themselves. */
export function isDefaultFolder({ root }: DataFolder): boolean {
  return root === resolve(defaultDataDir());
}

export function dataFolder(dataDir: string): DataFolder {
  const root = resolve(dataDir);
  return {
    root,
    database: join(root, 'sluice.db'),
    journal: join(root, 'journal'),
    exports: join(root, 'exports'),
    datasets: join(root, 'datasets'),
    jobs: join(root, 'jobs'),
    leakChecks: join(root, 'leak-checks'),
    oracle: join(root, 'oracle'),
    rubrics: join(root, 'rubrics'),
    settings: join(root, 'settings.json'),
    policy: join(root, 'policy.json'),
    scratch: join(root, 'scratch'),
    models: join(root, 'models.json'),
    webhooks: join(root, 'webhooks.json'),
    appliedPolicy: join(root, 'policy.applied.json'),
    vault: join(root, 'known-values.sealed'),
    key: join(root, 'key'),
    token: join(root, 'token'),
    tokens: join(root, 'tokens.json'),
    audit: join(root, 'audit.jsonl'),
    receipts: join(root, 'receipts'),
    losses: join(root, 'losses.json'),
    lock: join(root, 'lock.json'),
  };
}

/** Makes the folder for this user only. Throws data_dir_unwritable. */
export function makeDataFolder(folder: DataFolder): void {
  try {
    makeFolders(folder.root);
    accessSync(folder.root, constants.W_OK | constants.R_OK | constants.X_OK);
    if (process.platform !== 'win32') chmodSync(folder.root, 0o700);
  } catch (error) {
    throw new SluiceError(
      'data_dir_unwritable',
      `The data folder ${folder.root} cannot be used: ${(error as Error).message}.`,
      undefined,
      { cause: error },
    );
  }
}

/** Node's own `recursive` never ends where a folder is there that takes no other, such as /proc. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolders(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
