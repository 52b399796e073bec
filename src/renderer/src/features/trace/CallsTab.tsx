import { IconArrowsDiff, IconArrowUpRight, IconCornerLeftUp, IconRoute } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { Call } from '../../../../shared/model/index.js';
import { Cost } from '../../components/Cost.js';
import { Duration } from '../../components/Duration.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListState } from '../../components/layout/ListState.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { Tokens } from '../../components/Tokens.js';
import { compareHref } from '../../navigation/compare-href.js';
import { useList } from '../../rpc/titles.js';
import classes from './panels.module.css';
import type { TraceData } from './use-trace.js';
import { VirtualRows } from './VirtualRows.js';

/** Why each call belongs here, and what it cost. */
export function CallsTab({ data, onRaw }: { data: TraceData; onRaw(exchangeId: string): void }) {
  const { items } = data.calls;
  const numbers = useMemo(() => new Map(items.map((call, at) => [call.call_id, at])), [items]);
  const [shown, setShown] = useState<number>();
  const none = (
    <EmptyState title="No model calls" icon={IconRoute}>
      This trace was not captured from model calls.
    </EmptyState>
  );
  return (
    <ListState list={data.calls} label="Loading calls" lines={10} empty={none}>
      <VirtualRows items={items} idOf={(call) => call.call_id} estimate={92} label="Model calls" show={shown}>
        {(call, index) => {
          const parent = call.parent_call_id === null ? undefined : numbers.get(call.parent_call_id);
          return (
            <article className={classes.call} data-shown={shown === index || undefined}>
              <span className={classes.number}>{index + 1}</span>
              <div>
                <div className={classes.callHead}>
                  <h2>{call.model ?? 'Unknown model'}</h2>
                  <span className="dim">
                    {call.format} {call.operation}
                  </span>
                  <Time iso={call.started_at} as="precise" />
                  {call.partial && <StatusBadge status="aborted" label="cut off" />}
                  {call.error && <StatusBadge status="failed" label={call.error.code} />}
                </div>
                <Why call={call} parent={parent} onParent={setShown} />
                {call.error && <p className={classes.callError}>{call.error.message.slice(0, 600)}</p>}
              </div>
              <Figures traceId={data.summary.data?.trace_id ?? ''} call={call} onRaw={onRaw} />
            </article>
          );
        }}
      </VirtualRows>
    </ListState>
  );
}

function Why({ call, parent, onParent }: { call: Call; parent: number | undefined; onParent(at: number): void }) {
  const { rule, basis, confidence, evidence } = call.edge;
  const { title = rule, description = '' } = useList('threading_rules').find(({ id }) => id === rule) ?? {};
  return (
    <div className={classes.why}>
      <StatusBadge
        status={rule}
        label={title}
        tone={rule === 'fingerprint' ? 'amber' : rule === 'root' ? 'gray' : 'blue'}
        title={description}
      />
      <span title={basis === 'recorded' ? 'The traffic says so itself' : 'Concluded from the content'}>{basis}</span>
      <span className={classes.confidence} title={`Confidence ${Math.round(confidence * 100)} %`}>
        <span style={{ width: `${confidence * 100}%` }} />
      </span>
      <span className="num">{Math.round(confidence * 100)} %</span>
      {parent !== undefined && (
        <button type="button" className={classes.link} onClick={() => onParent(parent)}>
          <IconCornerLeftUp size={12} aria-hidden /> call {parent + 1}
        </button>
      )}
      <span className={classes.evidence}>{evidence ?? description}</span>
    </div>
  );
}

function Figures({ traceId, call, onRaw }: { traceId: string; call: Call; onRaw(exchangeId: string): void }) {
  const { exchange_id } = call;
  return (
    <div className={classes.figures}>
      <dl>
        <div>
          <dt>Tokens</dt>
          <dd>
            <Tokens usage={call.usage} />
          </dd>
        </div>
        <div>
          <dt>Cost</dt>
          <dd>
            <Cost usd={call.cost_usd} />
          </dd>
        </div>
        <div>
          <dt>First token</dt>
          <dd>
            <Duration ms={call.ttft_ms} />
          </dd>
        </div>
        <div>
          <dt>Duration</dt>
          <dd>
            <Duration ms={call.duration_ms} />
          </dd>
        </div>
        <div>
          <dt>Stopped by</dt>
          <dd className="ellipsis">{call.stop_reason ?? '–'}</dd>
        </div>
      </dl>
      <span className={classes.links}>
        {exchange_id !== null && (
          <button type="button" className={classes.link} onClick={() => onRaw(exchange_id)}>
            Raw <IconArrowUpRight size={12} aria-hidden />
          </button>
        )}
        <a
          className={classes.link}
          href={compareHref({ trace_id: traceId, call_id: call.call_id })}
          title="With other answers to the same request"
        >
          Compare <IconArrowsDiff size={12} aria-hidden />
        </a>
      </span>
    </div>
  );
}
