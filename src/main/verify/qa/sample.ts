import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SluiceError } from '../../../shared/errors.js';

const run = promisify(execFile);

export interface SampleRepository {
  path: string;
  commit_before: string;
  commit_after: string;
  test_command: string[];
  framework: string;
}

/** Both commits are the same everywhere: nothing of whoever makes them is in them. */
const author = {
  GIT_AUTHOR_NAME: 'Sluice',
  GIT_AUTHOR_EMAIL: 'sample@sluice.invalid',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'Sluice',
  GIT_COMMITTER_EMAIL: 'sample@sluice.invalid',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

/** Copies a folder file by file: one inside of an application's archive can be read, but knows neither `cp` nor `opendir`. */
async function layOut(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await layOut(source, target);
    else await writeFile(target, await readFile(source));
  }
}

/**
 * The sample among the resources as a repository of git: a small Python package with a fault, then with its fix. Its tests need bare
 * Python alone.
 * @param resources folder of the resources
 * @param folder an empty folder that it is made in
 * @throws SluiceError `qa_git_missing`
 */
export async function makeSampleRepository(resources: string, folder: string): Promise<SampleRepository> {
  const git = async (...words: string[]) => {
    const settings = ['-c', 'core.autocrlf=false', '-c', 'commit.gpgSign=false', '-c', 'core.hooksPath=/dev/null'];
    // Nothing of this process's own: as a hook of git it would have the folder of another repository in it.
    const { PATH, SystemRoot } = process.env;
    const env = { PATH, ...(SystemRoot === undefined ? {} : { SystemRoot }), ...author };
    const { stdout } = await run('git', ['-C', folder, ...settings, ...words], { env });
    return stdout.trim();
  };
  const commit = async (state: 'base' | 'fix', message: string) => {
    await layOut(join(resources, 'sample-repository', state), folder);
    await git('add', '--all');
    await git('commit', '--quiet', '--message', message);
    return git('rev-parse', 'HEAD');
  };
  await mkdir(folder, { recursive: true });
  await git('init', '--quiet', '--initial-branch=main').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new SluiceError('qa_git_missing', 'There is no git.') : error;
  });
  return {
    path: folder,
    commit_before: await commit('base', 'Intervals that overlap are merged'),
    commit_after: await commit('fix', 'An interval within another one does not shorten it'),
    test_command: ['python3', '-m', 'unittest', 'discover'],
    framework: 'unittest',
  };
}
