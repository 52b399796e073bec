import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { KnownValue } from '../../shared/policy-file.js';
import type { DataFolder } from '../home/folder.js';
import { deriveKeys, loadMasterKey, loadToken } from '../home/keys.js';
import { knownSecrets } from '../home/known-values.js';
import { readPolicyFile } from '../home/settings-file.js';
import { openVault } from '../home/vault.js';
import { defaultPolicy, loadPolicy, type RedactionPolicy } from '../redact/index.js';

export interface ExportRules {
  /** Exact values that no export may hold: secrets of this machine, and those in `values`. */
  knownValues: string[];
  secrets: string[];
  /** What the data folder keeps of values that must never be stored. */
  values: KnownValue[];
  policy: RedactionPolicy;
  pseudonymKey: Uint8Array;
}

/**
 * What a command that works without the engine holds an export against: the values known on this machine and in the data
 * folder, and what its policy keeps. Where there is no data folder yet none is made: the default policy, any key.
 */
export function exportRules(folder: DataFolder): ExportRules {
  const token = process.env.SLUICE_TOKEN ?? (existsSync(folder.token) ? loadToken(folder, undefined) : null);
  const here = knownSecrets(process.env, token === null ? [] : [token]);
  if (!existsSync(folder.key)) {
    return { knownValues: here, secrets: here, values: [], policy: defaultPolicy, pseudonymKey: randomBytes(32) };
  }
  const keys = deriveKeys(loadMasterKey(folder));
  const json = readPolicyFile(folder);
  const values = openVault(folder.vault, keys.vault).values();
  return {
    knownValues: [...here, ...values.map(({ value }) => value)],
    secrets: here,
    values,
    policy: json === undefined ? defaultPolicy : loadPolicy(json),
    pseudonymKey: keys.pseudonym,
  };
}
