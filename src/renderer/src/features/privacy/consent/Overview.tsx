import type { ConsentOverview } from '../../../../../shared/model/index.js';
import { quote } from '../../../../../shared/query/index.js';
import { hrefTo } from '../../../navigation/hash-params.js';
import { basisTitles, termsTitles } from '../../consent/index.js';
import classes from './tab.module.css';

/** Numbers by basis, use, licence and terms, each a link into the list of traces. */
export function Overview({ overview }: { overview: ConsentOverview }) {
  const { traces, with_consent, basis, scope, licence, terms } = overview;
  const title = (titles: { [value: string]: string }) => (value: string) => titles[value] ?? value;
  return (
    <div className={classes.counts}>
      <Counts
        name="Consent"
        field="consent"
        values={[
          { value: 'yes', count: with_consent },
          { value: 'no', count: traces - with_consent },
        ]}
        titleOf={title({ yes: 'May be used for something', no: 'None' })}
      />
      <Counts name="Basis" field="consent.basis" values={basis} titleOf={title(basisTitles)} />
      <Counts name="Use" field="consent.scope" values={scope} titleOf={(value) => value} />
      <Counts name="Licence" field="licence" values={licence} titleOf={(value) => value} />
      <Counts name="Provider’s terms" field="terms" values={terms} titleOf={title(termsTitles)} />
    </div>
  );
}

interface CountsProps {
  name: string;
  field: string;
  values: { value: string; count: number }[];
  titleOf(value: string): string;
}

function Counts({ name, field, values, titleOf }: CountsProps) {
  const word = (value: string) => (/^[\w.-]+$/.test(value) ? value : quote(value));
  return (
    <section aria-label={name}>
      <h3>{name}</h3>
      {values.length === 0 && <p className={classes.remark}>Nothing said yet</p>}
      <ul>
        {values.map(({ value, count }) => (
          <li key={value}>
            <span className="ellipsis" title={titleOf(value)}>
              {titleOf(value)}
            </span>
            <a
              href={hrefTo('/traces', { q: `${field}:${word(value)}` })}
              aria-label={`${titleOf(value)}: ${count} traces`}
            >
              {count.toLocaleString('en')}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
