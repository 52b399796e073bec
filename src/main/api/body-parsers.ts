import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SluiceError } from '../../shared/errors.js';
import { jsonSize, sentJson } from '../ground/json.js';
import { readBody, SentBody } from './body.js';
import { maxBodyDepth, smallBodyBytes, smallBodyValues } from './limits.js';

/**
 * JSON for every route, whatever its charset parameter. Clients send the type with an empty DELETE too. What may be large
 * stays bytes: its route has it read where it holds up nobody.
 */
export function installBodyParsers(app: FastifyInstance): void {
  app.removeContentTypeParser(['text/plain', 'application/json']);
  app.addContentTypeParser('application/json', async (request: FastifyRequest) => {
    const { config, bodyLimit } = request.routeOptions;
    const blocks = await readBody(request.raw, bodyLimit ?? smallBodyBytes);
    // Where a body is needed its schema says so.
    return config.sent ? new SentBody(blocks) : blocks.length === 0 ? undefined : smallJson(Buffer.concat(blocks));
  });
}

/** What is small enough to be read where all requests are answered. Throws `body_too_large` and `request_invalid`. */
export function smallJson(bytes: Uint8Array): unknown {
  checkValues(bytes);
  const read = sentJson(new TextDecoder().decode(bytes));
  if ('problem' in read) throw new SluiceError('request_invalid', read.problem);
  return read.value;
}

/** How many values it holds. Throws `body_too_large` where they are more than are read where all requests are answered. */
export function checkValues(bytes: Uint8Array, most = smallBodyValues): number {
  const size = jsonSize(bytes, { values: most, depth: maxBodyDepth });
  if (size === 'too many') {
    const message = `The body holds more than ${smallBodyValues.toLocaleString('en')} values.`;
    throw new SluiceError('body_too_large', message, { limit_values: smallBodyValues });
  }
  if (size === 'too deep') {
    throw new SluiceError('request_invalid', `The body is nested deeper than ${maxBodyDepth} levels.`);
  }
  return size;
}
