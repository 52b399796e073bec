import { type ImportReport, importReportSchema } from '../../../../shared/model/index.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { JobList } from '../jobs/index.js';
import classes from './import.module.css';

const skippedShown = 20;
const tracesShown = 12;

/** Imports under way and done, newest first, each with its report. */
export function ImportJobs() {
  return (
    <section aria-label="Imports">
      <h2 className={classes.heading}>Imports</h2>
      <JobList
        kind="import"
        label="Imports"
        empty={<p className={classes.note}>Nothing was imported yet.</p>}
        outcome={(job) => {
          const report = importReportSchema.safeParse(job.result);
          return report.success ? <Report report={report.data} /> : null;
        }}
      />
    </section>
  );
}

/** What was taken of a file, and what was not. */
function Report({ report }: { report: ImportReport }) {
  const { taken, duplicates, skipped_count, skipped, trace_ids } = report;
  const counts = [
    counted(taken.traces, 'trace'),
    taken.calls > 0 && counted(taken.calls, 'call'),
    taken.exchanges > 0 && counted(taken.exchanges, 'exchange'),
    taken.records > 0 && counted(taken.records, 'record'),
    duplicates > 0 && `${duplicates.toLocaleString('en')} ${duplicates === 1 ? 'was' : 'were'} there already`,
  ].filter((each) => each !== false);
  return (
    <>
      <p className={classes.counts}>
        <span className={classes.importer}>{report.importer}</span> {counts.join(', ')}
      </p>
      {trace_ids.length > 0 && (
        <p className={classes.traces}>
          {trace_ids.slice(0, tracesShown).map((id) => (
            <a key={id} href={hrefTo(`/traces/${id}`)} className="mono">
              {id.slice(-8)}
            </a>
          ))}
          {trace_ids.length > tracesShown && <span className="dim">and {trace_ids.length - tracesShown} more</span>}
        </p>
      )}
      {skipped_count > 0 && (
        <details className={classes.skipped}>
          <summary>{counted(skipped_count, 'part')} skipped</summary>
          <ul>
            {skipped.slice(0, skippedShown).map(({ where, reason }) => (
              <li key={`${where} ${reason}`}>
                <code>{where}</code> {reason}
              </li>
            ))}
            {skipped_count > skippedShown && <li>and {(skipped_count - skippedShown).toLocaleString('en')} more</li>}
          </ul>
        </details>
      )}
    </>
  );
}

const counted = (count: number, unit: string) => `${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`;
