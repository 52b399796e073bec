import { useQuery } from '@tanstack/react-query';
import {
  type FeatureName,
  featureNames,
  type MeasuredTrace,
  type Placement,
} from '../../../../shared/model/oracle-features.js';
import type { IntentMapping } from '../../../../shared/model/oracle-intent.js';
import { Fact, Facts } from '../../components/Facts.js';
import { Answer } from '../../components/layout/Answer.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { Notice } from '../../components/Notice.js';
import { ShareBar } from '../../components/ShareBar.js';
import { Table } from '../../components/Table.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import classes from './baseline.module.css';
import { measureWords, shownNumber } from './words.js';

/** What a trace asks for, what is measured of it, and where that lies among gold traces that ask for the same. */
export function BaselineTab({ traceId }: { traceId: string }) {
  const measured = useQuery(trpc.oracleMeasures.ofTrace.queryOptions({ trace_id: traceId }));
  return (
    <Scroll>
      <div className={classes.tab}>
        <Answer query={measured} label="Measuring the trace" lines={12}>
          {({ intent, features, placement, run_id }) => (
            <>
              {placement?.words.map((line) => (
                <Notice key={line} tone="amber" title={line} />
              ))}
              <AskedFor intent={intent} />
              <p className={classes.note}>
                <Beside placement={placement} runId={run_id} />
              </p>
              <Measures features={features} placement={placement} />
            </>
          )}
        </Answer>
      </div>
    </Scroll>
  );
}

function AskedFor({ intent }: { intent: IntentMapping }) {
  if (intent.unknown !== null)
    return (
      <Facts>
        <Fact name="Asks for">unknown: {intent.unknown}</Fact>
      </Facts>
    );
  const { rows_requested: rows, all_that_fit, sensitivity_tier: tier } = intent.expected_scope;
  return (
    <Facts>
      <Fact name="Asks for">
        {intent.intents.map((name) => `${intent.domain}.${name}`).join(' or ')}, by its words
        {intent.intent_category !== null && ` (${intent.intent_category})`}
      </Fact>
      <Fact name="It takes">
        {all_that_fit ? 'all rows that fit' : `${rows} ${rows === 1 ? 'row' : 'rows'}`}, {tier}
      </Fact>
      <Fact name="With">{intent.tools.join(', ')}</Fact>
    </Facts>
  );
}

function Beside({ placement, runId }: { placement: Placement | null; runId: string | null }) {
  if (placement === null || runId === null)
    return (
      <>
        Compared with nothing: no run of gold traces has a baseline yet. <a href={hrefTo('/oracle')}>Write some</a>.
      </>
    );
  if (placement.group === null) return <>Compared with nothing: {placement.reason}</>;
  return (
    <>
      Beside {placement.n.toLocaleString('en')} gold traces of <code>{placement.group}</code>, of the newest{' '}
      <a href={hrefTo('/oracle')}>run</a>.
    </>
  );
}

function Measures({ features, placement }: Pick<MeasuredTrace, 'features' | 'placement'>) {
  return (
    <Table label="Measures" className={classes.measures}>
      <thead>
        <tr>
          <th>Measure</th>
          <th data-number>Value</th>
          <th data-number>Median</th>
          <th>Share that lies below</th>
          <th data-number>n</th>
        </tr>
      </thead>
      <tbody>
        {featureNames.map((name) => (
          <Row key={name} name={name} features={features} placement={placement} />
        ))}
      </tbody>
    </Table>
  );
}

function Row({ name, features, placement }: { name: FeatureName } & Pick<MeasuredTrace, 'features' | 'placement'>) {
  const feature = features.measures[name];
  const place = placement?.measures[name];
  const below = place?.below;
  return (
    <tr>
      <th scope="row">
        {measureWords[name].name} <span className={classes.about}>{measureWords[name].about}</span>
      </th>
      {feature?.value == null ? (
        <td colSpan={4} className={classes.none}>
          {feature?.reason}
        </td>
      ) : (
        <>
          <td data-number>{shownNumber(feature.value)}</td>
          <td data-number>{place?.median == null ? '–' : shownNumber(place.median)}</td>
          <td>
            {below?.value == null ? (
              <span className={classes.none}>{placement?.group == null ? '–' : below?.reason}</span>
            ) : (
              <span className={classes.share}>
                <ShareBar share={below.value} />
                {Math.round(below.value * 100)} %
                {below.interval && ` (${below.interval.map((end) => Math.round(end * 100)).join(' to ')})`}
              </span>
            )}
          </td>
          <td data-number>{below?.value == null ? '–' : below.n.toLocaleString('en')}</td>
        </>
      )}
    </tr>
  );
}
