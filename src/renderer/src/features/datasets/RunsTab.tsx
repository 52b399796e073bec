import { Button, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DatasetVersion } from '../../../../shared/model/index.js';
import { Columns } from '../../components/layout/Columns.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { Notice } from '../../components/Notice.js';
import { Table } from '../../components/Table.js';
import { Time } from '../../components/Time.js';
import { trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import classes from './datasets.module.css';
import { metricsIn } from './metrics.js';
import { rowsIn } from './run-rows.js';
import { counted } from './words.js';

/** Which training runs used a version, and how they fared. */
export function RunsTab({ version }: { version: DatasetVersion }) {
  const { training_runs: runs } = version;
  const names = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))];
  return (
    <Columns>
      <section className={classes.block} aria-label="Training runs">
        {runs.length === 0 ? (
          <EmptyState title="No training run yet">
            Note one below, or send it to <code>POST …/training-runs</code> when the training ends.
          </EmptyState>
        ) : (
          <Table label="Training runs">
            <thead>
              <tr>
                <th>Run</th>
                <th>Model</th>
                <th>Noted</th>
                <th data-number>Rows</th>
                {names.map((name) => (
                  <th key={name} data-number>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {runs.map(({ run_id, model, metrics, recorded_at, rows }) => (
                <tr key={run_id}>
                  <td>{run_id}</td>
                  <td>{model}</td>
                  <td>
                    <Time iso={recorded_at} />
                  </td>
                  <td data-number className="num">
                    {counted(rows)}
                  </td>
                  {names.map((name) => (
                    <td key={name} data-number className="num">
                      {metrics[name] ?? '–'}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </section>
      <NewRun version={version} />
    </Columns>
  );
}

function NewRun({ version: { name, version } }: { version: DatasetVersion }) {
  const queries = useQueryClient();
  const [run, setRun] = useState('');
  const [model, setModel] = useState('');
  const [metrics, setMetrics] = useState('');
  const [rows, setRows] = useState('');
  const read = metricsIn(metrics);
  const used = rowsIn(rows);
  const add = useMutation(
    trpc.datasets.addRun.mutationOptions({
      onSuccess: () => {
        setRun('');
        setMetrics('');
        setRows('');
        void queries.invalidateQueries(trpc.datasets.versions.pathFilter());
      },
    }),
  );
  return (
    <form
      className={`${classes.block} ${classes.form}`}
      aria-label="Note a training run"
      onSubmit={(event) => {
        event.preventDefault();
        if (typeof read === 'string' || typeof used === 'string') return;
        add.mutate({ name, version, run_id: run, model, metrics: read, ...(used !== null && { rows: used }) });
      }}
    >
      <h2>Note a training run</h2>
      <TextInput label="Run" maxLength={200} value={run} onChange={(event) => setRun(event.currentTarget.value)} />
      <TextInput
        label="Model"
        maxLength={200}
        value={model}
        onChange={(event) => setModel(event.currentTarget.value)}
      />
      <Textarea
        label="Metrics"
        description="A name and a number a line. A run that is told again takes the place of what was told."
        placeholder={'eval_loss 0.42\nswe_bench 0.31'}
        autosize
        minRows={2}
        value={metrics}
        error={typeof read === 'string' ? read : null}
        onChange={(event) => setMetrics(event.currentTarget.value)}
      />
      <Textarea
        label="Rows"
        description="Which rows it used, one a line: a file and the row’s number in it, from 1, or the row’s SHA-256 as provenance.parquet has it. Empty: all of the version."
        placeholder={'train.jsonl 1-400\ntrain.jsonl 512'}
        autosize
        minRows={1}
        maxRows={8}
        value={rows}
        error={typeof used === 'string' ? used : null}
        onChange={(event) => setRows(event.currentTarget.value)}
      />
      {add.isError && (
        <Notice tone="red" title={describeError(add.error).message} next={describeError(add.error).next} />
      )}
      <p className={classes.line}>
        <Button
          type="submit"
          loading={add.isPending}
          disabled={run.trim() === '' || model.trim() === '' || typeof read === 'string' || typeof used === 'string'}
        >
          Note it
        </Button>
      </p>
    </form>
  );
}
