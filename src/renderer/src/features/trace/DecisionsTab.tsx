import { IconArrowsSplit2, IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Decision } from '../../../../shared/model/index.js';
import { formatCost, formatDuration } from '../../components/format.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListState } from '../../components/layout/ListState.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { CappedText } from './CappedText.js';
import { useExpansion } from './expansion.js';
import classes from './panels.module.css';
import type { TraceData } from './use-trace.js';
import { VirtualRows } from './VirtualRows.js';

const optionsShown = 12;

/** What the agent could have done each time, what it did, and how that went. */
export function DecisionsTab({
  data,
  shown,
  onStep,
}: {
  data: TraceData;
  /** Decision to begin with. */
  shown: string | null;
  onStep(stepId: string): void;
}) {
  const { items } = data.decisions;
  const at = shown === null ? -1 : items.findIndex((decision) => decision.decision_id === shown);
  const none = (
    <EmptyState title="No decisions" icon={IconArrowsSplit2}>
      A decision is read from each call in which the model was offered tools; it can also be sent explicitly.
    </EmptyState>
  );
  return (
    <ListState list={data.decisions} label="Loading decisions" lines={10} empty={none}>
      <VirtualRows items={items} idOf={(decision) => decision.decision_id} estimate={220} label="Decisions" show={at}>
        {(decision, index) => (
          <Card decision={decision} number={index + 1} marked={index === at} data={data} onStep={onStep} />
        )}
      </VirtualRows>
    </ListState>
  );
}

function Card({
  decision,
  number,
  marked,
  data,
  onStep,
}: {
  decision: Decision;
  number: number;
  marked: boolean;
  data: TraceData;
  onStep(stepId: string): void;
}) {
  const { decision_id, available_options, tool_call_ids, context, reasoning, outcome, confidence, origin } = decision;
  const [all, setAll] = useExpansion(`${decision_id}:options`, 0);
  const chosen = chosenOptions(decision, data);
  const shown =
    all === 1
      ? available_options
      : available_options.filter((option, at) => at < optionsShown || chosen.has(option.option));
  const step = data.toolCalls.items.find(
    (call) => call.call_id === decision.call_id && tool_call_ids.includes(call.tool_call_id),
  )?.step_id;

  return (
    <article className={classes.card} data-marked={marked || undefined}>
      <header className={classes.cardHead}>
        <span className={classes.number}>{number}</span>
        <h2>
          <CappedText text={decision.decision} id={`${decision_id}:d`} notes={data.notes} lines={3} chars={300} />
        </h2>
        <StatusBadge
          status={origin}
          tone={origin === 'explicit' ? 'violet' : 'gray'}
          title={
            origin === 'derived'
              ? 'Read from the model call: options are the tools offered, the outcome is the paired result'
              : 'Sent by the agent itself'
          }
        />
        <Time iso={decision.timestamp} />
      </header>
      {context !== undefined && (
        <Part title="Context">
          <CappedText
            text={context}
            id={`${decision_id}:c`}
            notes={data.notes}
            mono={context.includes('\n')}
            lines={4}
            chars={500}
          />
        </Part>
      )}
      {available_options.length > 0 && (
        <Part title={`Options (${available_options.length})`}>
          <ul className={classes.options}>
            {shown.map(({ option, pros, cons, estimated_cost, estimated_time }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: options may be named alike
              <li key={at} data-chosen={chosen.has(option) || undefined}>
                {chosen.has(option) && <IconCheck size={13} stroke={2.4} role="img" aria-label="chosen" />}
                <span className="mono">{option.slice(0, 200)}</span>
                {pros?.map((text) => (
                  <span key={text} className={classes.pro}>
                    + {text.slice(0, 300)}
                  </span>
                ))}
                {cons?.map((text) => (
                  <span key={text} className={classes.con}>
                    − {text.slice(0, 300)}
                  </span>
                ))}
                {estimated_cost !== undefined && <span className="dim">about {formatCost(estimated_cost)}</span>}
                {estimated_time !== undefined && <span className="dim">about {estimated_time} s</span>}
              </li>
            ))}
            {all === 0 && shown.length < available_options.length && (
              <li className={classes.moreOptions}>
                <button type="button" onClick={() => setAll(1)}>
                  {available_options.length - shown.length} more
                </button>
              </li>
            )}
          </ul>
        </Part>
      )}
      {reasoning !== undefined && (
        <Part title="Reasoning">
          <CappedText text={reasoning} id={`${decision_id}:r`} notes={data.notes} lines={8} chars={1200} />
        </Part>
      )}
      <footer className={classes.cardFoot}>
        <Outcome outcome={outcome} />
        {confidence !== undefined && <span>confidence {Math.round(confidence * 100)} %</span>}
        {step && (
          <button type="button" className={classes.link} onClick={() => onStep(step)}>
            Show in the conversation
          </button>
        )}
      </footer>
    </article>
  );
}

/** The tools that the decision led to; for an explicit one, the option it names. */
function chosenOptions(decision: Decision, data: TraceData): ReadonlySet<string> {
  const names = new Set<string>([decision.decision]);
  for (const call of data.toolCalls.items) {
    if (call.call_id === decision.call_id && decision.tool_call_ids.includes(call.tool_call_id)) names.add(call.name);
  }
  return names;
}

function Outcome({ outcome }: { outcome: Decision['outcome'] }) {
  if (!outcome) return <span className="dim">Outcome unknown</span>;
  const { success, actual_time, actual_cost, quality } = outcome;
  return (
    <>
      {success !== undefined && (
        <StatusBadge status={success ? 'ok' : 'error'} label={success ? 'succeeded' : 'failed'} />
      )}
      {actual_time !== undefined && <span>took {formatDuration(actual_time * 1000)}</span>}
      {actual_cost !== undefined && <span>cost {formatCost(actual_cost)}</span>}
      {quality !== undefined && <span>quality {quality}</span>}
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.cardPart}>
      <h3>{title}</h3>
      <div>{children}</div>
    </section>
  );
}
