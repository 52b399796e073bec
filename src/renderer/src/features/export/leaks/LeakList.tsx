import type { Leak } from '../../../../../shared/model/index.js';
import { Table } from '../../../components/Table.js';
import classes from './leaks.module.css';

const shown = 50;

/** Where something was found and what stands around it; the values themselves are nowhere. */
export function LeakList({ leaks, count }: { leaks: Leak[]; count: number }) {
  return (
    <div className={classes.scroll}>
      <Table className={classes.leaks} label="Leaks">
        <thead>
          <tr>
            <th>Rule</th>
            <th>Where</th>
            <th>Around it</th>
          </tr>
        </thead>
        <tbody>
          {leaks.slice(0, shown).map((leak) => (
            <tr key={`${leak.file} ${leak.row} ${leak.path} ${leak.hash} ${leak.rule}`}>
              <td>{leak.rule}</td>
              <td>
                <code>{leak.file}</code> row <span className="num">{leak.row}</span> <code>{leak.path}</code>
              </td>
              <td className={classes.context}>{leak.context}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      {count > shown && (
        <p className={classes.more}>and {(count - Math.min(shown, leaks.length)).toLocaleString('en')} more</p>
      )}
    </div>
  );
}

/** `secretlint/github 3, personal/email 1`. */
export function ruleCounts(byRule: { [rule: string]: number }): string {
  return Object.entries(byRule)
    .map(([rule, count]) => `${rule} ${count.toLocaleString('en')}`)
    .join(', ');
}
