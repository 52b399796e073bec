import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Baseline, featureNames } from '../../../../shared/model/oracle-features.js';
import { Answer } from '../../components/layout/Answer.js';
import { Table } from '../../components/Table.js';
import { trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import classes from './baseline.module.css';
import { Distribution } from './Distribution.js';
import { measureWords } from './words.js';

/** How the measures of a run's traces lie, of a domain or an intent that is chosen. */
export function RunBaseline({ runId }: { runId: string }) {
  const baseline = useQuery(trpc.oracleMeasures.baseline.queryOptions({ run_id: runId }));
  if (baseline.isError && describeError(baseline.error).code === 'not_found')
    return <p className={classes.note}>This run wrote no baseline: it is older than these.</p>;
  return (
    <Answer query={baseline} label="Reading the baseline" lines={6}>
      {(made) => <Groups baseline={made} />}
    </Answer>
  );
}

function Groups({ baseline: { traces, groups } }: { baseline: Baseline }) {
  const names = Object.keys(groups);
  const [chosen, choose] = useState(names[0]);
  const group = chosen === undefined ? undefined : groups[chosen];
  if (group === undefined) return null;
  return (
    <section aria-label="Baseline" className={classes.run}>
      <h3>Baseline</h3>
      <p className={classes.note}>
        How {traces.toLocaleString('en')} of its traces lie: captured traces that ask for the same are compared with it
        (tab Baseline of a trace).
      </p>
      <NativeSelect
        label="Of"
        value={chosen}
        onChange={(event) => choose(event.currentTarget.value)}
        data={names.map((name) => ({ value: name, label: `${name} (${groups[name]?.n.toLocaleString('en')})` }))}
      />
      <Table label={`Measures of ${chosen}`} className={classes.measures}>
        <thead>
          <tr>
            <th>Measure</th>
            <th>How many have which value</th>
            <th data-number>Median</th>
            <th data-number>From, to</th>
            <th data-number>n</th>
          </tr>
        </thead>
        <tbody>
          {featureNames.map((name) => {
            const of = group.measures[name];
            return of === undefined ? null : (
              <tr key={name}>
                <th scope="row">
                  {measureWords[name].name} <span className={classes.about}>{measureWords[name].about}</span>
                </th>
                <Distribution of={of} />
              </tr>
            );
          })}
        </tbody>
      </Table>
    </section>
  );
}
