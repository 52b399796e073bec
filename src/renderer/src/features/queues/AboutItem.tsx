import { useEffect, useState } from 'react';
import type { QueueItem } from '../../../../shared/model/index.js';
import { Duration } from '../../components/Duration.js';
import { Fact, Facts } from '../../components/Facts.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import type { QueueWork } from './work.js';

const passes = { first: 'First review', second: 'Second review, blind', repeat: 'Shown to you again, blind' } as const;
const states = { assigned: 'open', submitted: 'decided', skipped: 'skipped' } as const;

/** What the item is, and the time at it. */
export function AboutItem({ work, item }: { work: QueueWork; item: QueueItem }) {
  const { item_id, pass, state, reviewer, held, submitted_at, spent_ms, lease_until, disputed } = item;
  return (
    <Facts>
      <Fact name="Review">{passes[pass]}</Fact>
      <Fact name="State">
        <StatusBadge status={state} tone={state === 'submitted' ? 'green' : 'gray'} label={states[state]} />
        {held && !disputed && <span className="dim">waits for a second reviewer</span>}
      </Fact>
      <Fact name="Reviewer">{reviewer}</Fact>
      <Fact name="Time at it">
        {state === 'assigned' ? <Ticking work={work} itemId={item_id} /> : <Duration ms={spent_ms} />}
      </Fact>
      {state === 'assigned' ? (
        <Fact name="Yours until">
          <Time iso={lease_until} />
        </Fact>
      ) : (
        submitted_at !== null && (
          <Fact name="Decided">
            <Time iso={submitted_at} />
          </Fact>
        )
      )}
    </Facts>
  );
}

function Ticking({ work, itemId }: { work: QueueWork; itemId: string }) {
  const [now, setNow] = useState(() => work.clock.spent(itemId));
  useEffect(() => {
    const timer = setInterval(() => setNow(work.clock.spent(itemId)), 1000);
    return () => clearInterval(timer);
  }, [work, itemId]);
  const seconds = Math.floor(now / 1000);
  return (
    <span className="num">
      {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
    </span>
  );
}
