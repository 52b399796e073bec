import * as z from 'zod';
import { actions, entities } from '../policy.js';
import { presetIds } from '../policy-presets.js';
import { findingActions } from './decoded.js';

/** What an export treats more strictly than the project does. */
export const exportPolicySchema = z.strictObject({
  preset: z
    .enum(presetIds)
    .nullable()
    .optional()
    .describe('The stricter of this preset and the project’s policy holds'),
  actions: z
    .partialRecord(z.enum(entities), z.enum(actions))
    .optional()
    .describe('Entities treated more strictly than the project does; anything laxer is refused'),
});
export type ExportPolicy = z.infer<typeof exportPolicySchema>;

/**
 * `fresh`: pseudonyms and surrogates under a key of this export alone, which is thrown away, so that two datasets cannot
 * be joined by them. `project`: those of the project, the same in every export.
 */
export const exportPseudonyms = ['fresh', 'project'] as const;

/** What manifest.json says of the redaction of an export. */
export const exportPrivacySchema = z.object({
  pseudonyms: z.enum(exportPseudonyms),
  policy: exportPolicySchema,
  /** Values in the rows by entity and what was done with them for this export; those that stayed are not counted. */
  replaced: z.record(z.string(), z.partialRecord(z.enum(findingActions), z.int())),
  /** Rows left out for a value that must not be in exports. */
  dropped_rows: z.int(),
});
export type ExportPrivacy = z.infer<typeof exportPrivacySchema>;

/** Pseudonym and surrogate hide a value equally well. */
const ranks = { keep: 0, surrogate: 1, pseudonym: 1, mask: 2, drop: 3 } as const;

/** Whether the action hides at least as much as `than` does. */
export function hidesAsMuch(action: keyof typeof ranks, than: keyof typeof ranks): boolean {
  return ranks[action] >= ranks[than];
}
