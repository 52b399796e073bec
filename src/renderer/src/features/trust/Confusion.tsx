import type { JudgeTrust } from '../../../../shared/model/index.js';
import { Table } from '../../components/Table.js';
import classes from './trust.module.css';

/** What people said, and what the judge said of the same. */
export function Confusion({ counts }: { counts: JudgeTrust['agreement']['confusion'] }) {
  const names = [...new Set([...Object.keys(counts), ...Object.values(counts).flatMap(Object.keys)])].sort();
  if (names.length === 0) return null;
  return (
    <section aria-label="Confusion" className={classes.block}>
      <h3>People (rows) and judge (columns)</h3>
      <Table label="Confusion">
        <thead>
          <tr>
            <th>People</th>
            {names.map((name) => (
              <th key={name} data-number>
                judge: {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((person) => (
            <tr key={person}>
              <th scope="row">{person}</th>
              {names.map((judge) => (
                <td key={judge} data-number>
                  {(counts[person]?.[judge] ?? 0).toLocaleString('en')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}
