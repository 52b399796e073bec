import { Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DatasetVersion, TrainerId, TrainerReport } from '../../../../shared/model/index.js';
import { Answer } from '../../components/layout/Answer.js';
import { Columns } from '../../components/layout/Columns.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { Table } from '../../components/Table.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import { TrainerField } from '../dataset-options/index.js';
import classes from './datasets.module.css';
import { counted, some } from './words.js';

/** What a trainer would skip, drop, merge, overwrite, truncate or train on by mistake in the rows of a version. */
export function ReportTab({ version, initial }: { version: DatasetVersion; initial: TrainerId | null }) {
  const { name, version: number } = version;
  const [trainer, setTrainer] = useState(initial);
  const check = useQuery({
    ...trpc.datasets.check.queryOptions({ name, version: number, ...(trainer !== null && { trainer }) }),
    enabled: trainer !== null,
  });
  return (
    <Columns>
      <section className={classes.block} aria-label="Trainer report">
        <TrainerField value={trainer} onChange={setTrainer} />
        {trainer === null ? (
          <EmptyState title="No trainer is chosen">
            Choose one: every row is read as its own code reads it, without training.
          </EmptyState>
        ) : (
          <Answer query={check} label="Reading every row">
            {({ trainer: report }) => report && <Report key={report.trainer} report={report} version={version} />}
          </Answer>
        )}
      </section>
    </Columns>
  );
}

const pageSize = 50;

interface ReportProps {
  report: TrainerReport;
  /** Whose rows can be looked at; null: rows of a preview. */
  version: DatasetVersion | null;
}

/** The sums per code and the findings row by row. */
export function Report({ report, version }: ReportProps) {
  const [code, setCode] = useState<string | null>(null);
  const [page, setPage] = useState(0);
  const { rows, rows_with_findings, findings, codes, effects } = report;
  const wanted = code === null ? report.named : report.named.filter((finding) => finding.code === code);
  const shown = wanted.slice(page * pageSize, (page + 1) * pageSize);
  const pages = Math.max(1, Math.ceil(wanted.length / pageSize));
  if (findings === 0) return <p role="status">All {some(rows, 'row')} are trained on as they are written.</p>;
  return (
    <>
      <p role="status">
        {counted(rows_with_findings)} of {some(rows, 'row')} lose something:{' '}
        {Object.entries(effects)
          .map(([effect, count]) => `${counted(count)} ${effect}`)
          .join(', ')}
        .
      </p>
      <Select
        label="Code"
        placeholder={`All ${some(findings, 'finding')}`}
        clearable
        w={320}
        data={Object.entries(codes).map(([each, count]) => ({ value: each, label: `${each} (${counted(count)})` }))}
        value={code}
        onChange={(next) => {
          setCode(next);
          setPage(0);
        }}
      />
      <Table label="Findings">
        <thead>
          <tr>
            <th>File</th>
            <th>Row</th>
            <th>Field</th>
            <th>Effect</th>
            <th>Reason</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ file, row, field, effect, message, code: each }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a page of a list that stays as it is
            <tr key={at}>
              <td className="mono">{file}</td>
              <td>
                {row === null ? (
                  'whole file'
                ) : version === null ? (
                  row
                ) : (
                  <a
                    href={hrefTo(`/datasets/${version.name}`, {
                      tab: 'rows',
                      v: String(version.version),
                      row: String(numberOf(version, file, row)),
                    })}
                  >
                    {row}
                  </a>
                )}
              </td>
              <td className="mono">{field || '–'}</td>
              <td>{effect}</td>
              <td>
                {message} <code>{each}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      <p className={classes.line}>
        <Button variant="default" size="compact-xs" disabled={page === 0} onClick={() => setPage(page - 1)}>
          Previous page
        </Button>
        <span className="num">
          {page + 1} of {counted(pages)}
        </span>
        <Button variant="default" size="compact-xs" disabled={page + 1 >= pages} onClick={() => setPage(page + 1)}>
          Next page
        </Button>
        {report.named.length < findings && `The first ${counted(report.named.length)} are named.`}
      </p>
    </>
  );
}

/** Rows of a file by their place in the whole version. */
function numberOf({ files }: DatasetVersion, file: string, row: number): number {
  let before = 0;
  for (const each of files) {
    if (each.name === file) break;
    before += each.rows;
  }
  return before + row;
}
