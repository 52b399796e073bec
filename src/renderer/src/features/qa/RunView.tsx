import { SegmentedControl } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { QaRun, QaTask, QaTest } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Duration } from '../../components/Duration.js';
import { Fact, Facts } from '../../components/Facts.js';
import { LinkButton } from '../../components/LinkButton.js';
import { PanelSection } from '../../components/layout/Panel.js';
import { Notice } from '../../components/Notice.js';
import { RedactedText } from '../../components/RedactedText.js';
import { StatusBadge, type Tone } from '../../components/StatusBadge.js';
import { Table } from '../../components/Table.js';
import { Time } from '../../components/Time.js';
import { WithCode } from '../../components/WithCode.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { JobLog } from '../jobs/index.js';
import { Attempts } from './Attempts.js';
import classes from './qa.module.css';
import { RunBadge, VerdictBadge } from './RunBadge.js';
import { SettingsUsed } from './SettingsUsed.js';
import { TestTable } from './TestTable.js';
import { isUnderWay, tierWords, verdictWords } from './words.js';

interface Props {
  run: QaRun;
  /** It is shown on its trace’s page. */
  onTrace?: boolean;
}

/** One run of tests: what it came to, what that rests on, and how to do the same by hand. */
export function RunView({ run, onTrace = false }: Props) {
  const { output_snippet, tests_edited, edits, attempts, settings, repository, by_hand } = run;
  return (
    <>
      <PanelSection label="Verdict">
        <div className={classes.headline}>
          <RunBadge run={run} />
          {run.restored_verdict !== null && (
            <span className={classes.restored}>
              with the tests of before: <VerdictBadge verdict={run.restored_verdict} />
            </span>
          )}
        </div>
        {run.reason !== null && (
          <p className={classes.reason}>
            {run.verdict === null ? <WithCode text={run.reason} /> : <RedactedText text={run.reason} />}
          </p>
        )}
        {run.restored_verdict !== null && run.restored_verdict !== run.verdict && (
          <div className={classes.remark}>
            <Notice tone="amber" title="The change edited its own tests">
              <p>
                As it left them the verdict is {run.verdict === null ? 'open' : verdictWords[run.verdict].label}; with
                the tests as they were before it is {verdictWords[run.restored_verdict].label}.
              </p>
            </Notice>
          </div>
        )}
        <Facts>
          {!onTrace && run.trace_id !== null && (
            <Fact name="Trace">
              <a href={hrefTo(`/traces/${run.trace_id}`, { tab: 'tests', run: run.run_id })}>
                {run.trace_id.slice(-8)}
              </a>
            </Fact>
          )}
          {run.framework !== null && (
            <Fact name="Framework">
              {run.framework}
              {run.tier !== null && <span className="dim"> decided by the {tierWords[run.tier]}</span>}
            </Fact>
          )}
          {run.test_exit_code !== null && <Fact name="Exit code">{run.test_exit_code}</Fact>}
          <Fact name="Begun">
            <Time iso={run.started_at ?? run.created_at} />
          </Fact>
          {run.seconds !== null && (
            <Fact name="Took">
              <Duration ms={run.seconds * 1000} />
            </Fact>
          )}
        </Facts>
      </PanelSection>
      {run.job_id !== null && isUnderWay(run) && (
        <PanelSection title="Log">
          <JobLog jobId={run.job_id} />
        </PanelSection>
      )}
      {run.tests.length > 0 && (
        <PanelSection title="Tests">
          <Tests run={run} />
        </PanelSection>
      )}
      {tests_edited.length > 0 && (
        <PanelSection title="Edited by the change">
          <p className={classes.note}>Tests, what sets them up, their settings or CI files. {run.restored?.reason}</p>
          <ul className={classes.paths}>
            {tests_edited.map((path) => (
              <li key={path}>
                <RedactedText text={path} />
              </li>
            ))}
          </ul>
        </PanelSection>
      )}
      {edits !== null && edits.result !== 'none' && (
        <PanelSection title="Edits that the trace tells">
          <Edits edits={edits} />
        </PanelSection>
      )}
      {run.task !== null && (
        <PanelSection title="Harbor task">
          <ProvenTask task={run.task} />
        </PanelSection>
      )}
      {output_snippet !== null && output_snippet !== '' && (
        <PanelSection title="Output">
          <Lines label="Output of the tests">
            <RedactedText text={output_snippet} />
          </Lines>
        </PanelSection>
      )}
      {attempts.length > 0 && (
        <PanelSection title="Runs">
          <Attempts attempts={attempts} />
        </PanelSection>
      )}
      {settings !== null && (
        <PanelSection title="Settings used">
          <SettingsUsed settings={settings} repository={repository} />
        </PanelSection>
      )}
      {by_hand !== null && (
        <PanelSection title="The same by hand" actions={<CopyButton value={by_hand} label="Copy the command" />}>
          <Lines label="Commands">{by_hand}</Lines>
        </PanelSection>
      )}
      {run.job_id !== null && !isUnderWay(run) && <PastLog jobId={run.job_id} />}
    </>
  );
}

/** Lines as they came; reached, and scrolled, by keyboard too. */
function Lines({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section className={classes.output} aria-label={label} tabIndex={0}>
      <pre>{children}</pre>
    </section>
  );
}

function Tests({ run }: { run: QaRun }) {
  const [side, setSide] = useState<'as_left' | 'restored'>('as_left');
  const { restored } = run;
  const shown: readonly QaTest[] = side === 'restored' && restored !== null ? restored.tests : run.tests;
  return (
    <>
      {restored !== null && restored.tests.length > 0 && (
        <SegmentedControl
          mb={8}
          aria-label="Which tests"
          value={side}
          onChange={(value) => setSide(value as typeof side)}
          data={[
            { value: 'as_left', label: 'As the change left them' },
            { value: 'restored', label: 'As they were before' },
          ]}
        />
      )}
      <TestTable key={side} tests={shown} label="Tests of this run" />
    </>
  );
}

const proofTones: Record<QaTask['state'], Tone> = { proven: 'green', refuted: 'red', not_proven: 'amber' };

/** What came of trying the task that the run was made into. */
function ProvenTask({ task }: { task: QaTask }) {
  const { state, reason, before, after, fail_to_pass, pass_to_pass, parts } = task;
  return (
    <>
      <p className={classes.reason}>
        <StatusBadge status={state} label={state.replace('_', ' ')} tone={proofTones[state]} />{' '}
        <RedactedText text={reason} />
      </p>
      <Facts>
        {before !== null && <Fact name="Exit code before">{before.exit_code ?? 'none'}</Fact>}
        {after !== null && <Fact name="With the solution">{after.exit_code ?? 'none'}</Fact>}
        {parts !== null && (
          <Fact name="Files">
            {parts.tests.length.toLocaleString('en')} of tests, {parts.solution.length.toLocaleString('en')} of the
            solution
          </Fact>
        )}
        <Fact name="Tests that decide">
          {fail_to_pass.length.toLocaleString('en')} fail to pass, {pass_to_pass.length.toLocaleString('en')} pass to
          pass
        </Fact>
      </Facts>
    </>
  );
}

const editTitles: Record<NonNullable<QaRun['edits']>['result'], { label: string; tone: Tone }> = {
  same: { label: 'they give the change', tone: 'green' },
  other: { label: 'they give something else', tone: 'amber' },
  unfit: { label: 'they do not fit', tone: 'amber' },
  none: { label: 'none', tone: 'gray' },
};
const fileTitles: Record<NonNullable<QaRun['edits']>['files'][number]['state'], string> = {
  same: 'same',
  differs: 'differs',
  only_edited: 'only in the edits',
  only_after: 'only in the change',
  unfit: 'does not fit',
};

function Edits({ edits }: { edits: NonNullable<QaRun['edits']> }) {
  const { label, tone } = editTitles[edits.result];
  return (
    <>
      <p className={classes.reason}>
        <StatusBadge status={edits.result} label={label} tone={tone} /> <RedactedText text={edits.detail} />
      </p>
      {edits.files.length > 0 && (
        <Table label="Edits compared">
          <thead>
            <tr>
              <th>File</th>
              <th>Laid onto the commit before</th>
            </tr>
          </thead>
          <tbody>
            {edits.files.map(({ path, state }) => (
              <tr key={path}>
                <td>
                  <RedactedText text={path} />
                </td>
                <td>{fileTitles[state]}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </>
  );
}

function PastLog({ jobId }: { jobId: string }) {
  const [open, setOpen] = useState(false);
  return (
    <PanelSection label="Log">
      <LinkButton aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? 'Hide the log' : 'What it said'}
      </LinkButton>
      {open && <JobLog jobId={jobId} />}
    </PanelSection>
  );
}
