import type { NearCluster, NearMember } from '../../../../shared/model/index.js';
import { Missing } from '../../components/Missing.js';
import { RedactedText } from '../../components/RedactedText.js';
import { Time } from '../../components/Time.js';
import type { Column } from '../../components/VirtualTable.js';

export const clusterColumns: Column<NearCluster>[] = [
  {
    id: 'members',
    header: 'Members',
    width: '72px',
    align: 'right',
    render: ({ members }) => <span className="num">{members.toLocaleString('en')}</span>,
  },
  {
    id: 'kept',
    header: 'The one that is kept',
    width: 'minmax(160px, 1fr)',
    render: ({ kept }) => (
      <span className="ellipsis">
        <RedactedText text={kept.title || 'Untitled'} />
      </span>
    ),
  },
  { id: 'quality', header: 'Quality', width: '68px', align: 'right', render: ({ kept }) => <Score member={kept} /> },
  {
    id: 'started',
    header: 'Started',
    width: '110px',
    minTableWidth: 560,
    render: ({ kept }) => <Time iso={kept.started_at} />,
  },
];

export function Score({ member }: { member: NearMember }) {
  return member.quality_score === null ? (
    <Missing label="not scored" />
  ) : (
    <span className="num">{member.quality_score.toFixed(2)}</span>
  );
}
