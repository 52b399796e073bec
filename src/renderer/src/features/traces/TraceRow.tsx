import { Checkbox } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconPlayerStop, IconShieldLock } from '@tabler/icons-react';
import { type CSSProperties, memo } from 'react';
import type { ListHit, TraceSummary } from '../../../../shared/model/index.js';
import { Cost } from '../../components/Cost.js';
import { Duration } from '../../components/Duration.js';
import { Missing } from '../../components/Missing.js';
import { RedactedText } from '../../components/RedactedText.js';
import { Snippet } from '../../components/Snippet.js';
import { Time } from '../../components/Time.js';
import { Tokens } from '../../components/Tokens.js';
import { ReviewMark } from '../review/index.js';
import { traceDuration } from './trace-facts.js';
import classes from './traces.module.css';

interface Props {
  trace: TraceSummary;
  index: number;
  active: boolean;
  selected: boolean;
  href: string;
  /** Where it has what the list looks for; null for nowhere in its steps. */
  hit: ListHit | null;
  /** Null: not scored. */
  quality: number | null;
  style: CSSProperties;
  onPoint(index: number): void;
  onToggle(index: number, extend: boolean): void;
}

/** One trace of the list: what it was about on the left, its numbers in columns. */
export const TraceRow = memo(function TraceRow({
  trace,
  index,
  active,
  selected,
  href,
  hit,
  quality,
  style,
  onPoint,
  onToggle,
}: Props) {
  return (
    <div
      role="row"
      id={`trace-${trace.trace_id}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={classes.row}
      data-active={active || undefined}
      style={style}
      onClick={(event) => {
        if (event.shiftKey) onToggle(index, true);
        else onPoint(index);
      }}
      onDoubleClick={() => {
        location.hash = href;
      }}
    >
      <span role="gridcell" data-col="check" className={classes.check}>
        <Checkbox
          tabIndex={-1}
          checked={selected}
          aria-label={`Select ${trace.title || 'untitled trace'}`}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(index, event.shiftKey);
          }}
          readOnly
        />
      </span>
      <span role="gridcell" data-col="main" className={classes.main}>
        <span className={classes.title}>
          <Completion status={trace.completion_status} />
          <a href={href} tabIndex={-1} className="ellipsis">
            <RedactedText text={trace.title || 'Untitled'} />
          </a>
          {trace.review?.tags.slice(0, 3).map((tag) => (
            <span key={tag} className={classes.tag}>
              {tag}
            </span>
          ))}
          {(trace.review?.tags.length ?? 0) > 3 && <span className="dim">+{(trace.review?.tags.length ?? 0) - 3}</span>}
        </span>
        <Origin trace={trace} hit={hit} />
      </span>
      <span role="gridcell" data-col="started" className={classes.cell}>
        <Time iso={trace.started_at} />
      </span>
      <span role="gridcell" data-col="duration" className={classes.number}>
        <Duration ms={traceDuration(trace)} />
      </span>
      <span role="gridcell" data-col="calls" className={classes.number}>
        {trace.call_count}
      </span>
      <span role="gridcell" data-col="steps" className={classes.number}>
        {trace.step_count}
      </span>
      <span role="gridcell" data-col="tools" className={classes.number}>
        {trace.tool_call_count === 0 ? <Missing label="none" /> : trace.tool_call_count}
      </span>
      <span
        role="gridcell"
        data-col="errors"
        className={classes.number}
        data-tone={trace.error_count > 0 ? 'red' : undefined}
      >
        {trace.error_count === 0 ? <Missing label="none" /> : trace.error_count}
      </span>
      <span role="gridcell" data-col="tokens" className={classes.number}>
        <Tokens usage={trace.usage} />
      </span>
      <span role="gridcell" data-col="cost" className={classes.number}>
        <Cost usd={trace.cost_usd} />
      </span>
      <span
        role="gridcell"
        data-col="redacted"
        className={classes.number}
        data-tone={trace.finding_count > 0 ? 'violet' : undefined}
      >
        {trace.finding_count === 0 ? (
          <Missing label="none" />
        ) : (
          <>
            <IconShieldLock size={13} aria-hidden />
            {trace.finding_count}
          </>
        )}
      </span>
      <span role="gridcell" data-col="quality" className={classes.number}>
        {quality === null ? <Missing label="not scored" /> : quality.toFixed(2)}
      </span>
      <span role="gridcell" data-col="review" className={classes.cell}>
        <ReviewMark review={trace.review} />
      </span>
    </div>
  );
});

const completions = {
  running: { icon: null, label: 'Running', tone: 'blue' },
  completed: { icon: IconCircleCheck, label: 'Completed', tone: 'green' },
  interrupted: { icon: IconPlayerStop, label: 'Interrupted', tone: 'amber' },
  failed: { icon: IconCircleX, label: 'Failed', tone: 'red' },
} as const satisfies Record<TraceSummary['completion_status'], object>;

function Completion({ status }: { status: TraceSummary['completion_status'] }) {
  const { icon: Picture, label, tone } = completions[status];
  return (
    <span className={classes.completion} data-tone={tone} title={label}>
      {Picture ? <Picture size={15} stroke={1.8} aria-hidden /> : <span className={classes.running} />}
      <span className="sr-only">{label}: </span>
    </span>
  );
}

function Origin({ trace, hit }: { trace: TraceSummary; hit: ListHit | null }) {
  const { client, session, kind } = trace.source;
  return (
    <span className={classes.origin}>
      {trace.parent_trace_id !== null && <span className={classes.child}>subagent</span>}
      {trace.kind !== 'agent' && <span className={classes.child}>{trace.kind}</span>}
      <span>{client ?? kind}</span>
      {hit === null && session && <span className={classes.session}>{session}</span>}
      {hit !== null && <Snippet {...hit} />}
      {hit === null && trace.models.length > 0 && <span className={classes.models}>{trace.models.join(', ')}</span>}
      {hit === null && trace.tool_names.length > 0 && (
        <span className="mono ellipsis" title={trace.tool_names.join('\n')}>
          {trace.tool_names.join(' ')}
        </span>
      )}
    </span>
  );
}
