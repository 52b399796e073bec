import { randomBytes } from 'node:crypto';

/** How long a code may be exchanged, in milliseconds, and how many may wait; the oldest gives way. */
export const codeMillis = 60_000;
const maxCodes = 100;

export interface OneTimeCodes<T> {
  /** A code that stands for the value, once. */
  make(value: T): string;
  /** What stands behind a code, which is worth nothing from then on; null for none. */
  take(code: string): T | null;
}

/** Codes that may stand where others can read them: in the arguments of a program that is started, in an address. */
export function createOneTimeCodes<T>(now: () => number = () => performance.now()): OneTimeCodes<T> {
  const codes = new Map<string, { value: T; until: number }>();
  return {
    make(value) {
      if (codes.size >= maxCodes) codes.delete(codes.keys().next().value as string);
      const code = randomBytes(24).toString('base64url');
      codes.set(code, { value, until: now() + codeMillis });
      return code;
    },
    take(code) {
      const issued = codes.get(code);
      codes.delete(code);
      return issued !== undefined && issued.until > now() ? issued.value : null;
    },
  };
}
