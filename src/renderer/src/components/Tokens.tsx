import type { Usage } from '../../../shared/model/index.js';
import { formatCount } from './format.js';
import { Missing } from './Missing.js';

const parts: [keyof Usage, string][] = [
  ['input_tokens', 'input'],
  ['cached_input_tokens', 'of it read from cache'],
  ['cache_write_tokens', 'of it written to cache'],
  ['output_tokens', 'output'],
  ['reasoning_tokens', 'of it reasoning'],
];

/** Tokens in and out; cache and reasoning shares are in the tooltip. */
export function Tokens({ usage }: { usage: Usage | null | undefined }) {
  if (!usage || (usage.input_tokens === undefined && usage.output_tokens === undefined)) return <Missing />;
  const title = parts
    .filter(([key]) => usage[key] !== undefined)
    .map(([key, label]) => `${usage[key]?.toLocaleString('en')} ${label}`)
    .join('\n');
  return (
    <span className="num" title={title}>
      {usage.input_tokens === undefined ? '–' : formatCount(usage.input_tokens)}
      <span className="dim" aria-hidden="true">
        {' / '}
      </span>
      <span className="sr-only"> in, </span>
      {usage.output_tokens === undefined ? '–' : formatCount(usage.output_tokens)}
      <span className="sr-only"> out</span>
    </span>
  );
}
