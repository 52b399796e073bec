import { Select, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ConsentOptions, consentScopes } from '../../../../shared/model/index.js';
import { trpc } from '../../rpc/client.js';
import classes from './dataset-options.module.css';

/** What the dataset is for, and how consents count. */
export function ConsentSection({ value, onChange }: { value: ConsentOptions; onChange(value: ConsentOptions): void }) {
  const overview = useQuery(trpc.consent.overview.queryOptions());
  const set = (patch: Partial<ConsentOptions>) => onChange({ ...value, ...patch });
  const scopes = overview.data?.scope.map((scope) => scope.value) ?? [];
  const required = overview.data?.required === true;
  return (
    <div role="group" aria-label="Consent">
      <div className={classes.label}>Consent</div>
      <Select
        label="The dataset is for"
        description={
          required
            ? 'Traces without a consent for it are left out: the policy asks for one.'
            : 'The policy asks for no consent. What the provider’s terms forbid is left out of training.'
        }
        data={[...new Set([...consentScopes, ...scopes])]}
        value={value.scope}
        allowDeselect={false}
        onChange={(scope) => set({ scope: scope ?? 'training' })}
      />
      <Switch
        mt={8}
        label="Take traces that are not allowed for it too"
        description="The manifest, the dataset card and the audit log say so."
        checked={value.override}
        onChange={(event) => set({ override: event.currentTarget.checked })}
      />
      <Switch
        mt={8}
        label="Rows say what is known of their consent"
        checked={value.in_rows}
        onChange={(event) => set({ in_rows: event.currentTarget.checked })}
      />
    </div>
  );
}
