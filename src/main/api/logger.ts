/** What the API needs of a logger; pino's is one. */
export interface ApiLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * An unexpected error for the log, without its message: that may quote what was captured (a JSON parser's does). Class,
 * code and the places of the stack say where to look.
 */
export function describeError(error: unknown): { name: string; code?: string; stack: string[] } {
  if (!(error instanceof Error)) return { name: typeof error, stack: [] };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const stack = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: error.name, ...(code === undefined ? {} : { code }), stack: stack.map((line) => line.trim()) };
}
