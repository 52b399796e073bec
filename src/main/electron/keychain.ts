import { safeStorage } from 'electron';
import type { KeychainRequest } from '../hosts/utility-messages.js';
import { isRealEncryption } from './policy.js';

/** Whether this desktop's keychain keeps a secret from other programs. */
export async function hasKeychain(): Promise<boolean> {
  const available = await safeStorage.isAsyncEncryptionAvailable();
  const backend = process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : 'unknown';
  return isRealEncryption(available, process.platform, backend);
}

/** Answers the engine's request; null when the keychain refuses. */
export async function answerKeychain(request: KeychainRequest): Promise<string | Uint8Array | null> {
  try {
    if (request.action === 'seal') return await safeStorage.encryptStringAsync(request.text);
    return (await safeStorage.decryptStringAsync(Buffer.from(request.sealed))).result;
  } catch {
    return null;
  }
}
