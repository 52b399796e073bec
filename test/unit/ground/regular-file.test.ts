import { execFileSync } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRegular, openRegular, readRegular } from '../../../src/main/ground/regular-file.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-regular-'));
const at = (name: string) => join(folder, name);
writeFileSync(at('text'), 'a word');

describe.skipIf(process.platform === 'win32')('a regular file', () => {
  execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', at('pipe')]);
  symlinkSync(at('text'), at('link'));

  it('is read, up to its bound', async () => {
    expect(await readRegular(at('text'), { maxBytes: 6 })).toBe('a word');
    await expect(readRegular(at('text'), { maxBytes: 5 })).rejects.toMatchObject({ code: 'EFTYPE' });
  });

  it.each(['pipe', '.', '/dev/zero'])('%s is none, and nobody waits for it', async (name) => {
    await expect(openRegular(name.startsWith('/') ? name : at(name))).rejects.toMatchObject({ code: 'EFTYPE' });
  });

  it('a link is followed only where that is asked for', async () => {
    await expect(readRegular(at('link'))).rejects.toMatchObject({ code: 'ELOOP' });
    expect(await readRegular(at('link'), { follow: true })).toBe('a word');
    expect([await isRegular(at('link')), await isRegular(at('text'))]).toEqual([false, true]);
  });
});
