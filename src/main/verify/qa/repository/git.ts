import { execFile, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { SluiceError } from '../../../../shared/errors.js';
import { unreadable } from './file-tree.js';

/** Where git looks: its own folder, and the files that were checked out of it (null: a bare clone). */
export interface GitPlace {
  gitFolder: string;
  workFolder: string | null;
}

/** As git knows it on every system. */
const devNull = '/dev/null';
const maxSeconds = 300;
const maxOutputBytes = 128 * 1024 * 1024;

/**
 * What a repository's own settings could have git run or fetch is taken out of their hands: hooks, watchers, filters, remotes, other
 * people's work folders. Only commands that read objects and the index are called.
 */
const settings = [
  'core.fsmonitor=false',
  'core.untrackedCache=false',
  `core.hooksPath=${devNull}`,
  `core.excludesFile=${devNull}`,
  `core.attributesFile=${devNull}`,
  'core.commitGraph=false',
  'core.quotePath=false',
  'protocol.allow=never',
].flatMap((setting) => ['-c', setting]);

function environment({ gitFolder, workFolder }: GitPlace): NodeJS.ProcessEnv {
  // A folder that is named is git's to read, whoever owns it; nothing of this process's own settings goes along.
  const { PATH, SystemRoot } = process.env;
  return {
    PATH,
    ...(SystemRoot === undefined ? {} : { SystemRoot }),
    GIT_DIR: gitFolder,
    ...(workFolder === null ? {} : { GIT_WORK_TREE: workFolder }),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    LC_ALL: 'C',
  };
}

/** Never the repository's folder: a program of the name `git` could lie there. */
const startedIn = dirname(process.execPath);

/** What a command of git writes. @throws `qa_git_missing`, `qa_repository_unreadable` with git's own words */
export function git(place: GitPlace, ...words: string[]): Promise<Buffer> {
  const options = {
    cwd: startedIn,
    env: environment(place),
    encoding: 'buffer',
    maxBuffer: maxOutputBytes,
    timeout: maxSeconds * 1000,
    killSignal: 'SIGKILL',
    windowsHide: true,
  } as const;
  return new Promise((resolve, reject) => {
    execFile('git', [...settings, ...words], options, (error, out, err) => {
      if (error === null) resolve(out);
      else reject(gitFailed(error, err.toString('latin1')));
    });
  });
}

/** A command of git that is asked one thing after the other. */
export function startGit(place: GitPlace, ...words: string[]) {
  return spawn('git', [...settings, ...words], {
    cwd: startedIn,
    env: environment(place),
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
}

export function gitFailed(error: Error & { code?: string | number | null }, words: string): SluiceError {
  if (error.code === 'ENOENT')
    return new SluiceError('qa_git_missing', 'There is no git on this machine.', undefined, { cause: error });
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return new SluiceError('qa_repository_too_large', 'What git tells of the repository is too much.');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const said = words.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ').trim();
  return unreadable(said === '' ? `git failed: ${error.message.slice(0, 200)}` : `git says: ${said.slice(0, 500)}`);
}
