import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Agreement, Estimate, PairAgreement } from '../../../../shared/model/index.js';
import { PanelSection } from '../../components/layout/Panel.js';
import { Table } from '../../components/Table.js';
import { trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import classes from './queues.module.css';
import { strength } from './words.js';

const fields = [
  { value: 'label', label: 'Labels' },
  { value: 'rating', label: 'Ratings' },
  { value: 'step_label', label: 'Step labels' },
] as const;
type Field = (typeof fields)[number]['value'];

/** How far reviewers agree beyond what chance alone would give. */
export function AgreementSection({ queue }: { queue: string }) {
  const [field, setField] = useState<Field>('label');
  const answer = useQuery(trpc.agreement.get.queryOptions({ queue, field }, { placeholderData: (before) => before }));
  return (
    <PanelSection
      title="Agreement"
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Agreement of what"
          value={field}
          onChange={(value) => setField(value as Field)}
          data={[...fields]}
        />
      }
    >
      {answer.isError && <p role="alert">{describeError(answer.error).message}</p>}
      {answer.data && <AgreementFigures agreement={answer.data} />}
    </PanelSection>
  );
}

function AgreementFigures({ agreement }: { agreement: Agreement }) {
  const { units, cut, alpha, pairs, selves, judges, field } = agreement;
  if (units === 0 && selves.length === 0 && judges.length === 0) {
    return (
      <p className={classes.quiet}>
        Nothing was judged twice yet. Give the queue a share of second reviews, or of items that are shown again.
      </p>
    );
  }
  const rows = [
    ...pairs.map((pair) => ({ ...pair, who: `${pair.a} and ${pair.b}` })),
    ...selves.map((pair) => ({ ...pair, who: `${pair.a}, the second time` })),
    ...judges.map((pair) => ({ ...pair, who: `${pair.a} and the judge ${pair.b}` })),
  ];
  return (
    <>
      {units > 0 && (
        <p className={classes.quiet}>
          {units.toLocaleString('en')} {field === 'step_label' ? 'steps' : 'traces'} that at least two judged
          {cut && ', the newest'}.
        </p>
      )}
      {units > 0 && (
        <Table label="All reviewers together">
          <tbody>
            <Alpha name="All together" title="Krippendorff’s alpha, nominal: same or not" value={alpha.nominal} />
            {alpha.ordinal && (
              <Alpha
                name="All, by rank"
                title="Krippendorff’s alpha, ordinal: near misses count less, by rank"
                value={alpha.ordinal}
              />
            )}
            {alpha.interval && (
              <Alpha
                name="All, by distance"
                title="Krippendorff’s alpha, interval: near misses count less, by the square of their distance"
                value={alpha.interval}
              />
            )}
          </tbody>
        </Table>
      )}
      {rows.length > 0 && (
        <Table label="Two at a time" className={classes.pairs}>
          <thead>
            <tr>
              <th>Who</th>
              <th data-number>Judged</th>
              <th data-number>Same</th>
              <th title="Cohen’s kappa: agreement beyond chance">Beyond chance (kappa)</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((pair) => (
              <Pair key={pair.who} pair={pair} who={pair.who} />
            ))}
          </tbody>
        </Table>
      )}
      <p className={classes.quiet}>
        1: always the same; 0: as often as by chance. In brackets: where 95 % of resamples lie.
      </p>
    </>
  );
}

function Pair({ pair, who }: { pair: PairAgreement; who: string }) {
  const { units, observed, kappa, linear, quadratic } = pair;
  return (
    <tr>
      <td>{who}</td>
      <td data-number>{units}</td>
      <td data-number>{observed === null ? '–' : `${Math.round(observed * 100)} %`}</td>
      <td>
        <Value estimate={kappa} />
        {linear && <Weighted name="weighted by distance" estimate={linear} />}
        {quadratic && <Weighted name="by its square" estimate={quadratic} />}
      </td>
    </tr>
  );
}

function Alpha({ name, title, value }: { name: string; title: string; value: Estimate }) {
  return (
    <tr>
      <th scope="row" title={title}>
        {name} (alpha)
      </th>
      <td>
        <Value estimate={value} />
      </td>
    </tr>
  );
}

function Weighted({ name, estimate }: { name: string; estimate: Estimate }) {
  return (
    <span className={classes.weighted}>
      {name}: <Value estimate={estimate} />
    </span>
  );
}

function Value({ estimate: { value, interval, reason } }: { estimate: Estimate }) {
  if (value === null) return <span className="dim">{reason ?? 'too little to tell'}</span>;
  return (
    <span>
      <b className="num">{rounded(value)}</b>
      {interval && (
        <span className="num dim">
          {' '}
          ({rounded(interval[0])} to {rounded(interval[1])})
        </span>
      )}{' '}
      <span className="dim">{strength(value)}</span>
    </span>
  );
}

const rounded = (value: number) => (Math.round(value * 100) / 100).toFixed(2);
