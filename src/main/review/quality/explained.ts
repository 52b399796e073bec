import type { Decision, Json } from '../../../shared/model/index.js';

/** Words that a thought must have to be one. */
const leastWords = 5;
const giving =
  /\b(?:because|since|so that|so i|therefore|thus|hence|in order to|need(?:s|ed)? to|should|must|to (?:find|check|see|verify|confirm|understand|fix|make|avoid|ensure)|first|next|instead|rather than|if |which means|that means|weil|damit|denn|deshalb|porque|para|parce que|afin de|pour)\b/i;

/**
 * How well a decision is explained: 0 without words on it, 0.5 with at least five, 1 where these name what it acts on (the tool, a
 * value of its arguments, the option) or give a reason.
 */
export function explained({ reasoning, decision }: Decision, args: readonly Json[]): number {
  const words = reasoning?.trim() ?? '';
  if ((words.match(/[\p{L}\p{N}]+/gu)?.length ?? 0) < leastWords) return 0;
  const small = words.toLowerCase();
  if (giving.test(small) || named(decision, small)) return 1;
  return args.flatMap(valuesIn).some((value) => named(value, small)) ? 1 : 0.5;
}

function named(value: string, text: string): boolean {
  const small = value.toLowerCase().trim();
  return small.length >= 3 && text.includes(small);
}

function valuesIn(value: Json): string[] {
  if (typeof value === 'string')
    return value.length <= 200 ? [value, ...(value.match(/[\p{L}\p{N}_.-]{5,}/gu) ?? [])] : [];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(valuesIn);
}
