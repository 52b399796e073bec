import { useQuery } from '@tanstack/react-query';
import * as z from 'zod';
import type { DatasetVersion } from '../../../../shared/model/index.js';
import { Json } from '../../components/Json.js';
import { Answer } from '../../components/layout/Answer.js';
import { Columns } from '../../components/layout/Columns.js';
import { Table } from '../../components/Table.js';
import { trpc } from '../../rpc/client.js';
import classes from './datasets.module.css';
import { counted } from './words.js';

const count = z.number();
/** What is shown of quality.json; all of it stands below. */
const figuresSchema = z.object({
  splits: z.record(z.string(), z.object({ rows: count, traces: count })),
  distributions: z.record(
    z.string(),
    z.object({ count, min: count, mean: count, p50: count, p90: count, max: count }).partial(),
  ),
  duplicates: z.object({ exact_rows: count, looked_at: count }),
  redaction: z.record(z.string(), z.record(z.string(), count)),
  dropped_rows: count,
  agreement: z.object({ reviewed_traces: count, accepted: count, rejected: count }),
  proofs: z.record(z.string(), count).optional(),
});

/** The figures of QUALITY.md, for each part of a version. */
export function FiguresTab({ version: { name, version } }: { version: DatasetVersion }) {
  const figures = useQuery(trpc.datasets.figures.queryOptions({ name, version }));
  return (
    <Answer query={figures} label="Loading the figures">
      {(parts) => (
        <Columns>
          {parts.map(({ part, quality }) => (
            <section key={part} className={classes.block} aria-label={part || 'Quality'}>
              {part !== '' && <h2>{part}</h2>}
              <Figures quality={quality} />
              <details>
                <summary>All of quality.json</summary>
                <Json value={quality} defaultDepth={1} label="quality.json" />
              </details>
            </section>
          ))}
        </Columns>
      )}
    </Answer>
  );
}

function Figures({ quality }: { quality: unknown }) {
  const read = figuresSchema.safeParse(quality);
  if (!read.success) return null;
  const { splits, distributions, duplicates, redaction, dropped_rows, agreement, proofs } = read.data;
  const replaced = Object.entries(redaction).flatMap(([entity, actions]) =>
    Object.entries(actions).map(([action, places]) => ({ entity, action, places })),
  );
  return (
    <>
      <Numbers
        label="Splits"
        head={['split', 'rows', 'traces']}
        rows={Object.entries(splits).map(([split, { rows, traces }]) => [split, rows, traces])}
      />
      <Numbers
        label="Distributions"
        head={['value', 'min', 'mean', 'median', 'p90', 'max']}
        rows={Object.entries(distributions).map(([value, d]) => [value, d.min, d.mean, d.p50, d.p90, d.max])}
      />
      <p>
        {counted(duplicates.exact_rows)} of {counted(duplicates.looked_at)} rows are the same as one before them.{' '}
        {agreement.reviewed_traces === 0
          ? 'Nobody reviewed these traces.'
          : `${counted(agreement.reviewed_traces)} traces were reviewed: ${counted(agreement.accepted)} accepted, ${counted(agreement.rejected)} rejected.`}{' '}
        {counted(dropped_rows)} rows are left out for a value that must not be in exports.
      </p>
      {proofs !== undefined && (
        <Numbers
          label="Harbor tasks"
          head={['tried', 'tasks']}
          rows={Object.entries(proofs).map(([state, tasks]) => [state.replace('_', ' '), tasks])}
        />
      )}
      {replaced.length > 0 && (
        <Numbers
          label="Replaced for this dataset"
          head={['entity', 'by', 'places']}
          rows={replaced.map(({ entity, action, places }) => [entity, action, places])}
        />
      )}
    </>
  );
}

function Numbers(props: { label: string; head: string[]; rows: (string | number | undefined)[][] }) {
  const { label, head, rows } = props;
  return (
    <>
      <h3 className={classes.small}>{label}</h3>
      <Table label={label}>
        <thead>
          <tr>
            {head.map((name, at) => (
              <th key={name} data-number={at > 0 || undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells) => (
            <tr key={cells.slice(0, 2).join(' ')}>
              {cells.map((cell, at) => (
                <td key={head[at]} data-number={at > 0 || undefined} className={at > 0 ? 'num' : undefined}>
                  {typeof cell === 'number' ? Number(cell.toFixed(3)).toLocaleString('en') : (cell ?? '–')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}
