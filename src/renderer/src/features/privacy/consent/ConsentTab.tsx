import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Answer } from '../../../components/layout/Answer.js';
import { Columns } from '../../../components/layout/Columns.js';
import { Scroll } from '../../../components/layout/Scroll.js';
import { Section } from '../../../components/layout/Section.js';
import { trpc } from '../../../rpc/client.js';
import { useTick } from '../../../rpc/ticks.js';
import { useCommand } from '../../../rpc/use-command.js';
import { BulkConsent } from './BulkConsent.js';
import { DefaultConsent } from './DefaultConsent.js';
import { Overview } from './Overview.js';
import { RequiredConsent } from './RequiredConsent.js';
import { RetentionForm } from './RetentionForm.js';

/** Who allowed what, and how long captures are kept. */
export function ConsentTab() {
  const queries = useQueryClient();
  const command = useCommand();
  const overview = useQuery(trpc.consent.overview.queryOptions());
  const settings = useQuery(trpc.settings.get.queryOptions());
  useTick(['traces', 'policy'], () => void queries.invalidateQueries(trpc.consent.overview.queryFilter()));
  return (
    <Scroll>
      <Columns>
        <Section title="Overview" text="Traces by what is known of the right to use them. A number opens its traces.">
          <Answer query={overview} label="Loading consents" lines={4}>
            {(data) => <Overview overview={data} />}
          </Answer>
        </Section>
        <Section title="Exports" text="What the policy asks for.">
          <Answer query={overview} label="Loading what the policy asks for" lines={2}>
            {({ required }) => <RequiredConsent required={required} />}
          </Answer>
        </Section>
        <Section
          title="New traces"
          text={`What holds for traces that bring no consent and come of no other trace. \`${command('run', '--consent')}\` says it of one run.`}
        >
          <Answer query={settings} label="Loading settings" lines={3}>
            {({ settings: { consent_default: stored } }) => (
              <DefaultConsent key={JSON.stringify(stored)} stored={stored} />
            )}
          </Answer>
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
          <Answer query={settings} label="Loading settings" lines={4}>
            {({ settings: { retention } }) => <RetentionForm key={JSON.stringify(retention)} stored={retention} />}
          </Answer>
        </Section>
      </Columns>
    </Scroll>
  );
}
