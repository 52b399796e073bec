import { formatDuration } from './format.js';
import { Missing } from './Missing.js';

export function Duration({ ms }: { ms: number | null | undefined }) {
  if (ms === null || ms === undefined) return <Missing />;
  return (
    <span className="num" title={`${ms.toLocaleString('en')} ms`}>
      {formatDuration(ms)}
    </span>
  );
}
