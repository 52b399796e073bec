import type { QaRunSummary } from '../../../../shared/model/index.js';
import { Duration } from '../../components/Duration.js';
import { Missing } from '../../components/Missing.js';
import { RedactedText } from '../../components/RedactedText.js';
import { Time } from '../../components/Time.js';
import type { Column } from '../../components/VirtualTable.js';
import { RunBadge, VerdictBadge } from './RunBadge.js';
import { commitText } from './words.js';

export const runColumns: Column<QaRunSummary>[] = [
  { id: 'verdict', header: 'Verdict', width: '124px', render: (run) => <RunBadge run={run} /> },
  {
    id: 'restored',
    header: 'Tests of before',
    width: '124px',
    minTableWidth: 760,
    hint: 'The verdict with the tests as they were before the change edited them',
    render: ({ restored_verdict }) =>
      restored_verdict === null ? <Missing label="none" /> : <VerdictBadge verdict={restored_verdict} quiet />,
  },
  {
    id: 'repository',
    header: 'Repository',
    width: 'minmax(120px, 220px)',
    render: ({ repository }) =>
      repository === null ? (
        <Missing label="not known" />
      ) : (
        <span className="ellipsis" title={`${repository.name} at ${commitText(repository.commit_after)}`}>
          <RedactedText text={repository.name.replace(/^https?:\/\//, '')} />
        </span>
      ),
  },
  {
    id: 'framework',
    header: 'Framework',
    width: '90px',
    minTableWidth: 640,
    render: ({ framework }) => framework ?? <Missing label="none" />,
  },
  {
    id: 'fixed',
    header: 'Mended',
    width: '72px',
    align: 'right',
    minTableWidth: 560,
    hint: 'Tests that failed before the change and pass after it',
    render: ({ counts }) => (counts.fail_to_pass ?? 0).toLocaleString('en'),
  },
  {
    id: 'reason',
    header: 'Reason',
    width: 'minmax(120px, 1fr)',
    minTableWidth: 900,
    render: ({ reason }) => <span className="ellipsis">{reason === null ? '' : <RedactedText text={reason} />}</span>,
  },
  {
    id: 'took',
    header: 'Took',
    width: '76px',
    align: 'right',
    minTableWidth: 480,
    render: ({ seconds }) => <Duration ms={seconds === null ? null : seconds * 1000} />,
  },
  {
    id: 'begun',
    header: 'Begun',
    width: '104px',
    minTableWidth: 420,
    render: ({ created_at }) => <Time iso={created_at} />,
  },
];
