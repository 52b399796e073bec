import pino, { type Logger } from 'pino';

/**
 * Structured logs on stderr: what happened, ids, codes and counts, never content. `SLUICE_LOG_LEVEL` sets how much
 * (silent, error, warn, info, debug; default warn).
 */
export function createLogger(level = process.env.SLUICE_LOG_LEVEL ?? 'warn'): Logger {
  const known = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'].includes(level);
  return pino(
    { name: 'sluice', level: known ? level : 'warn', base: { pid: process.pid } },
    pino.destination({ fd: 2, sync: true }),
  );
}

export type { Logger };
