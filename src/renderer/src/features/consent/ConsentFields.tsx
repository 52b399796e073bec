import { Checkbox, Select, TagsInput, TextInput } from '@mantine/core';
import {
  type ConsentBasis,
  consentBases,
  consentScopes,
  type NewConsent,
  type ProviderTerms,
  providerTerms,
} from '../../../../shared/model/index.js';
import classes from './consent.module.css';
import { basisTitles, termsTitles } from './words.js';

interface Props {
  value: NewConsent;
  onChange(value: NewConsent): void;
  readOnly?: boolean;
}

const licences = ['MIT', 'Apache-2.0', 'CC-BY-4.0', 'CC-BY-SA-4.0', 'CC0-1.0', 'ODC-By-1.0', 'proprietary'];

/** Everything that can be said of the right to use a trace. */
export function ConsentFields({ value, onChange, readOnly = false }: Props) {
  const set = (patch: Partial<NewConsent>) => onChange({ ...value, ...patch });
  const day = value.given_at?.slice(0, 10) ?? '';
  return (
    <div className={classes.fields}>
      <Select
        label="Basis"
        description="On what ground it may be used. Without one nothing is allowed."
        data={consentBases.map((basis) => ({ value: basis, label: basisTitles[basis] }))}
        value={value.basis}
        allowDeselect={false}
        disabled={readOnly}
        onChange={(basis) => set({ basis: (basis ?? 'unknown') as ConsentBasis })}
      />
      <TagsInput
        label="May be used for"
        description="Nothing named: for nothing, as after a withdrawal."
        data={[...consentScopes]}
        value={value.scope}
        maxTags={32}
        splitChars={[',', ' ']}
        acceptValueOnBlur
        disabled={readOnly}
        onChange={(scope) => set({ scope: scope.map(asWord).filter((word) => word !== '') })}
      />
      <TextInput
        label="Who it is about"
        description="Stored as a pseudonym: the same name gives the same one."
        maxLength={500}
        value={value.subject ?? ''}
        disabled={readOnly}
        onChange={(event) => set({ subject: event.currentTarget.value || null })}
      />
      <Checkbox
        label="Store it as it is written, but for what the policy replaces"
        checked={value.keep_subject}
        disabled={readOnly}
        onChange={(event) => set({ keep_subject: event.currentTarget.checked })}
      />
      <TextInput
        label="Given on"
        type="date"
        value={day}
        disabled={readOnly}
        onChange={(event) => {
          const date = event.currentTarget.value;
          set({ given_at: date === '' ? null : `${date}T00:00:00.000Z` });
        }}
      />
      <TextInput
        label="Licence"
        description="An SPDX id, or words."
        list="consent-licences"
        maxLength={500}
        value={value.licence ?? ''}
        disabled={readOnly}
        onChange={(event) => set({ licence: event.currentTarget.value || null })}
      />
      <datalist id="consent-licences">
        {licences.map((licence) => (
          <option key={licence} value={licence} />
        ))}
      </datalist>
      <Select
        label="Terms of the model’s provider"
        description="Whether its outputs may be used to train. Where they forbid it, exports for training leave the trace out."
        data={providerTerms.map((terms) => ({ value: terms, label: termsTitles[terms] }))}
        value={value.provider_terms}
        allowDeselect={false}
        disabled={readOnly}
        onChange={(terms) => set({ provider_terms: (terms ?? 'unknown') as ProviderTerms })}
      />
      <TextInput
        label="Note on the terms"
        maxLength={2000}
        value={value.provider_terms_note ?? ''}
        disabled={readOnly}
        onChange={(event) => set({ provider_terms_note: event.currentTarget.value || null })}
      />
    </div>
  );
}

/** A use as the engine takes it: `Model Training` becomes `model-training`. */
function asWord(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 64);
}
