import { TagsInput } from '@mantine/core';
import { type ListField, listTitles } from './draft.js';

interface Props {
  field: ListField;
  description: string;
  value: string[];
  /** Small letters and digits only, as names are compared. */
  names?: boolean;
  onChange(value: string[]): void;
}

/** One list of the policy, an entry a tag. */
export function ValueList({ field, description, value, names = false, onChange }: Props) {
  return (
    <TagsInput
      label={listTitles[field]}
      description={description}
      value={value}
      onChange={(next) => onChange(names ? [...new Set(next.map(asName))].filter((each) => each !== '') : next)}
      acceptValueOnBlur
      maxTags={10_000}
      placeholder={value.length === 0 ? 'Type and press Enter' : undefined}
    />
  );
}

/** A name as the policy compares it: `X-Api-Key` is `xapikey`. */
export function asName(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9*]/g, '');
}
