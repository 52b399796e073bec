import type { DataFolder } from '../home/folder.js';
import { deriveKeys, loadMasterKey } from '../home/keys.js';
import { readPolicyFile } from '../home/settings-file.js';
import { openVault } from '../home/vault.js';
import { actionFor, createRedactor, entities, loadPolicy, type Redactor } from '../redact/index.js';

/** A redactor by the rules of a data folder: the same value gets the same pseudonym as in captures. */
export function folderRedactor(folder: DataFolder, secrets: readonly string[]): Redactor {
  const { policy, ...rest } = folderRules(folder, secrets);
  return createRedactor({ policy, ...rest });
}

export interface Finder {
  redactor: Redactor;
  /** Finds what the policy keeps as well. */
  all: Redactor;
  keeps(entity: string): boolean;
}

/** The same, and beside it one that also finds what the policy keeps. */
export function folderFinder(folder: DataFolder, secrets: readonly string[]): Finder {
  const { policy, ...rest } = folderRules(folder, secrets);
  const kept = entities.filter((entity) => actionFor(policy, entity) === 'keep');
  const actions = { ...policy.actions, ...Object.fromEntries(kept.map((entity) => [entity, 'pseudonym'])) };
  const names = new Set<string>(kept);
  return {
    redactor: createRedactor({ policy, ...rest }),
    all: createRedactor({ policy: { ...policy, actions }, ...rest }),
    keeps: (entity) => names.has(entity),
  };
}

function folderRules(folder: DataFolder, secrets: readonly string[]) {
  const keys = deriveKeys(loadMasterKey(folder));
  return {
    policy: loadPolicy(readPolicyFile(folder) ?? {}),
    key: keys.pseudonym,
    secrets,
    values: openVault(folder.vault, keys.vault).values(),
  };
}
