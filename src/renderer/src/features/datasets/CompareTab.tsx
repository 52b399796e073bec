import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DatasetVersion } from '../../../../shared/model/index.js';
import { Fact, Facts } from '../../components/Facts.js';
import { Answer } from '../../components/layout/Answer.js';
import { Columns } from '../../components/layout/Columns.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { Table } from '../../components/Table.js';
import { trpc } from '../../rpc/client.js';
import { DiffRows } from './DiffRows.js';
import classes from './datasets.module.css';
import { counted } from './words.js';

/** A version against another one: rows that came, went and changed, and its figures. */
export function CompareTab({ version: { name, version }, all }: { version: DatasetVersion; all: DatasetVersion[] }) {
  const others = all.filter((each) => each.version !== version);
  const [picked, setPicked] = useState<number | null>(null);
  const other =
    others.find((each) => each.version === picked) ??
    others.filter((each) => each.version < version).at(-1) ??
    others[0];
  const [before, after] =
    other === undefined ? [0, 0] : [Math.min(version, other.version), Math.max(version, other.version)];
  const diff = useQuery({
    ...trpc.datasets.diff.queryOptions({ name, version: before, with: after }),
    enabled: other !== undefined,
  });
  if (other === undefined)
    return <EmptyState title="There is one version">Build another one: both are compared here.</EmptyState>;
  return (
    <Columns>
      <section className={classes.block} aria-label="Comparison">
        <Select
          label="Compared with"
          w={220}
          allowDeselect={false}
          data={others.map((each) => ({ value: String(each.version), label: `Version ${each.version}` }))}
          value={String(other.version)}
          onChange={(next) => setPicked(Number(next))}
        />
        <Answer query={diff} label="Comparing every row">
          {({ added, removed, changed, unchanged, figures }) => (
            <>
              <h3 className={classes.small}>
                Rows from version {before} to version {after}
              </h3>
              <Facts>
                <Fact name="Added">{counted(added)}</Fact>
                <Fact name="Removed">{counted(removed)}</Fact>
                <Fact name="Changed">{counted(changed)}</Fact>
                <Fact name="The same">{counted(unchanged)}</Fact>
              </Facts>
              <Table label="Figures of both versions">
                <thead>
                  <tr>
                    <th>Figure</th>
                    <th data-number>Version {before}</th>
                    <th data-number>Version {after}</th>
                    <th data-number>Difference</th>
                  </tr>
                </thead>
                <tbody>
                  {Object.entries(figures).map(([figure, values]) => (
                    <tr key={figure}>
                      <td>{figure}</td>
                      <td data-number className="num">
                        {counted(values.before)}
                      </td>
                      <td data-number className="num">
                        {counted(values.after)}
                      </td>
                      <td data-number className="num">
                        {values.after > values.before ? '+' : ''}
                        {counted(values.after - values.before)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </Table>
              <DiffRows
                key={`${before} ${after}`}
                name={name}
                before={before}
                after={after}
                counts={{ added, removed, changed }}
              />
            </>
          )}
        </Answer>
      </section>
    </Columns>
  );
}
