import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { SluiceError } from '../../shared/errors.js';
import type { Keychain } from '../ground/keychain.js';
import type { DataFolder } from '../home/folder.js';
import { sealedKeyPrefix } from '../home/keys.js';

/**
 * The folder's master key (32 bytes) where the keychain holds it; undefined where the engine keeps it in its 0600 file.
 * A new folder's key goes to the keychain. An existing plain key stays as it is: sealing it would lock out the command
 * line that made it. Throws keychain_refused when the keychain does not take a
 * new key, key_invalid when it does not open the one there is.
 */
export async function keychainKey(folder: DataFolder, keychain: Keychain | null): Promise<Uint8Array | undefined> {
  if (!keychain) return undefined;
  if (!existsSync(folder.key)) await makeSealedKey(folder.key, keychain);
  const text = readFileSync(folder.key, 'utf8').trim();
  if (!text.startsWith(sealedKeyPrefix)) return undefined;
  const key = await openSealed(text, keychain);
  if (key?.length === 32) return key;
  throw new SluiceError(
    'key_invalid',
    `The keychain could not open the key ${folder.key}; was it made by another user?`,
  );
}

async function openSealed(text: string, keychain: Keychain): Promise<Buffer | null> {
  try {
    return Buffer.from(await keychain.open(Buffer.from(text.slice(sealedKeyPrefix.length), 'base64')), 'base64');
  } catch {
    // The reason is the platform's own text and says nothing that helps.
    return null;
  }
}

async function makeSealedKey(path: string, keychain: Keychain): Promise<void> {
  const sealed = await keychain.seal(randomBytes(32).toString('base64')).catch((cause) => {
    throw new SluiceError('keychain_refused', 'The keychain did not take the key of this data folder.', undefined, {
      cause,
    });
  });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${sealedKeyPrefix}${Buffer.from(sealed).toString('base64')}\n`, { mode: 0o600, flush: true });
  try {
    // A link never replaces: if an engine has made a key meanwhile, that one holds.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
