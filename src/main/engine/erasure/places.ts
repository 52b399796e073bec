import type { DataPlace } from '../../../shared/model/index.js';
import type { DataFolder } from '../../home/folder.js';

/** What lies where in a data folder, and how it is protected there. */
export function placesIn(folder: DataFolder): Omit<DataPlace, 'bytes' | 'exists'>[] {
  return [
    {
      id: 'database',
      path: folder.database,
      holds: 'Traces, exchanges, reviews and the search index, redacted. Bodies that nobody can read are encrypted.',
      protection: 'redacted',
    },
    {
      id: 'journal',
      path: folder.journal,
      holds: 'What was captured and is not stored yet, as it was on the wire.',
      protection: 'encrypted',
    },
    {
      id: 'exports',
      path: folder.exports,
      holds: 'Datasets that were given no place of their own.',
      protection: 'redacted',
    },
    {
      id: 'datasets',
      path: folder.datasets,
      holds: 'Datasets with names: their definitions and versions, and where each row comes from.',
      protection: 'redacted',
    },
    {
      id: 'jobs',
      path: folder.jobs,
      holds: 'What jobs said while they ran, redacted.',
      protection: 'redacted',
    },
    {
      id: 'leak_checks',
      path: folder.leakChecks,
      holds: 'What leak checks of files found: where, and what stands around it. An erasure deletes them.',
      protection: 'redacted',
    },
    {
      id: 'receipts',
      path: folder.receipts,
      holds: 'What was erased when; values as keyed hashes. Orders under way are encrypted.',
      protection: 'redacted',
    },
    { id: 'vault', path: folder.vault, holds: 'Values that must never be stored.', protection: 'encrypted' },
    {
      id: 'policy',
      path: folder.policy,
      holds: 'The redaction policy, with the values it allows.',
      protection: 'plain',
    },
    {
      id: 'models',
      path: folder.models,
      holds: 'Profiles of language models. Keys only where the desktop’s keychain has sealed them.',
      protection: 'plain',
    },
    {
      id: 'audit',
      path: folder.audit,
      holds: 'Who changed, exported and erased what; no values.',
      protection: 'plain',
    },
    { id: 'losses', path: folder.losses, holds: 'How much was lost, in numbers.', protection: 'plain' },
    {
      id: 'rubrics',
      path: folder.rubrics,
      holds: 'Rubrics of your own for judges, as you wrote them.',
      protection: 'plain',
    },
    { id: 'settings', path: folder.settings, holds: 'Settings.', protection: 'plain' },
    { id: 'tokens', path: folder.tokens, holds: 'Names and hashes of API tokens.', protection: 'plain' },
    { id: 'token', path: folder.token, holds: 'The studio’s own token.', protection: 'secret' },
    {
      id: 'lock',
      path: folder.lock,
      holds: 'Which process runs here, and a token for commands of its user where it was given one of its own.',
      protection: 'secret',
    },
    {
      id: 'key',
      path: folder.key,
      holds: 'The key of everything encrypted here, and of the pseudonyms.',
      protection: 'secret',
    },
  ];
}
