import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Answer } from '../../components/layout/Answer.js';
import { Notice } from '../../components/Notice.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import classes from './judge.module.css';
import { Messages } from './Messages.js';
import { reductionText } from './words.js';

const offered = 30;

/** The prompt that a rubric makes of a real trace; nothing is sent. */
export function RubricPreview({ yaml }: { yaml: string }) {
  const traces = useQuery(trpc.traces.list.queryOptions({ query: '', limit: offered }));
  const [chosen, setChosen] = useState<string | null>(null);
  const traceId = chosen ?? traces.data?.items[0]?.trace_id ?? null;
  return (
    <Answer query={traces} label="Loading traces" lines={4}>
      {({ items }) =>
        items.length === 0 ? (
          <p className={classes.note}>
            There is no trace to show it with. <a href={hrefTo('/connect')}>Connect an agent</a> or{' '}
            <a href={hrefTo('/import')}>import traces</a>.
          </p>
        ) : (
          <>
            <NativeSelect
              label="Trace"
              description="The newest are offered. Nothing is sent."
              value={traceId ?? ''}
              onChange={(event) => setChosen(event.currentTarget.value)}
              data={items.map(({ trace_id, title }) => ({
                value: trace_id,
                label: `${(title || 'Untitled').slice(0, 90)} (${trace_id.slice(-8)})`,
              }))}
            />
            {traceId !== null && <Prompt traceId={traceId} yaml={yaml} />}
          </>
        )
      }
    </Answer>
  );
}

function Prompt({ traceId, yaml }: { traceId: string; yaml: string }) {
  const preview = useQuery(trpc.rubrics.preview.queryOptions({ trace_id: traceId, yaml }));
  return (
    <Answer query={preview} label="Making the prompt" lines={8}>
      {({ messages, reduction, reason }) => (
        <>
          {reason !== null && (
            <Notice tone="amber" title="Nothing would be sent">
              {reason}
            </Notice>
          )}
          <p className={classes.note}>{reductionText(reduction)}</p>
          <Messages messages={messages} />
        </>
      )}
    </Answer>
  );
}
