import type * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import { entities, type PersonalEntity, personalEntities } from '../../../shared/policy.js';
import { type PolicyFile, policyFileSchema, policyVersion, type RedactionPolicy } from '../../../shared/policy-file.js';
import { type PresetId, policyPresets, presetOf } from '../../../shared/policy-presets.js';
import {
  defaultAllow,
  defaultHeaders,
  defaultKeys,
  defaultNotHeaders,
  defaultNotKeys,
  defaultPersonal,
} from './default-names.js';

export { type Action, actionFor, type PersonalEntity, personalEntities } from '../../../shared/policy.js';
export type { PolicyFile, RedactionPolicy } from '../../../shared/policy-file.js';

/** Steps from each older version of the file to the next. */
const migrations: { [from: number]: (file: Record<string, unknown>) => Record<string, unknown> } = {
  // Version 2 only adds fields; what version 1 had under `deny` is moved by whoever keeps the known values.
  1: (file) => ({ ...file, version: 2 }),
};

/** What holds where a file says nothing: the defaults, with what the preset sets over them. */
export function policyDefaults(preset: PresetId | null): RedactionPolicy {
  const chosen = presetOf(preset);
  return {
    version: policyVersion,
    preset,
    actions: { ...chosen?.actions },
    allow: [...defaultAllow],
    allow_pseudonyms: [],
    deny: [],
    headers: [...defaultHeaders],
    not_headers: [...defaultNotHeaders],
    keys: [...defaultKeys],
    not_keys: [...defaultNotKeys],
    personal: withNames(defaultPersonal, chosen?.personal),
    consent: { required: chosen?.consent_required ?? false },
  };
}

/**
 * The policy that a file describes. What the user sets himself wins over preset and defaults; the names that a preset
 * adds come on top of his own.
 */
export function resolvePolicy(file: PolicyFile): RedactionPolicy {
  const preset = file.preset ?? null;
  const base = policyDefaults(preset);
  return {
    ...base,
    ...definedFields(file),
    actions: { ...base.actions, ...file.actions },
    personal: file.personal === undefined ? base.personal : withNames(file.personal, presetOf(preset)?.personal),
    consent: { ...base.consent, ...definedFields(file.consent ?? {}) },
  };
}

/** Names by entity with others added to them, each once. */
function withNames(
  names: { readonly [entity in PersonalEntity]?: readonly string[] | undefined },
  more: { readonly [entity in PersonalEntity]?: readonly string[] } | undefined,
): RedactionPolicy['personal'] {
  const all: RedactionPolicy['personal'] = {};
  for (const entity of personalEntities) {
    const both = [...new Set([...(names[entity] ?? []), ...(more?.[entity] ?? [])])];
    if (both.length > 0) all[entity] = both;
  }
  return all;
}

/**
 * A policy file's content in its present form, older versions migrated. Throws SluiceError `policy_invalid` that names
 * the field.
 */
export function parsePolicyFile(json: unknown): PolicyFile {
  let content = json;
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
    let file = content as Record<string, unknown>;
    // A file that somebody wrote by hand and that names no version is of the present one.
    if (file.version === undefined) file = { ...file, version: policyVersion };
    if (typeof file.version === 'number' && file.version > policyVersion) {
      const message = `this version of Sluice reads files up to version ${policyVersion}`;
      throw new SluiceError('policy_invalid', `Redaction policy: version: ${message}`, { field: 'version' });
    }
    for (;;) {
      const step = typeof file.version === 'number' ? migrations[file.version] : undefined;
      if (step === undefined) break;
      file = step(file);
    }
    content = file;
  }
  const result = policyFileSchema.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = fieldOf(issue);
  throw new SluiceError('policy_invalid', `Redaction policy: ${field}: ${issue?.message ?? 'invalid'}`, { field });
}

/** The policy of a file's content, see `parsePolicyFile` and `resolvePolicy`. */
export function loadPolicy(json: unknown): RedactionPolicy {
  return resolvePolicy(parsePolicyFile(json));
}

export const defaultPolicy: RedactionPolicy = policyDefaults(null);

/** What holds where nobody can say what should: all that can be found is masked, under every name that a preset knows. */
export const strictestPolicy: RedactionPolicy = {
  ...defaultPolicy,
  actions: Object.fromEntries(entities.map((entity) => [entity, 'mask'])),
  allow: [],
  personal: policyPresets.reduce((names, { personal }) => withNames(names, personal), defaultPolicy.personal),
  consent: { required: true },
};

/** The file without what it repeats of its preset and the defaults, so that later defaults hold for it. */
export function sparsePolicyFile(file: PolicyFile): PolicyFile {
  const preset = file.preset ?? null;
  const base = resolvePolicy({ version: policyVersion, preset });
  const own = Object.entries(definedFields(file)).filter(([field, value]) =>
    field === 'preset' ? value !== null : field !== 'version' && !same(value, base[field as keyof RedactionPolicy]),
  );
  return { version: policyVersion, ...Object.fromEntries(own) };
}

/** Where in the file the complaint points to; an unknown field is named itself. */
function fieldOf(issue: z.core.$ZodIssue | undefined): string {
  const path = [...(issue?.path ?? [])];
  if (issue?.code === 'unrecognized_keys' && issue.keys[0] !== undefined) path.push(issue.keys[0]);
  return path.join('.') || 'the file';
}

/** The fields that have a value: an absent one must not hide the default. */
function definedFields<T extends object>(file: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(file).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
