import type { RunReportShown } from '../../../../shared/model/oracle.js';
import { Cost } from '../../components/Cost.js';
import { Fact, Facts } from '../../components/Facts.js';
import { formatCount } from '../../components/format.js';
import { Notice } from '../../components/Notice.js';
import { Table } from '../../components/Table.js';
import { Evenness } from './Evenness.js';
import classes from './oracle.module.css';
import { percent } from './words.js';

const counted = (count: number, unit: string) => `${formatCount(count)} ${unit}${count === 1 ? '' : 's'}`;

/** The figures of a run: how much, how different, and what validators left out and would have found. */
export function Report({ report }: { report: RunReportShown }) {
  const { validated, failed, seconds, rate, average_calls, dag_share, tools, domains, intents, diversity } = report;
  const { near_duplicate_share, compared, coverage, evenness, cost_usd } = report;
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
          name is masked; the commonest are {percent(diversity.commonest_skeleton)}.{' '}
          {diversity.self_overlap !== undefined &&
            `${percent(diversity.self_overlap)} of their runs of four words stand in another too.`}
        </Fact>
        {near_duplicate_share !== undefined && (
          <Fact name="Near-duplicates">
            {percent(near_duplicate_share)} of {formatCount(compared ?? validated)} requests
          </Fact>
        )}
        {coverage !== undefined && <Coverage of={coverage} />}
        {evenness !== undefined && <Evenness of={evenness} />}
        {cost_usd !== undefined && cost_usd !== 0 && (
          <Fact name="Cost">
            <Cost usd={cost_usd} />
          </Fact>
        )}
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

/** Domain, intent, shape and pair of tools, beside what quotas asked for. */
function Coverage({ of }: { of: NonNullable<RunReportShown['coverage']> }) {
  const { cells, tool_pairs, shapes_asked, shapes_made, missed, missed_count, unreachable } = of;
  const asked = Object.entries(shapes_asked);
  return (
    <>
      <Fact name="Coverage">
        {formatCount(Object.keys(cells).length)} of domain, intent and shape; {formatCount(tool_pairs.seen)} of{' '}
        {formatCount(tool_pairs.possible)} pairs of tools that intents allow
      </Fact>
      {asked.length > 0 && (
        <Fact name="Quotas">
          {asked
            .map(([shape, count]) => `${shape} ${formatCount(shapes_made[shape] ?? 0)} of ${formatCount(count)}`)
            .join(', ')}
          {missed_count > 0 &&
            `. Missed: ${missed.map(({ cell, asked: wanted, made }) => `${cell} (${made} of ${wanted})`).join(', ')}`}
          {unreachable.length > 0 && `. Out of reach: ${unreachable.join('; ')}`}
        </Fact>
      )}
    </>
  );
}
