import { createHmac } from 'node:crypto';
import type { FindingAction, Json } from '../../shared/model/index.js';
import type { Action } from '../../shared/policy.js';
import type { KnownValue } from '../../shared/policy-file.js';
import { detectors } from './detectors/index.js';
import { inventedAddressDetectors } from './detectors/invented-addresses.js';
import { createPseudonyms } from './keys/pseudonyms.js';
import { type Entity, entities, mask } from './policy/entities.js';
import { actionFor, type RedactionPolicy } from './policy/policy.js';
import { createTextRedactor } from './redactor.js';
import type { Replacement, Replacements } from './replace/replacements.js';
import { createSurrogates } from './replace/surrogates/index.js';
import { applyEdits, type Edit } from './scan/edits.js';

/** Something that was replaced for an export, or has to keep its row out. */
export interface Replaced {
  entity: Entity;
  action: FindingAction;
}

/** Redacts once more what is stored redacted, for one export. */
export interface ExportRedactor {
  /** Text, or JSON in text, which stays valid. */
  text(text: string): { value: string; replaced: Replaced[] };
  json(value: Json): { value: Json; replaced: Replaced[] };
  /** Whether a value was invented by us, under the project's key or the export's: no leak. */
  isInvented(entity: string, value: string): boolean;
  /** What is done with each kind of value. */
  actions: { [entity: string]: Action };
}

export interface ExportRedactorOptions {
  /** The project's policy, or a stricter one. */
  policy: RedactionPolicy;
  /** The project's key. */
  key: Uint8Array;
  /** Key of this export alone, so that what it holds cannot be joined with another; null: the project's names stay. */
  exportKey: Uint8Array | null;
  secrets: readonly string[];
  values: readonly KnownValue[];
}

/**
 * What was stored before the policy became as strict is found and replaced; placeholders and surrogates of the project
 * become those of the export. A value has one name in an export, wherever it stands and whether it was stored in the
 * clear or as a pseudonym. Not found again, and so kept as they are: surrogates that no detector knows out of the place
 * where they were put in.
 */
export function createExportRedactor({
  policy,
  key,
  exportKey,
  secrets,
  values,
}: ExportRedactorOptions): ExportRedactor {
  const replacements = exportReplacements(policy, key, exportKey);
  const renamed = exportKey === null ? [] : inventedAddressDetectors;
  const options = { policy, secrets, values, detectors: [...detectors, ...renamed] };
  // What a failing detector saw is replaced whole; the gate has said so when it was stored.
  const { json } = createTextRedactor(options, replacements, () => undefined);
  const project = createSurrogates(key);
  const own = createSurrogates(exportKey ?? key);
  return {
    actions: Object.fromEntries(entities.map((entity) => [entity, actionFor(policy, entity)])),
    text(text) {
      const edits = json.text(text);
      return { value: applyEdits(text, edits), replaced: edits.flatMap(replacedBy) };
    },
    json(value) {
      const text = JSON.stringify(value);
      const replaced: Replaced[] = [];
      const { edits } = json.document(text, 0, '', (_, found) => replaced.push(...found.flatMap(replacedBy)));
      return { value: edits.length === 0 ? value : (JSON.parse(applyEdits(text, edits)) as Json), replaced };
    },
    isInvented: (entity, value) => own.isOurs(entity as Entity, value) || project.isOurs(entity as Entity, value),
  };
}

function replacedBy({ found }: Edit): Replaced[] {
  return found === null ? [] : [{ entity: found.entity, action: found.action }];
}

function exportReplacements(policy: RedactionPolicy, key: Uint8Array, exportKey: Uint8Array | null): Replacements {
  const pseudonym = createPseudonyms(key);
  const surrogates = createSurrogates(exportKey ?? key);

  function named(entity: Entity, mark: string): string {
    if (exportKey === null) return `<${entity}_${mark}>`;
    const renamed = createHmac('sha256', exportKey).update(`export\0${entity}\0${mark}`).digest('hex');
    return `<${entity}_${renamed.slice(0, 8)}>`;
  }
  const markOf = (entity: Entity, value: string) => pseudonym(entity, value).slice(entity.length + 2, -1);

  return {
    // The allow list names values by the project's pseudonyms.
    pseudonym,
    of(entity, value): Replacement {
      const action = actionFor(policy, entity);
      if (action === 'mask' || action === 'drop') return { text: mask(entity), action };
      const surrogate = action === 'surrogate' ? surrogates.make(entity, value) : null;
      return surrogate === null
        ? { text: named(entity, markOf(entity, value)), action: 'pseudonym' }
        : { text: surrogate, action: 'surrogate' };
    },
    named: (entity, value) => named(entity, markOf(entity, value)),
    stays: (entity, value) => actionFor(policy, entity) === 'surrogate' && surrogates.isOurs(entity, value),
    ofPlaceholder(entity, mark) {
      const action = actionFor(policy, entity);
      // The same text again: it says that its row must go.
      if (mark === 'MASKED') return action === 'drop' ? { text: mask(entity), action } : null;
      if (action === 'mask' || action === 'drop') return { text: mask(entity), action };
      const surrogate = action === 'surrogate' ? surrogates.ofPseudonym(entity, mark) : null;
      if (surrogate !== null) return { text: surrogate, action: 'surrogate' };
      return exportKey === null ? null : { text: named(entity, mark), action: 'pseudonym' };
    },
  };
}
