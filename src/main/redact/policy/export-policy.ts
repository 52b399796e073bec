import { createHmac, randomBytes } from 'node:crypto';
import { SluiceError } from '../../../shared/errors.js';
import { type ExportPolicy, type exportPseudonyms, hidesAsMuch } from '../../../shared/model/index.js';
import { presetOf } from '../../../shared/policy-presets.js';
import { createExportRedactor, type ExportRedactor, type ExportRedactorOptions } from '../export-redactor.js';
import { entities } from './entities.js';
import { actionFor, type PersonalEntity, personalEntities, type RedactionPolicy } from './policy.js';

/**
 * The project's policy with what an export wants to be stricter. Throws `export_policy_looser` that names the entity and
 * what the project does with it.
 */
export function exportPolicy(project: RedactionPolicy, wanted: ExportPolicy): RedactionPolicy {
  const preset = presetOf(wanted.preset ?? null);
  const actions: RedactionPolicy['actions'] = {};
  for (const entity of entities) {
    const now = actionFor(project, entity);
    const asked = wanted.actions?.[entity];
    if (asked !== undefined && !hidesAsMuch(asked, now)) {
      const message = `The project’s policy for ${entity} is ${now}; an export cannot make it ${asked}.`;
      throw new SluiceError('export_policy_looser', message, { entity, project: now, wanted: asked });
    }
    const base = asked ?? now;
    const suggested = preset?.actions[entity];
    actions[entity] = suggested !== undefined && !hidesAsMuch(base, suggested) ? suggested : base;
  }
  const personal: { [entity in PersonalEntity]?: string[] } = {};
  for (const entity of personalEntities) {
    const names = [...new Set([...(project.personal[entity] ?? []), ...(preset?.personal[entity] ?? [])])];
    if (names.length > 0) personal[entity] = names;
  }
  return { ...project, actions, personal };
}

/**
 * The redactor of one export; `fresh` makes a key for it that is nowhere kept, or the one of the dataset with a name, so that its
 * versions can be compared and built again. Throws `export_policy_looser`.
 */
export function redactorForExport(
  project: Omit<ExportRedactorOptions, 'exportKey'>,
  wanted: { policy: ExportPolicy; pseudonyms: (typeof exportPseudonyms)[number]; dataset?: string | undefined },
): ExportRedactor {
  return createExportRedactor({
    ...project,
    policy: exportPolicy(project.policy, wanted.policy),
    exportKey: wanted.pseudonyms === 'fresh' ? ownKey(project.key, wanted.dataset) : null,
  });
}

function ownKey(key: Uint8Array, dataset: string | undefined): Uint8Array {
  return dataset === undefined ? randomBytes(32) : createHmac('sha256', key).update(`dataset\0${dataset}`).digest();
}
