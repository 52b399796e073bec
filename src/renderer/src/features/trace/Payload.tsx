import type { Json as JsonValue } from '../../../../shared/model/index.js';
import { Json } from '../../components/Json.js';
import { type PlaceholderNote, RedactedText } from '../../components/RedactedText.js';
import { CappedText } from './CappedText.js';
import classes from './text.module.css';

const maxFields = 30;

interface Props {
  value: JsonValue;
  id: string;
  notes: ReadonlyMap<string, PlaceholderNote>;
  lines?: number;
  label: string;
}

/**
 * A tool's arguments or result, laid out for reading: text as text, an object field by field (a command or a file keeps
 * its lines), and only what is nested deeper as a tree.
 */
export function Payload({ value, id, notes, lines = 14, label }: Props) {
  if (typeof value === 'string') {
    return value === '' ? (
      <span className={classes.empty}>empty</span>
    ) : (
      <CappedText text={value} id={id} notes={notes} mono lines={lines} chars={1600} />
    );
  }
  if (value === null || typeof value !== 'object') return <code className={classes.scalar}>{String(value)}</code>;
  const fields = Array.isArray(value) ? null : Object.entries(value);
  if (fields?.length === 0 || (Array.isArray(value) && value.length === 0)) {
    return <span className={classes.empty}>{fields ? 'no fields' : 'no items'}</span>;
  }
  if (!fields || fields.length > maxFields) return <Json value={value} maxHeight={320} label={label} notes={notes} />;
  return (
    <dl className={classes.fields}>
      {fields.map(([name, field]) => (
        <div key={name}>
          <dt title={name}>
            <RedactedText text={name} notes={notes} />
          </dt>
          <dd>
            {typeof field === 'object' && field !== null ? (
              <Json value={field} defaultDepth={1} maxHeight={260} label={name.slice(0, 80)} notes={notes} />
            ) : typeof field === 'string' ? (
              <CappedText text={field} id={`${id}/${name}`} notes={notes} mono lines={lines} chars={1600} />
            ) : (
              <code className={classes.scalar}>{String(field)}</code>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
