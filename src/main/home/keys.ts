import { hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { SluiceError } from '../../shared/errors.js';
import { replaceFileSync } from '../ground/replace-file.js';
import type { DataFolder } from './folder.js';

/** Keys for one purpose each, derived from the folder's master key; 32 bytes. */
export interface Keys {
  journal: Uint8Array;
  pseudonym: Uint8Array;
  seal: Uint8Array;
  audit: Uint8Array;
  /** Of the values that must never be stored. */
  vault: Uint8Array;
  /** Signs webhooks. */
  webhooks: Uint8Array;
}

const prefix = 'sluice-key-1:';
/** The key file of a folder whose key only this user's desktop keychain can open; base64 follows. */
export const sealedKeyPrefix = 'sluice-key-sealed-1:';

/** Reads or makes the folder's token (43 characters base64url), file 0600. `tokenOverride` wins and is not written. */
export function loadToken(folder: DataFolder, tokenOverride: string | undefined): string {
  if (tokenOverride !== undefined) return tokenOverride;
  return readOrMake(folder.token, () => randomBytes(32).toString('base64url')).trim();
}

/** Reads or makes the master key (32 bytes), file 0600. Throws key_invalid. */
export function loadMasterKey(folder: DataFolder): Uint8Array {
  const text = readOrMake(folder.key, () => `${prefix}${randomBytes(32).toString('base64')}\n`).trim();
  if (text.startsWith(sealedKeyPrefix)) {
    const message = `The key ${folder.key} is kept by the desktop's keychain; only the studio's window can open it.`;
    throw new SluiceError('key_invalid', `${message} Start the studio in its window, or use another --data-dir.`);
  }
  const key = text.startsWith(prefix) ? Buffer.from(text.slice(prefix.length), 'base64') : Buffer.alloc(0);
  if (key.length !== 32) throw new SluiceError('key_invalid', `The key file ${folder.key} cannot be read.`);
  return key;
}

export function deriveKeys(master: Uint8Array): Keys {
  const derive = (purpose: string) =>
    new Uint8Array(hkdfSync('sha256', master, new Uint8Array(0), `sluice ${purpose} 1`, 32));
  return {
    journal: derive('journal'),
    pseudonym: derive('pseudonym'),
    seal: derive('seal'),
    audit: derive('audit'),
    vault: derive('vault'),
    webhooks: derive('webhooks'),
  };
}

function readOrMake(path: string, make: () => string): string {
  if (!existsSync(path)) replaceFileSync(path, make());
  chmodSync(path, 0o600);
  return readFileSync(path, 'utf8');
}
