import { useQuery } from '@tanstack/react-query';
import { Kbd } from '../../../components/Kbd.js';
import { trpc } from '../../../rpc/client.js';
import classes from './findings.module.css';

/** Types that stand for a person or a place by words alone: what redaction is worst at. */
const byWords = ['PERSON', 'STREET_ADDRESS', 'GPE', 'ORGANIZATION'] as const;
const titles: Record<string, string> = {
  PERSON: 'names',
  STREET_ADDRESS: 'addresses',
  GPE: 'places',
  ORGANIZATION: 'organisations',
};

const hundred = (value: number) => `${(value * 100).toFixed(1)} %`;

/** How well redaction did when it was measured: the number as it is, so that nobody takes the list for complete. */
export function Quality() {
  const quality = useQuery({
    ...trpc.findings.quality.queryOptions(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!quality.data) return null;
  const { traffic, corpus, measured_on, command } = quality.data;
  return (
    <details className={classes.quality}>
      <summary>
        Not everything is found. Measured {measured_on}: {hundred(traffic.all.recall)} of planted values in agent
        traffic
        {corpus && <>, F1 {corpus.all.f1.toFixed(3)} over sentences of others</>}
        {corpus?.types['PERSON'] && <>, names F1 {corpus.types['PERSON'].f1.toFixed(3)}</>}
        {corpus?.types['STREET_ADDRESS'] && <>, addresses F1 {corpus.types['STREET_ADDRESS'].f1.toFixed(3)}</>}
      </summary>
      <p>
        Agent traffic made by the project’s own generator: {traffic.all.spans.toLocaleString('en')} values, recall{' '}
        {hundred(traffic.all.recall)}, precision {hundred(traffic.all.precision)}.
      </p>
      {corpus && (
        <table>
          <caption>
            {corpus.name}, {corpus.rows.toLocaleString('en')} sentences: a third party’s labels
          </caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Values</th>
              <th scope="col">Precision</th>
              <th scope="col">Recall</th>
              <th scope="col">F1</th>
            </tr>
          </thead>
          <tbody>
            <Line name="all" rates={corpus.all} />
            <Line name="with a form of their own (email, phone, card, …)" rates={corpus.structured} />
            {byWords.map((type) => {
              const rates = corpus.types[type];
              return rates && <Line key={type} name={titles[type] ?? type} rates={rates} />;
            })}
          </tbody>
        </table>
      )}
      <p>
        Measure again: <code>{command}</code>. Select a value that was missed in a trace or an exchange and press{' '}
        <Kbd>m</Kbd>.
      </p>
    </details>
  );
}

interface Rates {
  spans: number;
  precision: number;
  recall: number;
  f1: number;
}

function Line({ name, rates }: { name: string; rates: Rates }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{rates.spans.toLocaleString('en')}</td>
      <td>{rates.precision.toFixed(3)}</td>
      <td>{rates.recall.toFixed(3)}</td>
      <td>{rates.f1.toFixed(3)}</td>
    </tr>
  );
}
