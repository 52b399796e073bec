import { formatCost } from './format.js';
import { Missing } from './Missing.js';

/** Dollars; a model without a known price has no cost, which is not zero. */
export function Cost({ usd }: { usd: number | null | undefined }) {
  if (usd === null || usd === undefined) return <Missing label="no known price" />;
  return (
    <span className="num" title={`$${usd}`}>
      {formatCost(usd)}
    </span>
  );
}
