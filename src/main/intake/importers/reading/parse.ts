import type { Json } from '../../../../shared/model/index.js';

/** Nesting beyond this is refused: later rooms walk values recursively. */
const maxDepth = 256;

/** Parses JSON text of a hostile file: `reason` says why it could not be taken. */
export function parseJson(text: string): { value: Json } | { reason: string } {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return { reason: 'not JSON' };
  }
  return tooDeep(value) ? { reason: `nested deeper than ${maxDepth} levels` } : { value };
}

/** Level by level, not by recursion: that is what it protects. */
function tooDeep(value: Json): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) return true;
    const next: Json[] = [];
    for (const entry of level) {
      if (typeof entry !== 'object' || entry === null) continue;
      for (const inner of Array.isArray(entry) ? entry : Object.values(entry)) {
        if (typeof inner === 'object' && inner !== null) next.push(inner);
      }
    }
    level = next;
  }
  return false;
}
