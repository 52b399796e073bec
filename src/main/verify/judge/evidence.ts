import type { Evidence } from '../../../shared/model/index.js';
import type { ShownTrace } from './shown/shown-steps.js';

/** A quote shorter than this stands anywhere. */
const fewestChars = 3;
const mostEvidence = 50;

/**
 * Looks for each quote in the step that it names, as that was shown. White space counts as one blank; `…` and `...` stand for
 * what was left out of a quote, whose parts then have to stand in this order.
 */
export function checkedEvidence(
  said: readonly { step: number; quote: string; dimension: string }[],
  { steps }: ShownTrace,
): Evidence[] {
  const byNumber = new Map(steps.map((step) => [step.number, step]));
  return said.slice(0, mostEvidence).map(({ step, quote, dimension }) => {
    const shown = byNumber.get(step);
    return {
      step: Number.isSafeInteger(step) ? step : 0,
      quote: quote.slice(0, 1000),
      dimension: dimension === '' ? null : dimension.slice(0, 64),
      step_id: shown?.step_id ?? null,
      found: shown !== undefined && stands(quote, shown.text),
    };
  });
}

function stands(quote: string, text: string): boolean {
  const parts = quote
    .split(/…|\.{3}/)
    .map(flat)
    .filter((part) => part !== '');
  if (parts.length === 0 || parts.some((part) => part.length < fewestChars)) return false;
  const within = flat(text);
  let from = 0;
  for (const part of parts) {
    const at = within.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return true;
}

const flat = (text: string) => text.replace(/\s+/g, ' ').trim();
