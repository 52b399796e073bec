import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { replaceFile, replaceFileSync } from '../../../src/main/ground/replace-file.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-replace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  ['replaceFile', replaceFile],
  ['replaceFileSync', async (path: string, content: string) => replaceFileSync(path, content)],
])('%s', (name, replace) => {
  const path = join(folder, name, 'state.json');
  mkdirSync(join(folder, name));

  it('puts the new content in the place of the old, for the user alone', async () => {
    writeFileSync(path, 'old', { mode: 0o644 });
    await replace(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, name))).toEqual(['state.json']);
  });

  it('leaves no draft where the place cannot be taken', async () => {
    const taken = join(folder, name, 'taken');
    mkdirSync(join(taken, 'full'), { recursive: true });
    await expect(replace(taken, 'new')).rejects.toThrow();
    expect(readdirSync(join(folder, name)).sort()).toEqual(['state.json', 'taken']);
  });

  it('writes whole files when many write at once', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000));
    await Promise.all(texts.map((text) => replace(path, text)));
    expect(texts).toContain(readFileSync(path, 'utf8'));
  });
});
