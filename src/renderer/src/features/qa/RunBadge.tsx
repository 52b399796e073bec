import type { QaRunSummary, QaVerdict } from '../../../../shared/model/index.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { stateWords, verdictWords } from './words.js';

/** What a run came to, or how far it is. */
export function RunBadge({ run, quiet }: { run: Pick<QaRunSummary, 'state' | 'verdict' | 'reason'>; quiet?: boolean }) {
  const { state, verdict, reason } = run;
  if (verdict !== null) return <VerdictBadge verdict={verdict} {...(quiet && { quiet })} />;
  return (
    <StatusBadge
      status={state}
      label={stateWords[state]}
      {...(state === 'failed' && { tone: 'amber' as const })}
      title={reason ?? undefined}
    />
  );
}

export function VerdictBadge({ verdict, quiet = false }: { verdict: QaVerdict; quiet?: boolean }) {
  const { label, tone, title } = verdictWords[verdict];
  return <StatusBadge status={verdict} label={label} tone={tone} title={title} quiet={quiet} />;
}
