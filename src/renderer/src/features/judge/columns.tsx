import type { Judgement } from '../../../../shared/model/index.js';
import { Cost } from '../../components/Cost.js';
import { Missing } from '../../components/Missing.js';
import { RedactedText } from '../../components/RedactedText.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import type { Column } from '../../components/VirtualTable.js';
import { onScale } from './words.js';

/** A judgement’s score; never a zero where there is none. */
export function JudgementScore({ judgement }: { judgement: Judgement }) {
  const { score, scale, unscored_reason } = judgement;
  if (score === null)
    return <StatusBadge status="unscored" tone="amber" label="unscored" title={unscored_reason ?? undefined} />;
  return <span className="num">{onScale(score, scale)}</span>;
}

export const judgementColumns: Column<Judgement>[] = [
  { id: 'score', header: 'Score', width: '92px', render: (judgement) => <JudgementScore judgement={judgement} /> },
  {
    id: 'verdict',
    header: 'Verdict',
    width: '90px',
    render: ({ verdict }) => (verdict === null ? <Missing label="none" /> : <StatusBadge status={verdict} quiet />),
  },
  {
    id: 'rubric',
    header: 'Rubric',
    width: '130px',
    render: ({ rubric, version }) => <span className="ellipsis">{`${rubric} ${version}`}</span>,
  },
  {
    id: 'profile',
    header: 'Judge',
    width: '120px',
    minTableWidth: 560,
    render: ({ profile, model }) => (
      <span className="ellipsis" title={model}>
        {profile}
      </span>
    ),
  },
  {
    id: 'feedback',
    header: 'Feedback',
    width: 'minmax(120px, 1fr)',
    minTableWidth: 640,
    render: ({ feedback, unscored_reason }) => (
      <span className="ellipsis">
        <RedactedText text={unscored_reason ?? feedback} />
      </span>
    ),
  },
  {
    id: 'cost',
    header: 'Cost',
    width: '70px',
    align: 'right',
    minTableWidth: 480,
    render: ({ cost_usd }) => <Cost usd={cost_usd} />,
  },
  {
    id: 'judged',
    header: 'Judged',
    width: '104px',
    minTableWidth: 440,
    render: ({ created_at }) => <Time iso={created_at} />,
  },
];
