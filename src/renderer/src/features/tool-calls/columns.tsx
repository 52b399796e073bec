import { useMemo } from 'react';
import { Link } from 'wouter';
import type { Json, ToolCall } from '../../../../shared/model/index.js';
import { Duration } from '../../components/Duration.js';
import { Missing } from '../../components/Missing.js';
import { RedactedText } from '../../components/RedactedText.js';
import { Time } from '../../components/Time.js';
import { useTextSearch } from '../../components/text-search.js';
import type { Column } from '../../components/VirtualTable.js';
import { foundIn, previewOf } from './preview.js';
import { ToolStatus } from './ToolStatus.js';
import classes from './tool-calls.module.css';

/** The trace at the step that asked for the tool. */
export function traceHref(toolCall: ToolCall): string {
  return `/traces/${toolCall.trace_id}${toolCall.step_id ? `?step=${toolCall.step_id}` : ''}`;
}

/** A value in a line; where it has what the list looks for, around that. */
function Preview({ value }: { value: Json }) {
  const search = useTextSearch();
  const text = useMemo(() => (search && foundIn(value, search)) ?? previewOf(value), [value, search]);
  return <RedactedText text={text} />;
}

export const toolCallColumns: Column<ToolCall>[] = [
  {
    id: 'time',
    header: 'Time',
    width: '102px',
    minTableWidth: 480,
    render: (call) => <Time iso={call.timestamp} as="precise" />,
  },
  {
    id: 'name',
    header: 'Tool',
    width: 'minmax(110px, 0.4fr)',
    render: (call) => (
      <span className={classes.name} title={call.name}>
        {call.name}
      </span>
    ),
  },
  {
    id: 'arguments',
    header: 'Arguments',
    width: 'minmax(90px, 1fr)',
    render: (call) => (
      <span className={classes.preview}>
        <Preview value={call.arguments} />
      </span>
    ),
  },
  {
    id: 'result',
    header: 'Result',
    width: 'minmax(140px, 1fr)',
    minTableWidth: 640,
    render: (call) =>
      call.result === null ? (
        <Missing label="no result yet" />
      ) : (
        <span className={classes.preview}>
          <Preview value={call.result} />
        </span>
      ),
  },
  { id: 'status', header: 'Status', width: '96px', render: (call) => <ToolStatus call={call} quiet /> },
  {
    id: 'duration',
    header: 'Duration',
    width: '88px',
    align: 'right',
    minTableWidth: 480,
    render: (call) => <Duration ms={call.duration_ms} />,
  },
  {
    id: 'trace',
    header: 'Trace',
    width: '76px',
    minTableWidth: 760,
    render: (call) => (
      <Link href={traceHref(call)} className={classes.open} onClick={(event) => event.stopPropagation()} tabIndex={-1}>
        Open
      </Link>
    ),
  },
];
