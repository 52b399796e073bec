import { TagsInput } from '@mantine/core';
import { personalEntities } from '../../../../../shared/policy.js';
import type { PolicyFile, RedactionPolicy } from '../../../../../shared/policy-file.js';
import { Section } from '../../../components/layout/Section.js';
import { entityTitle } from './draft.js';
import classes from './policy.module.css';
import { asName, ValueList } from './ValueList.js';

interface Props {
  file: PolicyFile;
  /** Where the file says nothing. */
  policy: RedactionPolicy;
  onChange(part: Partial<PolicyFile>): void;
}

const pattern = 'Small letters and digits; * before or after stands for any beginning or end.';

/** Names of keys, columns, parameters and headers that tell what stands under them. */
export function NameLists({ file, policy, onChange }: Props) {
  const personal = file.personal ?? policy.personal;
  const list = (field: 'keys' | 'not_keys' | 'headers' | 'not_headers', description: string) => (
    <ValueList
      names
      field={field}
      description={description}
      value={file[field] ?? policy[field]}
      onChange={(value) => onChange({ [field]: value })}
    />
  );
  return (
    <Section
      title="Names"
      text={`Keys, columns, parameters and headers whose name says what stands under them. ${pattern}`}
    >
      <details className={classes.names}>
        <summary>Secrets by name</summary>
        {list('keys', 'The value under one of these is a secret.')}
        {list('not_keys', 'Not even where one of the names above fits.')}
        {list('headers', 'Besides headers whose name has a word such as token, secret or key.')}
        {list('not_headers', 'These are left to the detectors.')}
      </details>
      <details className={classes.names}>
        <summary>Personal data by name</summary>
        {personalEntities.map((entity) => (
          <TagsInput
            key={entity}
            label={entityTitle(entity)}
            value={personal[entity] ?? []}
            onChange={(names) =>
              onChange({
                personal: { ...personal, [entity]: [...new Set(names.map(asName))].filter((each) => each !== '') },
              })
            }
            acceptValueOnBlur
          />
        ))}
      </details>
    </Section>
  );
}
