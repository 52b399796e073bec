import { randomBytes } from 'node:crypto';

/** How long a code may be exchanged, in milliseconds, and how many may wait; the oldest gives way. */
export const codeMillis = 60_000;
const maxCodes = 100;

export interface SessionCodes {
  /** A code that stands for the token, once. */
  make(token: string): string;
  /** The token behind a code, which is worth nothing from then on; null for none. */
  take(code: string): string | null;
}

/** Codes that may stand where other users of the machine can read them: in the arguments of a program that is started. */
export function createSessionCodes(now: () => number = () => performance.now()): SessionCodes {
  const codes = new Map<string, { token: string; until: number }>();
  return {
    make(token) {
      if (codes.size >= maxCodes) codes.delete(codes.keys().next().value as string);
      const code = randomBytes(24).toString('base64url');
      codes.set(code, { token, until: now() + codeMillis });
      return code;
    },
    take(code) {
      const issued = codes.get(code);
      codes.delete(code);
      return issued !== undefined && issued.until > now() ? issued.token : null;
    },
  };
}
