import type { FastifyInstance } from 'fastify';
import { SluiceError } from '../../shared/errors.js';

/** No trace is deeper; walks behind the API may count on it. */
const maxDepth = 200;

/** JSON for every route, whatever its charset parameter. Clients send the type with an empty DELETE too. */
export function installBodyParsers(app: FastifyInstance): void {
  app.removeContentTypeParser(['text/plain', 'application/json']);
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Where a body is needed its schema says so.
    if (body === '') {
      done(null, undefined);
      return;
    }
    parseJson(request, body as string, (error, value) => {
      const problem = error === null ? refusal(value, body as string) : reservedKey(body as string);
      if (problem === null) done(error, value);
      else done(new SluiceError('request_invalid', problem));
    });
  });
}

/** What a body says that could not be kept as it was sent; null where all of it can. */
function refusal(value: unknown, body: string): string | null {
  if (tooDeep(value)) return `The body is nested deeper than ${maxDepth} levels.`;
  const key = /\d{16}/.test(body) ? inexactInteger(body) : null;
  if (key === null) return null;
  return `The number under ${JSON.stringify(key)} is beyond 2^53 and would lose digits. Send it as a string.`;
}

/** The key, or index, of the first integer that a double cannot hold. */
function inexactInteger(body: string): string | null {
  let found: string | null = null;
  const reviver = (key: string, value: unknown, context: { source?: string }): unknown => {
    const { source } = context;
    if (found === null && typeof value === 'number' && source !== undefined && /^-?\d{16,400}$/.test(source)) {
      if (!Number.isFinite(value) || BigInt(value) !== BigInt(source)) found = key;
    }
    return value;
  };
  // TypeScript's library does not know the third argument yet (ECMAScript: JSON.parse source text access).
  JSON.parse(body, reviver as (key: string, value: unknown) => unknown);
  return found;
}

/** Why JSON that is well-formed was refused: keys by which a program's own objects could be changed. */
function reservedKey(body: string): string | null {
  try {
    JSON.parse(body);
  } catch {
    return null;
  }
  return 'The body has a key named __proto__ (or constructor with a prototype in it). Send such data as a JSON string.';
}

function tooDeep(root: unknown): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return true;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) next.push(inner);
    }
    level = next;
  }
  return false;
}
