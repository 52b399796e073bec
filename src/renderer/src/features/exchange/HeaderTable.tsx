import { type PlaceholderNote, RedactedText } from '../../components/RedactedText.js';
import classes from './exchange.module.css';

interface Props {
  headers: [string, string][];
  label: string;
  notes: ReadonlyMap<string, PlaceholderNote>;
}

/** Headers in the order and the spelling of the wire, after redaction. */
export function HeaderTable({ headers, label, notes }: Props) {
  if (headers.length === 0) return <p className="dim">None</p>;
  return (
    <table className={classes.headers} aria-label={label}>
      <tbody>
        {headers.map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a header may come twice; the list never changes
          <tr key={index}>
            <th scope="row">{name}</th>
            <td>
              <RedactedText text={value} notes={notes} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
