import { NativeSelect } from '@mantine/core';
import { useRef } from 'react';
import { type FoundDomain, saidByPerson } from '../../../../shared/model/index.js';
import { Kbd } from '../../components/Kbd.js';
import { bound } from '../../navigation/shortcuts.js';
import { useKeys } from '../../navigation/use-keys.js';
import { useList } from '../../rpc/titles.js';
import { useReview } from '../review/index.js';
import classes from './quality.module.css';

interface Props {
  traceId: string;
  found: FoundDomain | null;
}

const prefix = 'domain:';

/** The field of work of a trace with what it rests on; another one that is chosen is a tag of its review. */
export function FieldOfWork({ traceId, found }: Props) {
  const { apply } = useReview();
  const field = useRef<HTMLSelectElement>(null);
  const domains = useList('domains');
  useKeys(bound({ 'trace.domain': () => field.current?.focus() }));
  const stated = found?.evidence.includes(saidByPerson);
  const options = domains.map(({ id, title }) => ({ value: id, label: title }));
  if (found !== null && !domains.some(({ id }) => id === found.domain))
    options.unshift({ value: found.domain, label: found.domain });

  function choose(domain: string): void {
    void apply([traceId], ({ tags }) => {
      const others = tags.filter((tag) => !tag.startsWith(prefix));
      return { tags: domain === '' ? others : [...others, `${prefix}${domain}`] };
    });
  }

  return (
    <div>
      <dt>
        <label htmlFor="field-of-work">Field of work</label> <Kbd>F</Kbd>
      </dt>
      <dd>
        <NativeSelect
          id="field-of-work"
          ref={field}
          value={found?.domain ?? ''}
          onChange={(event) => choose(event.currentTarget.value)}
          data={[{ value: '', label: stated ? 'as the rules say' : 'none is known' }, ...options]}
        />
      </dd>
      <dd className={classes.how}>{found === null ? 'no rule tells one' : found.evidence.join(', ')}</dd>
    </div>
  );
}
