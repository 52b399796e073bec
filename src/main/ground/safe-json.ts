/** No value is deeper; walks behind the API may count on it. */
const maxDepth = 200;

/** JSON that can be kept as it was sent, or what is wrong with it, in words that quote nothing of it but a key. */
export function safeJson(text: string): { value: unknown } | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'The body is not valid JSON.' };
  }
  const problem = shapeProblem(value);
  if (problem !== null) return { problem };
  const key = /\d{16}/.test(text) ? inexactInteger(text) : null;
  if (key === null) return { value };
  return {
    problem: `The number under ${JSON.stringify(key)} is beyond 2^53 and would lose digits. Send it as a string.`,
  };
}

/** The key, or index, of the first integer that a double cannot hold. */
function inexactInteger(text: string): string | null {
  let found: string | null = null;
  const reviver = (key: string, value: unknown, context: { source?: string }): unknown => {
    const { source } = context;
    if (found === null && typeof value === 'number' && source !== undefined && /^-?\d{16,400}$/.test(source)) {
      if (!Number.isFinite(value) || BigInt(value) !== BigInt(source)) found = key;
    }
    return value;
  };
  // TypeScript's library does not know the third argument yet (ECMAScript: JSON.parse source text access).
  JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
  return found;
}

/** Depth, and keys by which a program's own objects could be changed. */
function shapeProblem(root: unknown): string | null {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return `The body is nested deeper than ${maxDepth} levels.`;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      if (!Array.isArray(value) && isReserved(value)) {
        return 'The body has a key named __proto__ (or constructor with a prototype in it). Send such data as a JSON string.';
      }
      for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) next.push(inner);
    }
    level = next;
  }
  return null;
}

function isReserved(value: object): boolean {
  if (Object.hasOwn(value, '__proto__')) return true;
  if (!Object.hasOwn(value, 'constructor')) return false;
  const inner = (value as { constructor: unknown }).constructor;
  return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, 'prototype');
}
