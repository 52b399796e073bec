import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Keychain } from '../../../src/main/ground/keychain.js';
import { type DataFolder, dataFolder } from '../../../src/main/home/folder.js';
import { loadMasterKey } from '../../../src/main/home/keys.js';
import { keychainKey } from '../../../src/main/hosts/sealed-key.js';

/** A keychain in memory: what it seals means nothing without it. */
function keychain(): Keychain {
  const secrets: string[] = [];
  return {
    async seal(text) {
      return Buffer.from(String(secrets.push(text) - 1));
    },
    async open(sealed) {
      const text = secrets[Number(Buffer.from(sealed))];
      if (text === undefined) throw new Error('not mine');
      return text;
    },
  };
}

let folder: DataFolder;
beforeEach(() => {
  folder = dataFolder(mkdtempSync(join(tmpdir(), 'sluice-key-')));
});
afterEach(() => rmSync(folder.root, { recursive: true, force: true }));

describe('the key of a data folder on the desktop', () => {
  it('goes to the keychain in a new folder, and comes back the same', async () => {
    const desktop = keychain();
    const key = await keychainKey(folder, desktop);
    expect(key).toHaveLength(32);
    expect(await keychainKey(folder, desktop)).toEqual(key);
    const text = readFileSync(folder.key, 'utf8');
    expect(text).not.toContain(Buffer.from(key as Uint8Array).toString('base64'));
    if (process.platform !== 'win32') expect(statSync(folder.key).mode & 0o777).toBe(0o600);
  });

  it('stays in the 0600 file where there is no real keychain', async () => {
    expect(await keychainKey(folder, null)).toBeUndefined();
    expect(loadMasterKey(folder)).toHaveLength(32);
  });

  it('of a folder that the command line made stays readable for it', async () => {
    const made = loadMasterKey(folder);
    expect(await keychainKey(folder, keychain())).toBeUndefined();
    expect(loadMasterKey(folder)).toEqual(made);
  });

  it('is never made anew when the keychain cannot open it, nor when it is missing', async () => {
    await keychainKey(folder, keychain());
    const before = readFileSync(folder.key, 'utf8');
    await expect(keychainKey(folder, keychain())).rejects.toMatchObject({ code: 'key_invalid' });
    expect(() => loadMasterKey(folder)).toThrow(/keychain/);
    expect(readFileSync(folder.key, 'utf8')).toBe(before);
  });

  it('is not made where the keychain does not take it', async () => {
    const refusing = { ...keychain(), seal: () => Promise.reject(new Error('locked')) };
    await expect(keychainKey(folder, refusing)).rejects.toMatchObject({ code: 'keychain_refused' });
    expect(existsSync(folder.key)).toBe(false);
  });
});
