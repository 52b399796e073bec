import type { PairJudgement } from '../../../../shared/model/index.js';
import { ListEnd } from '../../components/layout/ListState.js';
import { RedactedText } from '../../components/RedactedText.js';
import { Table } from '../../components/Table.js';
import { Time } from '../../components/Time.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { client, trpc } from '../../rpc/client.js';
import { usePages } from '../../rpc/use-pages.js';
import classes from './judge.module.css';
import { pairText } from './words.js';

const pageSize = 20;

/** What a trace was compared with by judges; nothing where it never was. */
export function Pairs({ traceId }: { traceId: string }) {
  const asked = { trace_id: traceId, limit: pageSize };
  const pairs = usePages<PairJudgement>({
    queryKey: trpc.judge.pairsOfTrace.infiniteQueryKey(asked),
    fetchPage: (cursor, signal) => client.judge.pairsOfTrace.query({ ...asked, cursor }, { signal }),
    idOf: ({ pair_id }) => pair_id,
    topics: ['reviews'],
  });
  if (pairs.items.length === 0) return null;
  return (
    <section aria-label="Compared with other traces">
      <h2>Compared with other traces</h2>
      <Table label="Comparisons of this trace">
        <thead>
          <tr>
            <th>Result</th>
            <th>Other trace</th>
            <th>Rubric</th>
            <th>Judge</th>
            <th>Compared</th>
          </tr>
        </thead>
        <tbody>
          {pairs.items.map((pair) => {
            const other = pair.a === traceId ? pair.b : pair.a;
            return (
              <tr key={pair.pair_id}>
                <td>
                  {pairText(pair, traceId)}
                  <p className={classes.note}>
                    <RedactedText text={saidOf(pair)} />
                  </p>
                </td>
                <td>
                  <a href={hrefTo(`/traces/${other}`, { tab: 'judge' })}>{other.slice(0, 8)}</a>
                </td>
                <td>
                  {pair.rubric} {pair.version}
                </td>
                <td title={pair.model}>{pair.profile}</td>
                <td>
                  <Time iso={pair.created_at} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </Table>
      <ListEnd list={pairs} />
    </section>
  );
}

/** The first order's words, or why there are none. */
function saidOf({ orders }: PairJudgement): string {
  const [first] = orders;
  return (first?.unscored_reason ?? first?.feedback ?? '').slice(0, 400);
}
