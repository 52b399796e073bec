import rateLimit from '@fastify/rate-limit';
import type { Principal } from '../../shared/contract/operation.js';
import { SluiceError } from '../../shared/errors.js';
import type { RestApp } from './rest/rest-app.js';

/** Tokens that are counted at the same time. */
const counted = 1000;
const windowMs = 60_000;

/** How often each token wrote in its current minute, over REST and RPC together. */
export interface WriteLimit {
  /** Counts one; `ttl`: milliseconds until its minute is over. */
  count(tokenId: string): { current: number; ttl: number };
  /** The same for a principal. Throws `rate_limited`. */
  check(principal: Principal): void;
  perMinute(): number;
}

/** @param perMinute requests; 0 is no limit */
export function createWriteLimit(perMinute: () => number): WriteLimit {
  const minutes = new Map<string, { current: number; end: number }>();
  function count(tokenId: string) {
    const now = performance.now();
    let minute = minutes.get(tokenId);
    if (minute === undefined || minute.end <= now) {
      minutes.delete(tokenId);
      if (minutes.size >= counted) minutes.delete(minutes.keys().next().value as string);
      minute = { current: 0, end: now + windowMs };
      minutes.set(tokenId, minute);
    }
    minute.current += 1;
    return { current: minute.current, ttl: minute.end - now };
  }
  return {
    perMinute,
    count,
    check({ token_id }) {
      const max = perMinute();
      if (token_id === null || max === 0) return;
      const { current, ttl } = count(token_id);
      if (current > max) throw tooMany(max, ttl);
    },
  };
}

function tooMany(max: number, ttl: number): SluiceError {
  const retry_after_s = Math.max(1, Math.ceil(ttl / 1000));
  return new SluiceError('rate_limited', `This token may send ${max} requests in a minute.`, {
    retry_after_s,
    limit: max,
  });
}

/**
 * Limits how often a token may write, whatever address it comes from. The studio's own token is not limited: what it
 * sends is the user's own doing. Call before the routes are added.
 */
export async function installRateLimit(app: RestApp, limit: WriteLimit): Promise<void> {
  class SharedStore {
    incr(key: string, done: (error: Error | null, result?: { current: number; ttl: number }) => void): void {
      done(null, limit.count(key));
    }
    child(): SharedStore {
      return this;
    }
  }
  app.addHook('onRoute', (route) => {
    const reads = [route.method].flat().every((method) => method === 'GET' || method === 'HEAD');
    if (reads || route.config?.access === 'public') route.config = { ...route.config, rateLimit: false };
  });
  await app.register(rateLimit, {
    global: true,
    store: SharedStore as never,
    timeWindow: windowMs,
    keyGenerator: (request) => request.principal?.token_id ?? '',
    allowList: (request) => (request.principal?.token_id ?? null) === null || limit.perMinute() === 0,
    max: () => limit.perMinute(),
    errorResponseBuilder: (_request, { ttl, max }) => tooMany(max, ttl),
  });
}
