import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ErrorState } from '../../../components/ErrorState.js';
import { LoadingState } from '../../../components/LoadingState.js';
import layout from '../../../components/layout/layout.module.css';
import { Section } from '../../../components/layout/Section.js';
import { trpc } from '../../../rpc/client.js';
import { useTick } from '../../../rpc/ticks.js';
import { BulkConsent } from './BulkConsent.js';
import { DefaultConsent } from './DefaultConsent.js';
import { Overview } from './Overview.js';
import { RequiredConsent } from './RequiredConsent.js';
import { RetentionForm } from './RetentionForm.js';
import classes from './tab.module.css';

/** Who allowed what, and how long captures are kept. */
export function ConsentTab() {
  const queries = useQueryClient();
  const overview = useQuery(trpc.consent.overview.queryOptions());
  const settings = useQuery(trpc.settings.get.queryOptions());
  useTick(['traces', 'policy'], () => void queries.invalidateQueries(trpc.consent.overview.queryFilter()));
  if (overview.isError) return <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />;
  if (settings.isError) return <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />;
  if (overview.isPending || settings.isPending) return <LoadingState label="Loading consents" lines={12} />;
  const { consent_default, retention } = settings.data.settings;
  return (
    <div className={layout.scroll}>
      <div className={classes.column}>
        <Section title="Overview" text="Traces by what is known of the right to use them. A number opens its traces.">
          <Overview overview={overview.data} />
        </Section>
        <Section title="Exports" text="What the policy asks for.">
          <RequiredConsent required={overview.data.required} />
        </Section>
        <Section
          title="New traces"
          text="What holds for traces that bring no consent and come of no other trace. The flag --consent of sluice run says it of one run."
        >
          <DefaultConsent key={JSON.stringify(consent_default)} stored={consent_default} />
        </Section>
        <Section
          title="Many at once"
          text="Says it of everything that a query finds, and of what those traces spawned."
        >
          <BulkConsent />
        </Section>
        <Section
          title="Retention"
          text="What is deleted by itself, at start and once a day. Exports that were written stay; so do the records of exports."
        >
          <RetentionForm key={JSON.stringify(retention)} stored={retention} />
        </Section>
      </div>
    </div>
  );
}
