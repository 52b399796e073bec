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
      if (error === null && tooDeep(value)) {
        done(new SluiceError('request_invalid', `The body is nested deeper than ${maxDepth} levels.`));
      } else done(error, value);
    });
  });
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
