import { useQuery } from '@tanstack/react-query';
import { hrefTo } from '../../../navigation/hash-params.js';
import { trpc } from '../../../rpc/client.js';
import classes from './policy.module.css';

interface Props {
  /** Whether exports need a consent, as it is and as it would be. */
  before: boolean;
  after: boolean;
}

const some = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'trace' : 'traces'}`;

/** What saving would do to the next export, in numbers; nothing where exports take what they took before. */
export function NextExport({ before, after }: Props) {
  const overview = useQuery(trpc.consent.overview.queryOptions(undefined, { staleTime: 0 }));
  if (!overview.data || (!after && !before)) return null;
  const { traces, with_consent, scope } = overview.data;
  const training = scope.find(({ value }) => value === 'training')?.count ?? 0;
  const without = traces - with_consent;
  const otherPurposes = with_consent - training;
  if (!after) {
    return (
      <p className={classes.next} role="status">
        Exports no longer need a consent: the next one may take all {some(traces)}.
      </p>
    );
  }
  const left = [
    ...(without > 0 ? [`${some(without)} without a consent`] : []),
    ...(otherPurposes > 0 ? [`${some(otherPurposes)} with one that does not name training`] : []),
  ];
  return (
    <p className={classes.next} role="status">
      Exports need a consent. The next one for training takes at most {training.toLocaleString('en')} of {some(traces)}
      {left.length === 0 ? '.' : `; it leaves out ${left.join(' and ')}.`}{' '}
      {without > 0 && (
        <a href={hrefTo('/privacy/consent', { set: 'consent:no' })}>
          Set a consent for {without === 1 ? 'it' : `these ${without.toLocaleString('en')}`}
        </a>
      )}
    </p>
  );
}
