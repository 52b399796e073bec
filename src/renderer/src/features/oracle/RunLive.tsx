import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { LiveFigures } from '../../../../shared/model/oracle.js';
import { Cost } from '../../components/Cost.js';
import { Fact, Facts } from '../../components/Facts.js';
import { formatCount } from '../../components/format.js';
import { Notice } from '../../components/Notice.js';
import { Table } from '../../components/Table.js';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';
import { Evenness } from './Evenness.js';
import classes from './oracle.module.css';
import { percent } from './words.js';

/** How a run stands while it is under way; nothing before it has begun. */
export function RunLive({ runId }: { runId: string }) {
  const queries = useQueryClient();
  const asked = trpc.oracle.run.queryOptions({ run_id: runId });
  const run = useQuery(asked);
  useTick('jobs', () => void queries.invalidateQueries({ queryKey: asked.queryKey }));
  const live = run.data?.live;
  return live ? <Figures live={live} /> : null;
}

function Figures({ live }: { live: LiveFigures }) {
  const { validated, failed, rate, cost_usd, domains, validators, cells, tool_pairs, evenness, quotas } = live;
  const left = Object.entries(validators).map(([name, count]) => `${name} ${formatCount(count)}`);
  const yields = Object.entries(domains);
  return (
    <>
      {live.worth_a_look.map((line) => (
        <Notice key={line} tone="amber" title={line} />
      ))}
      <Facts>
        <Fact name="Pace">
          {formatCount(rate)} a second, {formatCount(validated)} valid
          {cost_usd !== 0 && (
            <>
              , <Cost usd={cost_usd} />
            </>
          )}
        </Fact>
        <Fact name="Left out">{failed === 0 ? 'none' : `${formatCount(failed)}: ${left.join(', ')}`}</Fact>
        <Fact name="Coverage">
          {formatCount(cells)} of domain, intent and shape; {formatCount(tool_pairs)} pairs of tools
          {quotas.asked > 0 && `; ${formatCount(quotas.missed)} quotas not reached yet`}
        </Fact>
        <Evenness of={evenness} />
        {live.compared > 0 && (
          <Fact name="Near-duplicates">
            {percent(live.near_duplicates / live.compared)} of {formatCount(live.compared)} requests in domains that are
            whole
          </Fact>
        )}
      </Facts>
      <details className={classes.outcome}>
        <summary>Yield by domain so far</summary>
        <Table label="Yield">
          <thead>
            <tr>
              <th>Domain</th>
              <th data-number>Valid</th>
              <th data-number>Left out</th>
            </tr>
          </thead>
          <tbody>
            {yields.map(([title, of]) => (
              <tr key={title}>
                <th scope="row">{title}</th>
                <td data-number>{formatCount(of.validated)}</td>
                <td data-number>{formatCount(of.failed)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </details>
    </>
  );
}
