import type { QaAttempt } from '../../../../shared/model/index.js';
import { formatBytes } from '../../components/format.js';
import { RedactedText } from '../../components/RedactedText.js';
import { Table } from '../../components/Table.js';
import classes from './qa.module.css';
import { endWords, outcomeWords, tierWords } from './words.js';

const keyOf = ({ side, restored, n }: QaAttempt) => `${side} ${restored} ${n}`;

function sideText({ side, restored, n }: QaAttempt): string {
  return `${side === 'base' ? 'before' : restored ? 'after, tests of before' : 'after'} ${n}`;
}

/** Every time that the tests ran: how it ended and what it showed. */
export function Attempts({ attempts }: { attempts: readonly QaAttempt[] }) {
  return (
    <Table label="Runs of the tests">
      <thead>
        <tr>
          <th>Run</th>
          <th>Tests</th>
          <th>Read from</th>
          <th>Ended by</th>
          <th data-number>Exit code</th>
          <th data-number>Seconds</th>
        </tr>
      </thead>
      <tbody>
        {attempts.map((attempt) => (
          <tr key={keyOf(attempt)}>
            <td>{sideText(attempt)}</td>
            <td>
              {countsText(attempt)}
              {attempt.collection_error !== null && (
                <p className={classes.note}>
                  Could not be loaded: <RedactedText text={attempt.collection_error} />
                </p>
              )}
            </td>
            <td>{tierWords[attempt.tier]}</td>
            <td>
              {endWords[attempt.ended_by]}
              {attempt.dropped_bytes > 0 && (
                <span className="dim"> {formatBytes(attempt.dropped_bytes)} of output not kept</span>
              )}
            </td>
            <td data-number>{attempt.exit_code ?? '–'}</td>
            <td data-number>{attempt.seconds.toFixed(1)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function countsText({ counts, evidence }: QaAttempt): string {
  const parts = Object.entries(counts).flatMap(([outcome, count]) =>
    count ? [`${count.toLocaleString('en')} ${outcomeWords[outcome as keyof typeof outcomeWords].label}`] : [],
  );
  if (parts.length > 0) return parts.join(', ');
  return evidence ? 'none' : 'nothing shows that tests ran';
}
