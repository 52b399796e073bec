import type { AuditVerdict } from '../../../../../shared/model/index.js';
import { CopyButton } from '../../../components/CopyButton.js';
import { Notice } from '../../../components/Notice.js';
import classes from './audit-log.module.css';

/** What verifying gave, and what it cannot tell. */
export function Verdict({ verdict }: { verdict: AuditVerdict }) {
  const { valid, entries, head, problem } = verdict;
  const count = `${entries.toLocaleString('en')} ${entries === 1 ? 'entry' : 'entries'}`;
  const where = problem === null || problem.line === null ? '' : `Line ${problem.line}: `;
  return (
    <div className={classes.verdict}>
      <Notice
        tone={valid ? 'gray' : 'red'}
        title={valid ? `The log is whole: ${count}.` : `The log is not whole. ${where}${problem?.message}`}
      >
        {!valid && <p>{count} before it hold.</p>}
        {head !== null && (
          <p className={classes.head}>
            Last hash <code className="ellipsis">{head.hash}</code>
            <CopyButton value={head.hash} label="Copy last hash" size={20} />
          </p>
        )}
        <p>
          Nobody without this folder’s key can change, remove or cut off an entry unseen. Whoever has the key, or puts
          an older copy of the folder back, can: keep the last hash elsewhere to notice that.
        </p>
      </Notice>
    </div>
  );
}
