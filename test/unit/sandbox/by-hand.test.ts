import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandByHand } from '../../../src/main/sandbox/by-hand.js';

const limits = {
  memory_bytes: 2 ** 30,
  cpus: 2,
  pids: 64,
  work_bytes: 2 ** 30,
  tmp_bytes: 2 ** 30,
  seconds: 60,
  output_bytes: 1024,
};
const request = { image: 'python', workdir: '/work/repo', env: {}, runtime: null, limits };
const line = commandByHand(request, ['pytest', "-k it's $HOME `id`"], false);

describe.skipIf(process.platform === 'win32')('the line that does it by hand', () => {
  const above = mkdtempSync(join(tmpdir(), 'sluice-by-hand-'));
  const folder = join(above, 'repository');
  beforeAll(() => {
    mkdirSync(folder);
    writeFileSync(join(above, 'outside'), '');
  });
  afterAll(() => rmSync(above, { recursive: true, force: true }));

  const inShell = (command: string) => execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });

  it('copies what lies in the folder, whatever its files are called, and nothing else', () => {
    const names = ['-C..', 'a\n..\nb', 'a\n-C..\noutside', 'a\n--checkpoint=1', '.hidden', "it's"];
    for (const name of names) writeFileSync(join(folder, name), '');
    const copy = line.slice(0, line.indexOf(' | docker run'));
    const copied = inShell(`${copy} | tar -t --quoting-style=escape`).trim().split('\n');
    expect(copied.sort()).toEqual(names.map((name) => `./${name.replaceAll('\n', '\\n')}`).sort());
  });

  it('gives each word as it is', () => {
    const said = inShell(line.replace(/^.* \| docker run/, 'printf "%s\\n"'))
      .trim()
      .split('\n');
    expect(said.slice(-3)).toEqual(['60', 'pytest', "-k it's $HOME `id`"]);
  });
});
