import type { ListedFinding } from '../../../../../shared/model/index.js';
import { StatusBadge } from '../../../components/StatusBadge.js';
import { Time } from '../../../components/Time.js';
import type { Column } from '../../../components/VirtualTable.js';
import { Context } from './Context.js';
import classes from './findings.module.css';
import { placementTitles } from './words.js';

/** Columns of the list; values that were allowed meanwhile are said to be so. */
export function findingColumns(allowed: ReadonlySet<string>): Column<ListedFinding>[] {
  return [
    {
      id: 'time',
      header: 'Time',
      width: '76px',
      minTableWidth: 720,
      render: (finding) => <Time iso={finding.at} />,
    },
    {
      id: 'replacement',
      header: 'Replaced by',
      width: 'minmax(168px, 0.32fr)',
      render: (finding) => (
        <span className={classes.replacement} title={finding.replacement}>
          {finding.replacement}
        </span>
      ),
    },
    {
      id: 'context',
      header: 'In its context',
      width: 'minmax(160px, 1fr)',
      render: (finding) => <Context context={finding.context} />,
    },
    {
      id: 'places',
      header: 'Places',
      width: '58px',
      align: 'right',
      hint: 'How often it stands there in this exchange',
      render: (finding) => <span className="num">{finding.places}</span>,
    },
    {
      id: 'placement',
      header: 'Where',
      width: '128px',
      minTableWidth: 560,
      render: (finding) => placementTitles[finding.placement],
    },
    {
      id: 'confidence',
      header: 'Sure',
      width: '56px',
      align: 'right',
      minTableWidth: 640,
      hint: 'Confidence of the detector',
      render: (finding) => <span className="num">{Math.round(finding.confidence * 100)} %</span>,
    },
    {
      id: 'mark',
      header: 'Marked',
      width: '76px',
      minTableWidth: 600,
      render: (finding) => (allowed.has(finding.replacement) ? <StatusBadge status="allowed" tone="green" /> : null),
    },
  ];
}
