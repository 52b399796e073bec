import { Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DatasetVersion, TrainerFinding, TrainerReport } from '../../../../shared/model/index.js';
import { LinkButton } from '../../components/LinkButton.js';
import { Notice } from '../../components/Notice.js';
import { Pager } from '../../components/Pager.js';
import { Table } from '../../components/Table.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { useList } from '../../rpc/titles.js';
import classes from './dataset-options.module.css';

const effectWords: Record<TrainerFinding['effect'], string> = {
  skipped: 'row skipped',
  dropped: 'part dropped',
  merged: 'merged',
  overwritten: 'overwritten',
  truncated: 'cut',
  mistrained: 'learned by mistake',
};

const pageSize = 50;

interface Props {
  report: TrainerReport;
  /** Whose rows they are, all of which the engine names page by page; null: rows of a preview. */
  version: DatasetVersion | null;
  /** Rows of the preview that can be looked at: the one in sight, from 1, how many there are, and how another comes in sight. */
  shown?: { row: number; rows: number; onRow(row: number): void };
}

/** What a trainer would do to rows: in sum, then finding by finding with its row, field and reason. */
export function TrainerFindings({ report, version, shown }: Props) {
  const [code, setCode] = useState<string | null>(null);
  const [page, setPage] = useState(0);
  const { trainer, rows, rows_with_findings, findings, codes, effects } = report;
  const title = useList('trainers').find(({ id }) => id === trainer)?.title ?? trainer;
  const read = useFindings(report, version, code, page);
  const of = version === null ? ' of the preview' : '';
  const all = `${counted(rows)} ${rows === 1 ? 'row' : 'rows'}${of}`;
  if (findings === 0)
    return (
      <p className={classes.sum} role="status">
        <b>{title}</b> trains on all {all} as they are written.
      </p>
    );
  const total = code === null ? findings : (codes[code] ?? 0);
  // What a preview counts besides is named once the dataset is built.
  const pages = Math.ceil((version === null ? read.named : total) / pageSize);
  return (
    <div className={classes.findings}>
      <p className={classes.sum} role="status">
        <b>{title}</b>{' '}
        {rows_with_findings === 0
          ? `trains on all ${all} as they are written, but of whole files: `
          : `would change ${counted(rows_with_findings)} of ${all}: `}
        {Object.entries(effects)
          .map(([effect, count]) => `${counted(count)} ${effectWords[effect as TrainerFinding['effect']] ?? effect}`)
          .join(', ')}
        .
      </p>
      {Object.keys(codes).length > 1 && (
        <Select
          label="Findings"
          placeholder={`All ${counted(findings)}`}
          clearable
          w={320}
          data={Object.entries(codes).map(([each, count]) => ({ value: each, label: `${each} (${counted(count)})` }))}
          value={code}
          onChange={(next) => {
            setCode(next);
            setPage(0);
          }}
        />
      )}
      {read.error !== null && (
        <Notice tone="red" title={describeError(read.error).message} next={describeError(read.error).next} />
      )}
      <Table label="Findings">
        <thead>
          <tr>
            {version !== null && <th>File</th>}
            <th>Row</th>
            <th>Field</th>
            <th>Effect</th>
            <th>Reason</th>
          </tr>
        </thead>
        <tbody>
          {read.items.map((finding, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a page of a list that stays as it is
            <tr key={at} data-current={(shown !== undefined && finding.row === shown.row) || undefined}>
              {version !== null && <td className="mono">{finding.file}</td>}
              <td className="num">
                <Row finding={finding} version={version} shown={shown} />
              </td>
              <td className="mono">{finding.field || '–'}</td>
              <td>{effectWords[finding.effect]}</td>
              <td>
                {finding.message} <code>{finding.code}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      <Pager page={page} pages={pages} onPage={setPage} />
      {version === null && read.named < total && (
        <p className={classes.hint}>
          The first {counted(read.named)} are named here; a version that is built names all {counted(total)}.
        </p>
      )}
    </div>
  );
}

function Row({
  finding,
  version,
  shown,
}: { finding: TrainerFinding } & Pick<Props, 'version'> & { shown: Props['shown'] }) {
  const { file, row } = finding;
  if (row === null) return 'whole file';
  if (version !== null) {
    const { name, version: v } = version;
    const place = { tab: 'rows', v: String(v), row: String(numberOf(version, file, row)) };
    return <a href={hrefTo(`/datasets/${name}`, place)}>{counted(row)}</a>;
  }
  if (shown === undefined || row > shown.rows) return counted(row);
  return <LinkButton onClick={() => shown.onRow(row)}>{counted(row)}</LinkButton>;
}

/** A page of the findings: of a preview's own, or as the engine reads them of a version. `named`: how many can be paged through. */
function useFindings(report: TrainerReport, version: DatasetVersion | null, code: string | null, page: number) {
  const from = page * pageSize;
  const own = report.named.filter((finding) => code === null || finding.code === code);
  const whole = report.named.length >= report.findings;
  const asked = useQuery({
    ...trpc.datasets.findings.queryOptions(
      {
        name: version?.name ?? '',
        version: version?.version ?? 1,
        trainer: report.trainer,
        ...(code !== null && { code }),
        from,
        limit: pageSize,
      },
      { placeholderData: keepPreviousData },
    ),
    enabled: version !== null && !whole,
  });
  if (version === null || whole) return { items: own.slice(from, from + pageSize), named: own.length, error: null };
  return { items: asked.data?.items ?? own.slice(from, from + pageSize), named: own.length, error: asked.error };
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

const counted = (count: number): string => count.toLocaleString('en');
