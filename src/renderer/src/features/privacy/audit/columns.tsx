import type { AuditEntry } from '../../../../../shared/model/index.js';
import { Time } from '../../../components/Time.js';
import type { Column } from '../../../components/VirtualTable.js';
import classes from './audit-log.module.css';
import { actorText, titles } from './words.js';

export const columns: Column<AuditEntry>[] = [
  { id: 'seq', header: 'No.', width: '64px', align: 'right', render: ({ seq }) => <span className="num">{seq}</span> },
  { id: 'at', header: 'When', width: '172px', render: ({ at }) => <When iso={at} /> },
  {
    id: 'actor',
    header: 'Who',
    width: '130px',
    render: ({ actor }) => <span title={actor.token_id ?? undefined}>{actorText(actor)}</span>,
  },
  {
    id: 'action',
    header: 'What',
    width: '190px',
    render: ({ action }) => (
      <strong className={classes.action} data-grave={action === 'leak_overridden' || action === 'log_recovered'}>
        {titles[action]}
      </strong>
    ),
  },
  {
    id: 'target',
    header: 'To',
    width: 'minmax(120px, 1fr)',
    render: ({ target }) => <code className="ellipsis">{target}</code>,
  },
  {
    id: 'details',
    header: 'Details',
    width: 'minmax(120px, 1.4fr)',
    minTableWidth: 900,
    render: ({ details }) => (
      <span className={`${classes.details} ellipsis`}>
        {Object.keys(details).length === 0 ? '' : JSON.stringify(details)}
      </span>
    ),
  },
];

/** Audits reach back: the day belongs to it. */
function When({ iso }: { iso: string }) {
  return (
    <>
      <span className="num">{iso.slice(0, 10)}</span> <Time iso={iso} />
    </>
  );
}
