import {
  type Action,
  actionFor,
  actionList,
  type Entity,
  entityList,
  type PersonalEntity,
} from '../../../../../shared/policy.js';
import type { PolicyFile, RedactionPolicy } from '../../../../../shared/policy-file.js';
import { presetOf } from '../../../../../shared/policy-presets.js';

/** What is done with an entity where the file says nothing: the preset's action, else the default. */
export function inheritedAction(file: PolicyFile, entity: Entity): Action {
  return actionFor({ actions: presetOf(file.preset ?? null)?.actions ?? {} }, entity);
}

/** Whether it is the preset that says so. */
export function fromPreset(file: PolicyFile, entity: Entity): boolean {
  return presetOf(file.preset ?? null)?.actions[entity] !== undefined;
}

/** The file with another action for an entity; null for what preset and defaults say. */
export function withAction(file: PolicyFile, entity: Entity, action: Action | null): PolicyFile {
  const { [entity]: _before, ...others } = file.actions ?? {};
  return { ...file, actions: action === null ? others : { ...others, [entity]: action } };
}

export function actionTitle(action: Action): string {
  return actionList.find((each) => each.action === action)?.title ?? action;
}

export function entityTitle(entity: string): string {
  return entityList.find((each) => each.entity === entity)?.title ?? entity;
}

/** The entity's example as it would be stored. */
export function exampleOf(entity: (typeof entityList)[number], action: Action): string {
  switch (action) {
    case 'keep':
      return entity.example;
    case 'surrogate':
      return entity.surrogate ?? `<${entity.entity}_7f3a9c21>`;
    case 'pseudonym':
      return `<${entity.entity}_7f3a9c21>`;
    case 'mask':
    case 'drop':
      return `<${entity.entity}_MASKED>`;
  }
}

const listFields = ['allow', 'allow_pseudonyms', 'keys', 'not_keys', 'headers', 'not_headers'] as const;
export type ListField = (typeof listFields)[number];

export const listTitles: Record<ListField, string> = {
  allow: 'Allowed values',
  allow_pseudonyms: 'Allowed by pseudonym',
  keys: 'Names of secrets',
  not_keys: 'Names that only sound secret',
  headers: 'Secret headers',
  not_headers: 'Headers that only sound secret',
};

/** One line of the summary before saving. */
export interface ChangeLine {
  field: string;
  label: string;
  text: string;
}

/** What a change means, in words, by the names that the engine gives the changed fields. */
export function changeLines(before: RedactionPolicy, after: RedactionPolicy, changed: readonly string[]): ChangeLine[] {
  return changed.map((field) => {
    const [area, name] = field.split('.', 2) as [string, string | undefined];
    if (area === 'preset') {
      return { field, label: 'Preset', text: `${presetTitle(before)} → ${presetTitle(after)}` };
    }
    if (area === 'actions') {
      const [was, is] = [actionFor(before, name as Entity), actionFor(after, name as Entity)];
      return { field, label: entityTitle(name as string), text: `${actionTitle(was)} → ${actionTitle(is)}` };
    }
    if (area === 'personal') {
      const entity = name as PersonalEntity;
      const label = `Names of: ${entityTitle(entity)}`;
      return { field, label, text: difference(before.personal[entity] ?? [], after.personal[entity] ?? []) };
    }
    if (area === 'consent') {
      const word = (required: boolean) => (required ? 'required' : 'not required');
      const text = `${word(before.consent.required)} → ${word(after.consent.required)}`;
      return { field, label: 'Consent for exports', text };
    }
    const list = field as ListField;
    return { field, label: listTitles[list] ?? field, text: difference(before[list], after[list]) };
  });
}

function presetTitle({ preset }: RedactionPolicy): string {
  return presetOf(preset)?.title ?? 'none';
}

function difference(before: readonly string[], after: readonly string[]): string {
  const added = after.filter((each) => !before.includes(each)).length;
  const removed = before.filter((each) => !after.includes(each)).length;
  return [added > 0 && `${added} added`, removed > 0 && `${removed} removed`].filter(Boolean).join(', ');
}
