import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import {
  IconArrowLeft,
  IconArrowsDiff,
  IconChevronDown,
  IconChevronUp,
  IconDots,
  IconDownload,
  IconSearch,
  IconTrash,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { TraceSummary } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Cost } from '../../components/Cost.js';
import { Duration } from '../../components/Duration.js';
import { LinkButton } from '../../components/LinkButton.js';
import { RedactedText } from '../../components/RedactedText.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { Tokens } from '../../components/Tokens.js';
import { compareHref } from '../../navigation/compare-href.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { ConsentFact } from '../consent/index.js';
import { stateWords } from '../qa/index.js';
import { QualityFact } from '../quality/index.js';
import { traceDuration } from '../traces/index.js';
import { Checks } from './Checks.js';
import { PurposeFact } from './PurposeFact.js';
import classes from './trace.module.css';

interface Props {
  trace: TraceSummary;
  childTraces: TraceSummary[];
  listHref: string;
  previous: (() => void) | null;
  next: (() => void) | null;
  onFind(): void;
  onExport(): void;
  onQuality(): void;
  onTests(): void;
  onDelete(): void;
}

/** What the trace is: title, ids, where it came from, what it cost, and the traces around it. */
export function TraceHeader(props: Props) {
  const { trace, childTraces, listHref, previous, next, onFind, onExport, onQuality, onTests, onDelete } = props;
  const { source } = trace;
  return (
    <header className={classes.header}>
      <div className={classes.titleRow}>
        <Tooltip label="Back to the list (Esc)">
          <ActionIcon component="a" href={listHref} aria-label="Back to the list">
            <IconArrowLeft size={16} />
          </ActionIcon>
        </Tooltip>
        <h1 className={classes.title} title={trace.title}>
          <RedactedText text={trace.title || 'Untitled'} />
        </h1>
        <StatusBadge status={trace.completion_status} />
        {trace.error_count > 0 && (
          <StatusBadge status="error" label={`${trace.error_count} ${trace.error_count === 1 ? 'error' : 'errors'}`} />
        )}
        <div className={classes.actions}>
          <Tooltip label="Previous trace of the list ([)">
            <ActionIcon aria-label="Previous trace" disabled={!previous} onClick={previous ?? undefined}>
              <IconChevronUp size={16} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Next trace of the list (])">
            <ActionIcon aria-label="Next trace" disabled={!next} onClick={next ?? undefined}>
              <IconChevronDown size={16} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Find in this trace (/)">
            <ActionIcon aria-label="Find in this trace" onClick={onFind}>
              <IconSearch size={16} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Compare with another run of the same task (=)">
            <ActionIcon
              component="a"
              href={compareHref({ trace_id: trace.trace_id, call_id: null })}
              aria-label="Compare with another"
            >
              <IconArrowsDiff size={16} />
            </ActionIcon>
          </Tooltip>
          <Button variant="default" leftSection={<IconDownload size={14} />} onClick={onExport}>
            Export
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon aria-label="More actions">
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={onDelete}>
                Delete trace…
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </div>
      <dl className={classes.facts}>
        <Fact name="Trace">
          <code title={trace.trace_id}>{trace.trace_id.slice(-8)}</code>
          <CopyButton value={trace.trace_id} label="Copy trace id" size={18} />
        </Fact>
        <Family trace={trace} childTraces={childTraces} />
        <Fact name="Checks">
          <Checks traceId={trace.trace_id} mark={`${trace.step_count} ${trace.completion_status} ${trace.ended_at}`} />
        </Fact>
        <Fact name="Consent">
          <ConsentFact traceId={trace.trace_id} />
        </Fact>
        <Fact name="Scenario">
          <PurposeFact trace={trace} />
        </Fact>
        {trace.qa_status !== undefined && trace.qa_status !== 'none' && (
          <Fact name="Tests">
            <LinkButton onClick={onTests}>
              {stateWords[trace.qa_status]}
              {trace.qa_origin === 'sent' && ', as it was sent'}
            </LinkButton>
          </Fact>
        )}
        <Fact name="Quality">
          <QualityFact traceId={trace.trace_id} onOpen={onQuality} />
        </Fact>
        <Fact name="Started">
          <Time iso={trace.started_at} />
        </Fact>
        <Fact name="Duration">
          <Duration ms={traceDuration(trace)} />
        </Fact>
        <Fact name="From">{[source.client, source.kind].filter((part) => part !== undefined).join(', ')}</Fact>
        {source.session && (
          <Fact name="Session">
            <span className={`${classes.session} ellipsis`} title={source.session}>
              {source.session}
            </span>
            <CopyButton value={source.session} label="Copy session" size={18} />
          </Fact>
        )}
        <Fact name="Model">
          <span className="ellipsis" title={trace.models.join('\n')}>
            {trace.models.slice(0, 2).join(', ') || '–'}
            {trace.models.length > 2 && ` +${trace.models.length - 2}`}
          </span>
        </Fact>
        <Fact name="Tokens">
          <Tokens usage={trace.usage} />
        </Fact>
        <Fact name="Cost">
          <Cost usd={trace.cost_usd} />
        </Fact>
      </dl>
    </header>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Family({ trace, childTraces }: { trace: TraceSummary; childTraces: TraceSummary[] }) {
  return (
    <>
      {trace.parent_trace_id !== null && (
        <Fact name="Parent">
          <a href={hrefTo(`/traces/${trace.parent_trace_id}`, { step: trace.parent_step_id })}>
            {trace.parent_trace_id.slice(-8)}
          </a>
        </Fact>
      )}
      {trace.predecessor_trace_id !== null && (
        <Fact name="Continues">
          <a href={hrefTo(`/traces/${trace.predecessor_trace_id}`)}>{trace.predecessor_trace_id.slice(-8)}</a>
        </Fact>
      )}
      {childTraces.length > 0 && (
        <Fact name="Subagents">
          <Menu>
            <Menu.Target>
              <LinkButton>
                {childTraces.length}
                <IconChevronDown size={12} aria-hidden />
                <span className="sr-only">subagent traces</span>
              </LinkButton>
            </Menu.Target>
            <Menu.Dropdown mah={320} style={{ overflow: 'auto' }}>
              {childTraces.map((child) => (
                <Menu.Item key={child.trace_id} component="a" href={hrefTo(`/traces/${child.trace_id}`)}>
                  <span className={classes.childTitle}>{child.title || 'Untitled'}</span>
                  <span className="dim">
                    {child.step_count} steps, {child.tool_call_count} tool calls
                  </span>
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </Fact>
      )}
    </>
  );
}
