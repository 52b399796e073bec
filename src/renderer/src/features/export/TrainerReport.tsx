import type { ExportPreview, TrainerFinding } from '../../../../shared/model/index.js';
import { LinkButton } from '../../components/LinkButton.js';
import { useList } from '../../rpc/titles.js';
import classes from './export.module.css';

type Report = NonNullable<ExportPreview['trainer']>;

const effects: Record<TrainerFinding['effect'], string> = {
  skipped: 'row skipped',
  dropped: 'part dropped',
  merged: 'merged',
  overwritten: 'overwritten',
  truncated: 'cut',
  mistrained: 'learned by mistake',
};
/** So many findings are drawn; all are counted. */
const mostShown = 40;

interface Props {
  report: Report;
  /** The row in sight, from 1. */
  row: number;
  onRow(row: number): void;
}

/** What a trainer would do to the rows of the preview: in sum, then each finding with its row, field and reason. */
export function TrainerReport({ report, row, onRow }: Props) {
  const { rows, rows_with_findings, findings, named } = report;
  const title = useList('trainers').find(({ id }) => id === report.trainer)?.title ?? report.trainer;
  return (
    <section className={classes.report} aria-label="Trainer report">
      <p className={classes.reportHead}>
        <b>{title}</b>{' '}
        {findings === 0
          ? `takes all ${rows} rows of the preview as they are.`
          : rows_with_findings === 0
            ? `takes all ${rows} rows of the preview as they are, but:`
            : `would change ${rows_with_findings} of ${rows} rows of the preview: ${sumOf(report)}.`}
      </p>
      {findings > 0 && (
        <ul className={classes.findings}>
          {named.slice(0, mostShown).map((finding) => (
            <li key={`${finding.row} ${finding.field} ${finding.code}`} data-current={finding.row === row || undefined}>
              <span>
                {finding.row === null ? (
                  'file'
                ) : (
                  <LinkButton onClick={() => onRow(finding.row as number)}>row {finding.row}</LinkButton>
                )}
              </span>
              <code className="ellipsis" title={finding.field}>
                {finding.field}
              </code>
              <span>
                <b>{effects[finding.effect]}</b>: {finding.message}
              </span>
            </li>
          ))}
          {findings > mostShown && <li className="dim">and {findings - mostShown} more</li>}
        </ul>
      )}
    </section>
  );
}

function sumOf({ effects: counts }: Report): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([effect, count]) => `${count} ${effects[effect as TrainerFinding['effect']] ?? effect}`)
    .join(', ');
}
