import { formatBytes } from './format.js';
import { Missing } from './Missing.js';

export function Bytes({ value }: { value: number | null | undefined }) {
  if (value === null || value === undefined) return <Missing />;
  return (
    <span className="num" title={`${value.toLocaleString('en')} bytes`}>
      {formatBytes(value)}
    </span>
  );
}
