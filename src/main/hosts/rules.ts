import type { DataFolder } from '../home/folder.js';
import { deriveKeys, loadMasterKey } from '../home/keys.js';
import { readPolicyFile } from '../home/settings-file.js';
import { openVault } from '../home/vault.js';
import { createRedactor, loadPolicy, type Redactor } from '../redact/index.js';

/** A redactor by the rules of a data folder: the same value gets the same pseudonym as in captures. */
export function folderRedactor(folder: DataFolder, known: readonly string[]): Redactor {
  const keys = deriveKeys(loadMasterKey(folder));
  return createRedactor({
    policy: loadPolicy(readPolicyFile(folder) ?? {}),
    key: keys.pseudonym,
    known,
    values: openVault(folder.vault, keys.vault).values(),
  });
}
