import { SegmentedControl } from '@mantine/core';
import { IconArrowsExchange } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { Effect, ToolCall, Witness } from '../../../../shared/model/index.js';
import { Duration } from '../../components/Duration.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListState } from '../../components/layout/ListState.js';
import { Page } from '../../components/layout/Page.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Table } from '../../components/Table.js';
import { Time } from '../../components/Time.js';
import effects from './effects.module.css';
import { Payload } from './Payload.js';
import classes from './panels.module.css';
import type { TraceData } from './use-trace.js';
import { VirtualRows } from './VirtualRows.js';

type Row =
  | { kind: 'effect'; id: string; effect: Effect; toolCall: ToolCall | undefined }
  | { kind: 'never_sent'; id: string; toolCall: ToolCall }
  | { kind: 'witness'; id: string; witness: Witness; number: number };

/** What the tool calls did on the wire, and where two observers of the same call differ. */
export function EffectsTab({ data, onStep }: { data: TraceData; onStep(stepId: string): void }) {
  const rows = useMemo(() => rowsOf(data), [data]);
  const odd = rows.filter(isOdd);
  const [shown, setShown] = useState<'all' | 'odd'>('all');
  const none = (
    <EmptyState title="Nothing was seen on the wire" icon={IconArrowsExchange}>
      Tools that ran inside the agent leave no traffic. MCP over HTTP, requests of tools and second reports by
      OpenTelemetry or session files would stand here.
    </EmptyState>
  );
  return (
    <ListState list={{ ...data.effects, items: rows }} label="Loading effects" lines={10} empty={none}>
      <Page
        tools={
          <>
            <SegmentedControl
              value={shown}
              onChange={(value) => setShown(value === 'odd' ? 'odd' : 'all')}
              data={[
                { value: 'all', label: `All ${rows.length}` },
                { value: 'odd', label: `Disagreements ${odd.length}` },
              ]}
              aria-label="Which effects"
            />
            <span className="dim">
              {odd.length === 0
                ? 'What was claimed, sent and reported agrees.'
                : 'Claims, wire and reports differ here.'}
            </span>
          </>
        }
      >
        <VirtualRows items={shown === 'all' ? rows : odd} idOf={(row) => row.id} estimate={84} label="Effects">
          {(row) => <Card row={row} data={data} onStep={onStep} />}
        </VirtualRows>
      </Page>
    </ListState>
  );
}

function rowsOf(data: TraceData): Row[] {
  const tools = new Map(data.toolCalls.items.map((call) => [call.tool_call_id, call]));
  const numbers = new Map(data.calls.items.map((call, at) => [call.call_id, at + 1]));
  return [
    ...data.effects.items.map((effect): Row => {
      const toolCall = effect.tool_call_id === null ? undefined : tools.get(effect.tool_call_id);
      return { kind: 'effect', id: effect.effect_id, effect, toolCall };
    }),
    ...data.toolCalls.items
      .filter((call) => call.metadata.claimed_never_sent === true)
      .map((toolCall): Row => ({ kind: 'never_sent', id: `${toolCall.call_id} ${toolCall.tool_call_id}`, toolCall })),
    ...data.witnesses.items.map(
      (witness): Row => ({
        kind: 'witness',
        id: witness.witness_id,
        witness,
        number: numbers.get(witness.call_id) ?? 0,
      }),
    ),
  ];
}

function isOdd(row: Row): boolean {
  if (row.kind === 'never_sent') return true;
  if (row.kind === 'witness') return row.witness.disagreements.length > 0;
  const { effect } = row;
  return contradicts(row) || effect.join === null || effect.arguments_altered || effect.result_altered === true;
}

/** It failed, and the result that the model was given is not marked as that of a failure. */
function contradicts({ effect, toolCall }: Pick<Extract<Row, { kind: 'effect' }>, 'effect' | 'toolCall'>): boolean {
  return effect.status === 'error' && toolCall?.metadata.claimed_status === 'ok';
}

function Card({ row, data, onStep }: { row: Row; data: TraceData; onStep(stepId: string): void }) {
  switch (row.kind) {
    case 'effect':
      return <EffectCard effect={row.effect} toolCall={row.toolCall} data={data} onStep={onStep} />;
    case 'never_sent':
      return (
        <article className={effects.card} data-odd>
          <header>
            <StatusBadge status="never sent" tone="amber" />
            <h2 className="mono">{row.toolCall.name}</h2>
            <Time iso={row.toolCall.timestamp} />
            <Show toolCall={row.toolCall} onStep={onStep} />
          </header>
          <p>The model asked for this tool, and its server’s traffic is captured, but no request for it was seen.</p>
        </article>
      );
    case 'witness':
      return <WitnessCard witness={row.witness} number={row.number} />;
  }
}

function EffectCard({
  effect,
  toolCall,
  data,
  onStep,
}: {
  effect: Effect;
  toolCall: ToolCall | undefined;
  data: TraceData;
  onStep(stepId: string): void;
}) {
  const { effect_id, join } = effect;
  const contradicted = contradicts({ effect, toolCall });
  return (
    <article
      className={effects.card}
      data-odd={contradicted || effect.arguments_altered || effect.result_altered || undefined}
    >
      <header>
        <StatusBadge status={effect.status} />
        <h2 className="mono ellipsis">{effect.name}</h2>
        <span className="dim">
          {effect.protocol} at {effect.server}
        </span>
        <Time iso={effect.started_at} as="precise" />
        <Duration ms={effect.duration_ms} />
        {contradicted && (
          <StatusBadge
            status="claimed ok"
            tone="amber"
            title="It failed on the wire; the result that the model was given does not say so"
          />
        )}
        {effect.arguments_altered && <StatusBadge status="arguments altered" tone="amber" />}
        {effect.result_altered === true && <StatusBadge status="result altered" tone="amber" />}
        {join === null && (
          <StatusBadge status="unclaimed" tone="amber" title="Sent, but no captured model asked for it" />
        )}
        <Show toolCall={toolCall} onStep={onStep} />
      </header>
      {join && (
        <p>
          {join.evidence} <span className="num">{Math.round(join.confidence * 100)} %</span>
        </p>
      )}
      {effect.arguments_altered && toolCall && (
        <div className={effects.pair}>
          <section>
            <h3>Asked for</h3>
            <Payload
              value={toolCall.arguments}
              id={`${effect_id}:asked`}
              notes={data.notes}
              lines={12}
              label="Asked for"
            />
          </section>
          <section>
            <h3>Sent</h3>
            <Payload value={effect.arguments} id={`${effect_id}:sent`} notes={data.notes} lines={12} label="Sent" />
          </section>
        </div>
      )}
      {effect.result_altered === true && toolCall && (
        <div className={effects.pair}>
          <section>
            <h3>Came back</h3>
            <Payload value={effect.result} id={`${effect_id}:came`} notes={data.notes} lines={12} label="Came back" />
          </section>
          <section>
            <h3>Given to the model</h3>
            <Payload
              value={toolCall.result}
              id={`${effect_id}:given`}
              notes={data.notes}
              lines={12}
              label="Given to the model"
            />
          </section>
        </div>
      )}
    </article>
  );
}

function WitnessCard({ witness, number }: { witness: Witness; number: number }) {
  const { disagreements, source, basis, timestamp } = witness;
  return (
    <article className={effects.card} data-odd={disagreements.length > 0 || undefined}>
      <header>
        <StatusBadge
          status={disagreements.length === 0 ? 'agrees' : 'disagrees'}
          tone={disagreements.length === 0 ? 'green' : 'amber'}
        />
        <h2>
          Call {number} was also reported by {source}
        </h2>
        <span className="dim">known by its {basis.replaceAll('_', ' ')}</span>
        <Time iso={timestamp} />
      </header>
      {disagreements.length > 0 && (
        <Table className={effects.table}>
          <thead>
            <tr>
              <th>Field</th>
              <th>On the wire</th>
              <th>Reported</th>
            </tr>
          </thead>
          <tbody>
            {disagreements.map((each) => (
              <tr key={each.field}>
                <th scope="row">{each.field}</th>
                <td>{shortValue(each.stored)}</td>
                <td>{shortValue(each.reported)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </article>
  );
}

function shortValue(value: Witness['disagreements'][number]['stored']): string {
  if (value === null) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

function Show({ toolCall, onStep }: { toolCall: ToolCall | undefined; onStep(stepId: string): void }) {
  const step = toolCall?.step_id;
  if (!step) return null;
  return (
    <button type="button" className={classes.link} onClick={() => onStep(step)}>
      In the conversation
    </button>
  );
}
