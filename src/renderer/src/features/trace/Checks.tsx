import { Popover } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ValidationIssue } from '../../../../shared/model/index.js';
import { LinkButton } from '../../components/LinkButton.js';
import { trpc } from '../../rpc/client.js';
import classes from './trace.module.css';

const shown = 50;

/** Whether the trace is whole and consistent, and what is not. `mark` changes when the trace does. */
export function Checks({ traceId, mark }: { traceId: string; mark: string }) {
  const asked = trpc.traces.validation.queryOptions({ trace_id: traceId });
  const report = useQuery({
    ...asked,
    queryKey: [...asked.queryKey, mark] as unknown as typeof asked.queryKey,
    // What stood there goes on standing while the trace grows.
    placeholderData: (before) => before,
  });
  if (!report.data) return <span className="dim">–</span>;
  const { valid, errors, warnings } = report.data;
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  const label = valid
    ? warnings.length === 0
      ? 'valid'
      : count(warnings.length, 'remark')
    : count(errors.length, 'error');
  return (
    <Popover position="bottom-start" shadow="md" width={460} withinPortal>
      <Popover.Target>
        <LinkButton tone={valid ? undefined : 'red'}>
          {valid ? <IconCircleCheck size={13} aria-hidden /> : <IconAlertTriangle size={13} aria-hidden />}
          {label}
        </LinkButton>
      </Popover.Target>
      <Popover.Dropdown className={classes.checks}>
        {errors.length + warnings.length === 0 ? (
          <p>Every reference, pair, order and time holds, and no known kind of secret is left.</p>
        ) : (
          <>
            <Issues title="Errors" issues={errors} />
            <Issues title="Remarks" issues={warnings} />
          </>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function Issues({ title, issues }: { title: string; issues: ValidationIssue[] }) {
  if (issues.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {issues.slice(0, shown).map(({ code, path, message }) => (
          <li key={`${code} ${path}`}>
            {message} <code>{path}</code> <code className="dim">{code}</code>
          </li>
        ))}
        {issues.length > shown && <li>and {issues.length - shown} more</li>}
      </ul>
    </section>
  );
}
