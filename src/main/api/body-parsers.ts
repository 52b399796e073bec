import type { FastifyInstance } from 'fastify';
import { SluiceError } from '../../shared/errors.js';
import { safeJson } from '../ground/safe-json.js';

/**
 * JSON for every route, whatever its charset parameter. Clients send the type with an empty DELETE too. What may be large
 * stays bytes: its route has it read where it holds up nobody.
 */
export function installBodyParsers(app: FastifyInstance): void {
  app.removeContentTypeParser(['text/plain', 'application/json']);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (request.routeOptions.config.sent) {
      done(null, body);
      return;
    }
    // Where a body is needed its schema says so.
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    const read = safeJson(body.toString());
    if ('problem' in read) done(new SluiceError('request_invalid', read.problem));
    else done(null, read.value);
  });
}
