import { IconCornerDownRight, IconEye, IconPhoto } from '@tabler/icons-react';
import { memo, type ReactNode, useMemo } from 'react';
import type { Call, Decision } from '../../../../shared/model/index.js';
import { Bytes } from '../../components/Bytes.js';
import { Cost } from '../../components/Cost.js';
import { Duration } from '../../components/Duration.js';
import { Json } from '../../components/Json.js';
import { RedactedText } from '../../components/RedactedText.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { Tokens } from '../../components/Tokens.js';
import { useTextSearch } from '../../components/text-search.js';
import { hrefTo, replaceHashParams } from '../../navigation/hash-params.js';
import { StepMarks } from '../review/index.js';
import { ToolStatus, useJudged, useVerdict, Verdict } from '../tool-calls/index.js';
import { CappedText } from './CappedText.js';
import classes from './conversation.module.css';
import { targetOf } from './correctable.js';
import { useExpansion } from './expansion.js';
import { type EventStep, type Item, type ToolItem, toolStatus } from './items.js';
import { Payload } from './Payload.js';
import { eventTitle, lookOf, oneLine, toolName } from './step-look.js';
import type { TraceData } from './use-trace.js';

interface Props {
  traceId: string;
  item: Item;
  index: number;
  data: TraceData;
  selected: boolean;
  onSelect(index: number): void;
}

/** One row of the conversation, with its model call's line before it where a call begins. */
export const ConversationItem = memo(function ConversationItem({
  traceId,
  item,
  index,
  data,
  selected,
  onSelect,
}: Props) {
  const { icon: Picture, tone } = lookOf(item, data.decisionById);
  const call = item.opens_call && item.call_id !== null ? data.callById.get(item.call_id) : undefined;
  const failed = item.kind === 'tool' && toolStatus(item, data.toolCallByStep.get(item.key)) === 'error';
  const spawned = data.children.filter(
    (child) => child.parent_step_id !== null && item.step_ids.includes(child.parent_step_id),
  );
  return (
    <>
      {call && <CallLine call={call} />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: j and k select; a click only spares them */}
      <div
        className={classes.item}
        data-tone={failed ? 'error' : tone}
        data-selected={selected || undefined}
        onClick={() => {
          // Selecting text is not selecting the step.
          if (getSelection()?.isCollapsed !== false) onSelect(index);
        }}
      >
        <span className={classes.gutter}>
          <Picture size={15} stroke={1.7} aria-hidden />
        </span>
        <div className={classes.content}>
          <Body item={item} data={data} />
          <StepMarks stepIds={item.step_ids} target={targetOf(item, data)} />
          {spawned.map((child) => (
            <a key={child.trace_id} className={classes.child} href={hrefTo(`/traces/${child.trace_id}`)}>
              <IconCornerDownRight size={14} aria-hidden />
              Subagent: {child.title || 'untitled'} ({child.step_count} steps)
            </a>
          ))}
        </div>
        <span className={classes.when}>
          <a href={hrefTo(`/traces/${traceId}`, { step: item.key })} tabIndex={-1} title="Link to this step">
            <Time iso={stepTime(item)} as="precise" />
          </a>
        </span>
      </div>
    </>
  );
});

function stepTime(item: Item): string | null {
  if (item.kind === 'tool') return item.call?.timestamp ?? item.result?.timestamp ?? null;
  return item.step.timestamp;
}

function CallLine({ call }: { call: Call }) {
  return (
    <div className={classes.callLine}>
      <span className={classes.callModel}>{call.model ?? call.format}</span>
      {call.usage && <Tokens usage={call.usage} />}
      {call.cost_usd !== null && <Cost usd={call.cost_usd} />}
      {call.duration_ms !== null && <Duration ms={call.duration_ms} />}
      {call.ttft_ms !== null && (
        <span>
          first token <Duration ms={call.ttft_ms} />
        </span>
      )}
      {call.partial && <StatusBadge status="aborted" label="cut off" />}
      {call.error && <StatusBadge status="failed" label={call.error.code} title={call.error.message} />}
    </div>
  );
}

function Body({ item, data }: { item: Item; data: TraceData }) {
  const { notes } = data;
  switch (item.kind) {
    case 'message': {
      const { role, name, content, media, other, refusal } = item.step;
      const quiet = role === 'system' || role === 'developer';
      return (
        <>
          <Heading name={roles[role]}>
            {name && <span className="dim">{name}</span>}
            {refusal && <StatusBadge status="aborted" label="refusal" />}
          </Heading>
          {content !== '' && (
            <CappedText
              text={content}
              id={item.key}
              notes={notes}
              mono={quiet}
              lines={quiet ? 5 : 60}
              chars={quiet ? 500 : 6000}
            />
          )}
          {media?.map((part, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity and never change places
            <Media key={at} part={part} />
          ))}
          {other && other.length > 0 && (
            <Json value={other} defaultDepth={1} maxHeight={260} label="Other parts" notes={notes} />
          )}
        </>
      );
    }
    case 'reasoning':
      return <Reasoning item={item} notes={notes} />;
    case 'tool':
      return <Tool item={item} data={data} />;
    case 'decision': {
      const decision = data.decisionById.get(item.step.decision_id);
      return (
        <div className={classes.decision}>
          <span>
            Decided on <strong>{decision ? oneLine(decision.decision) : '…'}</strong>
            {decision && decision.available_options.length > 0 && (
              <span className="dim"> out of {decision.available_options.length} options</span>
            )}
          </span>
          {decision && <StatusBadge status="decision" tone="violet" label={decision.origin} />}
        </div>
      );
    }
    case 'error':
      return (
        <>
          <Heading name="Error">
            <code className={classes.code}>{item.step.code}</code>
          </Heading>
          <CappedText text={item.step.message} id={item.key} notes={notes} />
          {item.step.details !== undefined && (
            <Json value={item.step.details} maxHeight={260} label="Details" notes={notes} />
          )}
        </>
      );
    case 'event':
      return <Event step={item.step} notes={notes} />;
  }
}

const roles = {
  system: 'System',
  developer: 'Developer',
  user: 'User',
  assistant: 'Assistant',
  tool: 'Tool',
} as const;

function Heading({ name, children }: { name: ReactNode; children?: ReactNode }) {
  return (
    <div className={classes.heading}>
      <span className={classes.name}>{name}</span>
      {children}
    </div>
  );
}

function Reasoning({ item, notes }: { item: Extract<Item, { kind: 'reasoning' }>; notes: TraceData['notes'] }) {
  const { content } = item.step;
  const search = useTextSearch();
  const found = useMemo(() => (search?.hits(content, 1) ?? []).length > 0, [search, content]);
  const [unfolded, setOpen] = useExpansion(`${item.key}:open`, 0);
  const open = found ? 1 : unfolded;
  const encrypted = item.step.type === 'reasoning' && item.step.encrypted === true;
  if (content === '') {
    return (
      <div className={classes.reasoningEmpty}>
        {encrypted ? 'Reasoning, encrypted by the vendor' : 'Reasoning without text'}
      </div>
    );
  }
  return (
    <>
      <button
        type="button"
        className={classes.reasoning}
        aria-expanded={open === 1}
        onClick={() => setOpen(open === 1 ? 0 : 1)}
      >
        <span className={classes.name}>Reasoning</span>
        <span className="ellipsis">{open === 1 ? '' : oneLine(content)}</span>
        <IconEye size={13} aria-hidden />
      </button>
      {open === 1 && (
        <div className={classes.reasoningText}>
          <CappedText text={content} id={item.key} notes={notes} lines={80} chars={8000} />
        </div>
      )}
    </>
  );
}

function Tool({ item, data }: { item: ToolItem; data: TraceData }) {
  const paired = useJudged()(data.toolCallByStep.get(item.key));
  const suspected = item.call?.suspicion ?? item.result?.suspicion ?? null;
  const judge = useVerdict();
  const status = toolStatus(item, paired);
  const duration = paired?.duration_ms ?? item.duration_ms;
  const decision = item.decision
    ? data.decisionById.get(item.decision.decision_id)
    : data.decisionByToolCall.get(`${item.call_id} ${item.call?.tool_call_id}`);
  const result = item.result?.result ?? paired?.result ?? null;
  const hasResult = item.result !== null || (paired !== undefined && paired.status !== 'pending');
  return (
    <>
      <Heading
        name={
          <span className="mono">
            <RedactedText text={toolName(item)} />
          </span>
        }
      >
        {status !== 'ok' && <StatusBadge status={status} label={status === 'pending' ? 'no result yet' : undefined} />}
        {status === 'ok' &&
          (paired !== undefined
            ? paired.suspicion != null && <ToolStatus call={paired} />
            : suspected !== null && <StatusBadge status="suspect" />)}
        {item.call?.server && <StatusBadge status="server" label="run by the vendor" />}
        {duration !== null && <Duration ms={duration} />}
        <Chosen decision={decision} />
      </Heading>
      <div className={classes.tool}>
        {item.call && (
          <div role="group" aria-label="Arguments" className={classes.part}>
            <Payload value={item.call.arguments} id={`${item.key}:a`} notes={data.notes} label="Arguments" />
          </div>
        )}
        {hasResult && (
          <div
            role="group"
            aria-label="Result"
            className={classes.part}
            data-kind={status === 'error' ? 'error' : 'result'}
          >
            <Payload value={result} id={`${item.key}:r`} notes={data.notes} lines={12} label="Result" />
            {paired && <Verdict call={paired} onVerdict={(verdict) => judge(paired, verdict)} />}
          </div>
        )}
      </div>
    </>
  );
}

function Chosen({ decision }: { decision: Decision | undefined }) {
  if (!decision || decision.available_options.length === 0) return null;
  return (
    <button
      type="button"
      className={classes.chosen}
      title={decision.origin === 'derived' ? 'Decision, read from the model call' : 'Decision, sent by the agent'}
      onClick={(event) => {
        event.stopPropagation();
        replaceHashParams({ tab: 'decisions', decision: decision.decision_id });
      }}
    >
      1 of {decision.available_options.length} options
    </button>
  );
}

function Media({
  part,
}: {
  part: { media: string; media_type?: string; url?: string; bytes?: number; sha256?: string };
}) {
  return (
    <div className={classes.media}>
      <IconPhoto size={14} aria-hidden />
      <span>{part.media}</span>
      {part.media_type && <span className="mono">{part.media_type}</span>}
      {part.bytes !== undefined && <Bytes value={part.bytes} />}
      {part.url && (
        <span className="mono ellipsis" title={part.url.slice(0, 2000)}>
          {part.url.slice(0, 200)}
        </span>
      )}
      {part.sha256 && (
        <span className="mono dim" title={part.sha256}>
          {part.sha256.slice(0, 12)}
        </span>
      )}
    </div>
  );
}

function Event({ step, notes }: { step: EventStep; notes: TraceData['notes'] }) {
  const text =
    step.type === 'code_edit'
      ? step.diff
      : step.type === 'terminal_command'
        ? step.output
        : step.type === 'test_result'
          ? (step.output ?? '')
          : '';
  const data = 'data' in step ? step.data : undefined;
  return (
    <>
      <Heading name={<RedactedText text={eventTitle(step)} notes={notes} />}>
        {step.type === 'terminal_command' && step.exit_code !== null && (
          <StatusBadge status={step.exit_code === 0 ? 'ok' : 'error'} label={`exit ${step.exit_code}`} />
        )}
      </Heading>
      {text !== '' && (
        <div className={classes.part}>
          <CappedText text={text} id={step.step_id} notes={notes} mono lines={14} chars={1600} />
        </div>
      )}
      {data !== undefined && <Json value={data} defaultDepth={1} maxHeight={260} label="Data" notes={notes} />}
    </>
  );
}
