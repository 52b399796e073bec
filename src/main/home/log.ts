import pino, { type Logger } from 'pino';

/** Takes whole lines. */
export interface LogSink {
  write(lines: string): void;
}

/**
 * Structured logs on stderr, and the same lines in `also`: what happened, ids, codes and counts, never content.
 * `SLUICE_LOG_LEVEL` sets how much (silent, error, warn, info, debug; default warn).
 */
export function createLogger(level = process.env.SLUICE_LOG_LEVEL ?? 'warn', also?: LogSink): Logger {
  const isLevel = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'].includes(level);
  const stderr = pino.destination({ fd: 2, sync: true });
  const both = {
    write(line: string) {
      stderr.write(line);
      also?.write(line);
    },
  };
  return pino({ name: 'sluice', level: isLevel ? level : 'warn', base: { pid: process.pid } }, also ? both : stderr);
}

export type { Logger };
