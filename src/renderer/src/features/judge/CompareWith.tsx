import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { idSchema } from '../../../../shared/model/index.js';
import { formatFullTime } from '../../components/format.js';
import { type Candidate, useCandidates } from '../../rpc/use-candidates.js';
import { PairForm } from './PairForm.js';

/** Has a judge say whether a trace or another one is better: one of the same task, or any by its id. */
export function CompareWith({ traceId }: { traceId: string }) {
  const candidates = useCandidates({ trace_id: traceId, call_id: null });
  const [chosen, setChosen] = useState('');
  const [typed, setTyped] = useState('');
  const others = candidates.items.filter((each) => each.call_id === null);
  const id = typed.trim().toLowerCase();
  const fit = idSchema.safeParse(id).success && id !== traceId;
  return (
    <>
      {others.length > 0 && (
        <NativeSelect
          mb="sm"
          label="Other trace"
          description="What was done for the same task."
          value={chosen}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={[
            { value: '', label: 'One by its id' },
            ...others.map((each) => ({ value: each.trace.trace_id, label: nameOf(each) })),
          ]}
        />
      )}
      {chosen === '' && (
        <TextInput
          mb="sm"
          label="Id of the other trace"
          value={typed}
          error={
            id === '' || fit
              ? undefined
              : id === traceId
                ? 'That is this trace.'
                : 'A whole id, as a trace’s page has it.'
          }
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <PairForm a={traceId} b={chosen !== '' ? chosen : fit ? id : null} />
    </>
  );
}

function nameOf({ trace, model }: Candidate): string {
  const { title, started_at } = trace;
  const when = started_at === null ? null : formatFullTime(started_at);
  return [title || 'Untitled', model, when].filter((part) => part !== null).join(' · ');
}
