import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ModelCall } from '../../../../shared/model/index.js';
import { Cost } from '../../components/Cost.js';
import { Json } from '../../components/Json.js';
import { LinkButton } from '../../components/LinkButton.js';
import { Answer } from '../../components/layout/Answer.js';
import { ListEnd, ListState } from '../../components/layout/ListState.js';
import { RedactedText } from '../../components/RedactedText.js';
import { StatusBadge, type Tone } from '../../components/StatusBadge.js';
import { Table } from '../../components/Table.js';
import { Time } from '../../components/Time.js';
import { client, trpc } from '../../rpc/client.js';
import { usePages } from '../../rpc/use-pages.js';
import classes from './models.module.css';

const pageSize = 20;
const idOf = (call: ModelCall) => call.call_id;
const tones: Record<ModelCall['outcome'], Tone> = {
  answered: 'green',
  cached: 'gray',
  unparsed: 'amber',
  failed: 'red',
};

/** What was asked of models, newest first; each with what was sent and what came. */
export function Calls() {
  const calls = usePages<ModelCall>({
    queryKey: trpc.models.calls.infiniteQueryKey({ limit: pageSize }),
    fetchPage: (cursor, signal) => client.models.calls.query({ limit: pageSize, cursor }, { signal }),
    idOf,
    topics: ['jobs'],
  });
  const [open, setOpen] = useState<string | null>(null);
  return (
    <section aria-label="Calls" className={classes.calls}>
      <h2>Calls</h2>
      <ListState
        list={calls}
        label="Loading calls"
        lines={3}
        empty={<p className={classes.note}>No model was asked anything yet. A probe or a judgement does.</p>}
      >
        <Table label="Calls of models">
          <thead>
            <tr>
              <th>When</th>
              <th>Profile</th>
              <th>For</th>
              <th>Outcome</th>
              <th data-number>Tokens</th>
              <th data-number>Cost</th>
              <th>
                <span className="sr-only">Show</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {calls.items.map((call) => (
              <tr key={call.call_id}>
                <td>
                  <Time iso={call.at} />
                </td>
                <td>{call.profile}</td>
                <td>{call.purpose}</td>
                <td>
                  <StatusBadge status={call.outcome} tone={tones[call.outcome]} title={call.reason ?? undefined} />
                  {call.attempts > 1 && <span className="dim"> {call.attempts} attempts</span>}
                </td>
                <td data-number>
                  {call.input_tokens ?? '–'} / {call.output_tokens ?? '–'}
                </td>
                <td data-number>
                  <Cost usd={call.cost_usd} />
                </td>
                <td>
                  <LinkButton
                    aria-expanded={open === call.call_id}
                    onClick={() => setOpen(open === call.call_id ? null : call.call_id)}
                  >
                    {open === call.call_id ? 'Hide' : 'What was sent'}
                  </LinkButton>
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
        <ListEnd list={calls} />
      </ListState>
      {open !== null && <Content callId={open} />}
    </section>
  );
}

function Content({ callId }: { callId: string }) {
  const call = useQuery(trpc.models.call.queryOptions({ call_id: callId }));
  return (
    <Answer query={call} label="Loading the call" lines={4}>
      {({ sent, received, reason }) => (
        <div className={classes.content}>
          {reason !== null && <p className={classes.note}>{reason}</p>}
          <Body title="Sent" text={sent} none="What was sent is no longer kept." />
          <Body title="Received" text={received} none="Nothing came, or it is no longer kept." />
        </div>
      )}
    </Answer>
  );
}

function Body({ title, text, none }: { title: string; text: string | null; none: string }) {
  const value = parsed(text);
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      {text === null ? (
        <p className={classes.note}>{none}</p>
      ) : value === undefined ? (
        <pre className={classes.text}>
          <RedactedText text={text} />
        </pre>
      ) : (
        <Json value={value} defaultDepth={3} label={title} />
      )}
    </section>
  );
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
