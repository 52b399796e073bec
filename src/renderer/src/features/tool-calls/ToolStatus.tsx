import { Button } from '@mantine/core';
import type { ToolCall, ToolCallVerdict } from '../../../../shared/model/index.js';
import { Kbd } from '../../components/Kbd.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import classes from './tool-calls.module.css';
import { judgedOf } from './verdict.js';

/** How a tool call ended: as it is marked, as a person said, or that its result says otherwise. */
export function ToolStatus({ call, quiet = false }: { call: ToolCall; quiet?: boolean }) {
  const judged = judgedOf(call);
  if (judged !== null) {
    const title = judged === 'error' ? 'Failed, as you said' : 'Did not fail, as you said';
    return <StatusBadge status={call.status} title={title} quiet={quiet} />;
  }
  if (call.suspicion == null) return <StatusBadge status={call.status} quiet={quiet} />;
  return <StatusBadge status="suspect" title={reasonOf(call)} />;
}

/** Why it is suspected, and what is to be said of it. */
export function Verdict({ call, onVerdict }: { call: ToolCall; onVerdict: (verdict: ToolCallVerdict) => void }) {
  const judged = judgedOf(call);
  if (judged === null && call.suspicion == null) return null;
  return (
    <div className={classes.verdict} role="group" aria-label="Did it fail?">
      <span>
        {judged === null
          ? `${reasonOf(call)}.`
          : judged === 'error'
            ? 'You said that it failed.'
            : 'You said that it did not fail.'}
      </span>
      <Button variant="default" size="compact-xs" aria-pressed={judged === 'error'} onClick={() => onVerdict('error')}>
        It failed&nbsp;<Kbd>y</Kbd>
      </Button>
      <Button variant="default" size="compact-xs" aria-pressed={judged === 'ok'} onClick={() => onVerdict('ok')}>
        It did not&nbsp;<Kbd>d</Kbd>
      </Button>
    </div>
  );
}

function reasonOf({ suspicion, suspicion_reason }: ToolCall): string {
  const reason = suspicion_reason ?? 'its result looks like a failure';
  return `May have failed: ${reason} (${Math.round((suspicion ?? 0) * 100)}%)`;
}
