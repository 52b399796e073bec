import { Button } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import { Cost } from '../../components/Cost.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListState } from '../../components/layout/ListState.js';
import { RedactedText } from '../../components/RedactedText.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { type Column, VirtualTable } from '../../components/VirtualTable.js';
import { type Compared, compareHref } from '../../navigation/compare-href.js';
import { go, hrefTo } from '../../navigation/hash-params.js';
import { type Candidate, candidateId, candidateSide, type useCandidates } from '../../rpc/use-candidates.js';
import { ReviewMark } from '../review/index.js';

/** What `a` can be compared with, to choose from. */
export function Candidates({ a, list }: { a: Compared; list: ReturnType<typeof useCandidates> }) {
  const empty = (
    <EmptyState
      title="Nothing to compare it with"
      icon={IconArrowsDiff}
      actions={
        <Button component="a" variant="default" href={hrefTo(`/traces/${a.trace_id}`)}>
          Back to the trace
        </Button>
      }
    >
      {a.call_id === null
        ? 'No other trace begins with the same words of the user. Run the same task with another model, or retry it.'
        : 'No other call has the same parent. Retry the request or regenerate the answer.'}
    </EmptyState>
  );
  return (
    <ListState list={list} label="Looking for what it can be compared with" empty={empty}>
      <VirtualTable
        label="Compare with"
        rows={list.items}
        columns={columns}
        rowId={candidateId}
        onOpen={(candidate) => go(compareHref(a, candidateSide(candidate)))}
        list={list}
      />
    </ListState>
  );
}

const columns: Column<Candidate>[] = [
  {
    id: 'title',
    header: 'Trace',
    width: 'minmax(180px, 1fr)',
    render: ({ trace }) => (
      <span className="ellipsis">
        <RedactedText text={trace.title || 'Untitled'} />
      </span>
    ),
  },
  {
    id: 'model',
    header: 'Model',
    width: '180px',
    render: ({ model }) => <span className="ellipsis">{model ?? '–'}</span>,
  },
  {
    id: 'why',
    header: 'Why',
    width: '190px',
    render: ({ relation, same_system }) =>
      relation === 'same_parent'
        ? 'answers the same request'
        : same_system
          ? 'same task'
          : 'same task, other system prompt',
  },
  {
    id: 'outcome',
    header: 'Outcome',
    width: '104px',
    render: ({ trace }) => <StatusBadge status={trace.completion_status} />,
  },
  {
    id: 'cost',
    header: 'Cost',
    width: '84px',
    align: 'right',
    minTableWidth: 900,
    render: ({ trace }) => <Cost usd={trace.cost_usd} />,
  },
  {
    id: 'started',
    header: 'Started',
    width: '110px',
    minTableWidth: 760,
    render: ({ trace }) => <Time iso={trace.started_at} />,
  },
  { id: 'review', header: 'Review', width: '84px', render: ({ trace }) => <ReviewMark review={trace.review} /> },
  { id: 'compared', header: 'Compared', width: '84px', render: ({ compared }) => (compared ? 'yes' : '–') },
];
