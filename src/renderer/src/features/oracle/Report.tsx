import type { RunReportShown } from '../../../../shared/model/oracle.js';
import { Fact, Facts } from '../../components/Facts.js';
import { formatCount } from '../../components/format.js';
import { Notice } from '../../components/Notice.js';
import { Table } from '../../components/Table.js';
import classes from './oracle.module.css';

const counted = (count: number, unit: string) => `${formatCount(count)} ${unit}${count === 1 ? '' : 's'}`;
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** The figures of a run: how much, how different, and what validators left out and would have found. */
export function Report({ report }: { report: RunReportShown }) {
  const { validated, failed, seconds, rate, average_calls, dag_share, tools, domains, intents, diversity } = report;
  return (
    <>
      {report.worth_a_look.map((line) => (
        <Notice key={line} tone="amber" title={line} />
      ))}
      <Facts>
        <Fact name="Traces">
          {formatCount(validated)} valid, {formatCount(failed)} left out
        </Fact>
        <Fact name="Time">
          {seconds.toFixed(1)} s, {formatCount(Math.round(rate))} a second
        </Fact>
        <Fact name="Spread">
          {counted(Object.keys(domains).length, 'domain')}, {counted(Object.keys(intents).length, 'intent')},{' '}
          {counted(tools, 'tool')}
        </Fact>
        <Fact name="Calls">
          {average_calls.toFixed(2)} a trace, {percent(dag_share)} with several branches
        </Fact>
        <Fact name="Requests">
          {percent(diversity.distinct_skeletons)} of {formatCount(diversity.looked_at)} are different once what they
          name is masked; the commonest are {percent(diversity.commonest_skeleton)}
        </Fact>
      </Facts>
      <Table label="Validators" className={classes.validators}>
        <thead>
          <tr>
            <th>Validator</th>
            <th data-number>Left out</th>
            <th data-number>Found of what was planted</th>
            <th data-number>Rejected though right</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(report.validators).map(([name, { failed: left, recall, false_reject }]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td data-number>{formatCount(left)}</td>
              <td data-number>{recall === null ? 'none planted' : percent(recall)}</td>
              <td data-number>{false_reject === null ? '–' : percent(false_reject)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}
