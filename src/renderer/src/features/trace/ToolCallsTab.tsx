import { Button } from '@mantine/core';
import { IconMessages, IconTool } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { ToolCall } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Duration } from '../../components/Duration.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListState } from '../../components/layout/ListState.js';
import { Split } from '../../components/layout/Split.js';
import { Time } from '../../components/Time.js';
import { type Column, VirtualTable } from '../../components/VirtualTable.js';
import { useKeys } from '../../navigation/use-keys.js';
import { ToolStatus, useJudged, useVerdict, Verdict, verdictKeys } from '../tool-calls/index.js';
import { Payload } from './Payload.js';
import classes from './panels.module.css';
import { argumentHint } from './step-look.js';
import type { TraceData } from './use-trace.js';

const rowId = (call: ToolCall) => `${call.call_id ?? ''}:${call.tool_call_id}:${call.step_id ?? ''}`;

const columns: Column<ToolCall>[] = [
  { id: 'time', header: 'Time', width: '76px', render: (call) => <Time iso={call.timestamp} /> },
  {
    id: 'name',
    header: 'Tool',
    width: 'minmax(90px, 170px)',
    render: (call) => <span className="mono ellipsis">{call.name}</span>,
  },
  {
    id: 'arguments',
    header: 'Arguments',
    width: 'minmax(60px, 1fr)',
    minTableWidth: 420,
    render: (call) => <span className="dim ellipsis">{argumentHint(call.arguments)}</span>,
  },
  { id: 'status', header: 'Status', width: '78px', render: (call) => <ToolStatus call={call} /> },
  {
    id: 'duration',
    header: 'Duration',
    width: '70px',
    align: 'right',
    render: (call) => <Duration ms={call.duration_ms} />,
  },
];

/** Every tool call of the trace, and one of them in full. */
export function ToolCallsTab({ data, onStep }: { data: TraceData; onStep(stepId: string): void }) {
  const judged = useJudged();
  const items = useMemo(() => data.toolCalls.items.map(judged), [data.toolCalls.items, judged]);
  const [openId, setOpenId] = useState<string | null>(null);
  const open = useMemo(() => items.find((call) => rowId(call) === openId) ?? items[0], [items, openId]);
  const judge = useVerdict();
  useKeys(verdictKeys((verdict) => judge(open, verdict)));
  const none = (
    <EmptyState title="No tool calls" icon={IconTool}>
      The agent called no tool in this trace{data.toolCalls.complete ? '.' : ' so far.'}
    </EmptyState>
  );
  return (
    <ListState list={data.toolCalls} label="Loading tool calls" lines={10} empty={none}>
      <Split
        list="46%"
        beside={
          open && (
            <section key={rowId(open)} className={classes.detail} aria-label={`Tool call ${open.name}`}>
              <div className={classes.detailHead}>
                <h2 className="mono ellipsis">{open.name}</h2>
                <ToolStatus call={open} />
                <Duration ms={open.duration_ms} />
                {open.step_id !== null && (
                  <Button
                    variant="default"
                    size="compact-xs"
                    ml="auto"
                    leftSection={<IconMessages size={13} />}
                    onClick={() => open.step_id !== null && onStep(open.step_id)}
                  >
                    In the conversation
                  </Button>
                )}
              </div>
              <Verdict call={open} onVerdict={(verdict) => judge(open, verdict)} />
              <h3>Arguments</h3>
              <Payload
                value={open.arguments}
                id={`tool:${rowId(open)}:a`}
                notes={data.notes}
                lines={30}
                label="Arguments"
              />
              <h3>Result</h3>
              {open.status === 'pending' ? (
                <p className="dim">No result has come yet.</p>
              ) : (
                <Payload
                  value={open.result}
                  id={`tool:${rowId(open)}:r`}
                  notes={data.notes}
                  lines={40}
                  label="Result"
                />
              )}
              <h3>Record</h3>
              <dl className={classes.facts}>
                <dt>Tool call id</dt>
                <dd>
                  <code className="ellipsis">{open.tool_call_id}</code>
                  <CopyButton value={open.tool_call_id} label="Copy tool call id" size={20} />
                </dd>
                <dt>Asked for at</dt>
                <dd>
                  <Time iso={open.timestamp} as="precise" />
                </dd>
                {Object.entries(open.metadata)
                  .slice(0, 24)
                  .map(([name, value]) => (
                    <div key={name} className={classes.pair}>
                      <dt title={name}>{name.slice(0, 60)}</dt>
                      <dd>
                        <code className="ellipsis">
                          {(typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 300)}
                        </code>
                      </dd>
                    </div>
                  ))}
              </dl>
            </section>
          )
        }
      >
        <VirtualTable
          label="Tool calls"
          rows={items}
          columns={columns}
          rowId={rowId}
          selectedId={open ? rowId(open) : null}
          onOpen={(call) => setOpenId(rowId(call))}
        />
      </Split>
    </ListState>
  );
}
