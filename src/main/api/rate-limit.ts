import rateLimit from '@fastify/rate-limit';
import { SluiceError } from '../../shared/errors.js';
import type { RestApp } from './rest/rest-app.js';

/** Tokens that are counted at the same time. */
const counted = 1000;

/**
 * Limits how often a token may write, whatever address it comes from. The studio's own token is not limited: what it
 * sends is the user's own doing. Call before the routes are added.
 * @param perMinute requests; 0 is no limit
 */
export async function installRateLimit(app: RestApp, perMinute: () => number): Promise<void> {
  app.addHook('onRoute', (route) => {
    const reads = [route.method].flat().every((method) => method === 'GET' || method === 'HEAD');
    if (reads || route.config?.access === 'public') route.config = { ...route.config, rateLimit: false };
  });
  await app.register(rateLimit, {
    global: true,
    cache: counted,
    timeWindow: 60_000,
    keyGenerator: (request) => request.principal?.token_id ?? '',
    allowList: (request) => (request.principal?.token_id ?? null) === null || perMinute() === 0,
    max: () => perMinute(),
    errorResponseBuilder: (_request, { ttl, max }) => {
      const retry_after_s = Math.max(1, Math.ceil(ttl / 1000));
      return new SluiceError('rate_limited', `This token may send ${max} requests in a minute.`, {
        retry_after_s,
        limit: max,
      });
    },
  });
}
