import { IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { allowedBy } from '../../../../shared/model/index.js';
import { LinkButton } from '../../components/LinkButton.js';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';
import { ConsentDialog } from './ConsentDialog.js';
import { inShort } from './words.js';

/** What is known of the right to use a trace; opens where it is said. */
export function ConsentFact({ traceId }: { traceId: string }) {
  const queries = useQueryClient();
  const state = useQuery(trpc.consent.get.queryOptions({ trace_id: traceId }));
  const [opened, setOpened] = useState(false);
  useTick('traces', () => void queries.invalidateQueries(trpc.consent.get.queryFilter({ trace_id: traceId })));
  if (!state.data) return <span className="dim">–</span>;
  const { consent } = state.data;
  const allowed = allowedBy(consent).length > 0 && consent?.provider_terms !== 'restricted';
  const Picture = allowed ? IconShieldCheck : IconShieldX;
  return (
    <>
      <LinkButton
        tone={consent?.provider_terms === 'restricted' ? 'red' : undefined}
        onClick={() => setOpened(true)}
        aria-label={`Consent: ${inShort(consent)}`}
      >
        <Picture size={13} aria-hidden />
        <span className="ellipsis">{inShort(consent)}</span>
      </LinkButton>
      <ConsentDialog state={state.data} opened={opened} onClose={() => setOpened(false)} />
    </>
  );
}
