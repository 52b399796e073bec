import { SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { DatasetDiff, DatasetDiffRows } from '../../../../shared/model/index.js';
import { Answer } from '../../components/layout/Answer.js';
import { Pager } from '../../components/Pager.js';
import { TextDiff } from '../../components/TextDiff.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import classes from './diff.module.css';
import { rowText } from './row-text.js';
import { counted } from './words.js';

type DiffRow = DatasetDiffRows['items'][number];
type Kind = DiffRow['kind'];

const pageSize = 20;
const kinds = ['changed', 'added', 'removed'] as const;
const words: Record<Kind, string> = { changed: 'Changed', added: 'Added', removed: 'Removed' };
const signs: Record<Kind, string> = { changed: '±', added: '+', removed: '−' };

interface Props {
  name: string;
  before: number;
  after: number;
  counts: Pick<DatasetDiff, Kind>;
}

/** The rows in which two versions differ, page by page; one that is opened shows its text, or what has changed in it. */
export function DiffRows({ name, before, after, counts }: Props) {
  const [kind, setKind] = useState<Kind | 'all'>('all');
  const [page, setPage] = useState(0);
  const all = counts.added + counts.removed + counts.changed;
  const total = kind === 'all' ? all : counts[kind];
  const rows = useQuery({
    ...trpc.datasets.diffRows.queryOptions(
      {
        name,
        version: before,
        with: after,
        ...(kind !== 'all' && { kind }),
        from: page * pageSize,
        limit: pageSize,
      },
      { placeholderData: keepPreviousData },
    ),
    enabled: total > 0,
  });
  if (all === 0) return <p role="status">Every row is the same in both.</p>;
  return (
    <section className={classes.rows} aria-label="Rows that differ">
      <SegmentedControl
        aria-label="Rows to show"
        size="xs"
        data={[
          { value: 'all', label: `All ${counted(all)}` },
          ...kinds.map((each) => ({
            value: each,
            label: `${words[each]} ${counted(counts[each])}`,
            disabled: counts[each] === 0,
          })),
        ]}
        value={kind}
        onChange={(next) => {
          setKind(next as Kind | 'all');
          setPage(0);
        }}
      />
      <Answer query={rows} label="Reading the rows">
        {({ items }) => (
          <ul className={classes.list}>
            {items.map((row) => (
              <Row
                key={`${row.kind} ${placeOf(row.before)} ${placeOf(row.after)}`}
                row={row}
                name={name}
                versions={{ before, after }}
              />
            ))}
          </ul>
        )}
      </Answer>
      <Pager page={page} pages={Math.ceil(total / pageSize)} onPage={setPage} />
    </section>
  );
}

interface RowProps {
  row: DiffRow;
  name: string;
  versions: { before: number; after: number };
}

function Row({ row, name, versions }: RowProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const { kind, trace_id, before, after } = row;
  const place = after ?? before;
  return (
    <li>
      <div className={classes.head}>
        <button
          type="button"
          className={classes.toggle}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          <span className={classes.kind} data-kind={kind}>
            <span aria-hidden="true">{signs[kind]}</span> {words[kind]}
          </span>
          <span className="mono ellipsis">{place?.file}</span>
          <span className="num">
            {kind === 'changed' && before?.row !== after?.row
              ? `row ${counted(before?.row ?? 0)}, now ${counted(after?.row ?? 0)}`
              : `row ${counted(place?.row ?? 0)}`}
          </span>
        </button>
        <a className="mono" href={hrefTo(`/traces/${trace_id}`)} aria-label={`Trace ${trace_id.slice(-8)}`}>
          {trace_id.slice(-8)}
        </a>
      </div>
      {open && (
        <div id={id} className={classes.body}>
          <Texts row={row} name={name} versions={versions} />
        </div>
      )}
    </li>
  );
}

/** Both sides of a row as their files hold them; a side that has none is empty. */
function Texts({ row: { kind, before, after }, name, versions }: RowProps) {
  const old = useRow(name, versions.before, before?.number ?? null);
  const now = useRow(name, versions.after, after?.number ?? null);
  const gone = [before, after].some((place) => place !== null && place.number === null);
  if (gone)
    return (
      <p className="dim">
        What it held cannot be read any more: an erasure has taken it out, or the folder of its version is gone.
      </p>
    );
  const wanted = [...(kind === 'added' ? [] : [old]), ...(kind === 'removed' ? [] : [now])];
  const [query = now] = [...wanted.filter(({ data }) => data === undefined), ...wanted];
  return (
    <Answer query={query} label="Loading the row">
      {() => (
        <TextDiff
          before={kind === 'added' ? '' : textIn(old)}
          after={kind === 'removed' ? '' : textIn(now)}
          names={{ before: `version ${versions.before}`, after: `version ${versions.after}` }}
          layout={kind === 'changed' ? 'split' : 'unified'}
        />
      )}
    </Answer>
  );
}

const textIn = ({ data }: ReturnType<typeof useRow>): string => rowText(data?.rows[0]?.value ?? null);

function useRow(name: string, version: number, number: number | null) {
  return useQuery({
    ...trpc.datasets.rows.queryOptions({ name, version, from: number ?? 1, limit: 1 }),
    enabled: number !== null,
  });
}

const placeOf = (place: DiffRow['before']) => (place === null ? '' : `${place.file} ${place.row}`);
