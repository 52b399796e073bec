import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import type { WantedTraces } from '../../../shared/model/index.js';
import { checkQuery } from './query-check.js';

/** While a query is typed nothing is asked about it. */
const pauseMs = 350;

interface Props {
  meant: WantedTraces;
  /** It was selected before, and stays so; otherwise the query can be changed here. */
  picked: boolean;
  placeholder: string;
  /** What is done with them; not there while the query is none. */
  children(wanted: WantedTraces): ReactNode;
}

/** The traces that something is done with as one job: those that were selected, or a query. */
export function ChosenTraces({ meant, picked, placeholder, children }: Props) {
  const [query, setQuery] = useState(meant.query);
  const [settled] = useDebouncedValue(query.trim(), pauseMs);
  const problem = picked ? null : checkQuery('traces', query);
  return (
    <>
      {!picked && (
        <TextInput
          data-autofocus
          mb="sm"
          label="Traces"
          description="A query, as in the traces list. Empty: all of them."
          placeholder={placeholder}
          value={query}
          error={problem?.message}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
      )}
      {problem === null && children(picked ? meant : { query: settled })}
    </>
  );
}
