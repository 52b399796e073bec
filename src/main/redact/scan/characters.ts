/** Character classes as tables: bit sets per ASCII code, tested without a regular expression. */
function table(pattern: RegExp): Uint8Array {
  const bits = new Uint8Array(128);
  for (let code = 0; code < 128; code++) if (pattern.test(String.fromCharCode(code))) bits[code] = 1;
  return bits;
}

export const classes = {
  base62: table(/[A-Za-z0-9]/),
  base64url: table(/[A-Za-z0-9_-]/),
  base64body: table(/[A-Za-z0-9+/]/),
  base64: table(/[A-Za-z0-9+/=]/),
  base64any: table(/[A-Za-z0-9+/_-]/),
  base64mix: table(/[A-Za-z0-9+/=_-]/),
  token: table(/[A-Za-z0-9._~+/=-]/),
  dotted: table(/[A-Za-z0-9._-]/),
  word: table(/\w/),
  capitals: table(/[A-Z0-9]/),
  base58: table(/[1-9A-HJ-NP-Za-km-z]/),
  hex: table(/[0-9a-fA-F]/),
  digit: table(/[0-9]/),
  upper: table(/[A-Z0-9]/),
  identifier: table(/[A-Za-z0-9_.-]/),
  space: table(/[ \t]/),
  dots: table(/[.-]/),
  padding: table(/[.=-]/),
} as const;
export type ClassName = keyof typeof classes;

export function isIn(bits: Uint8Array, code: number): boolean {
  return code < 128 && bits[code] === 1;
}

/** Where the run of class characters that starts at `from` ends, looking no further than `limit`. */
export function runEnd(text: string, from: number, bits: Uint8Array, limit = text.length): number {
  const stop = Math.min(limit, text.length);
  let at = from;
  while (at < stop && isIn(bits, text.charCodeAt(at))) at++;
  return at;
}

/** Where the run of class characters that ends before `from` begins, looking no further back than `limit`. */
export function runStart(text: string, from: number, bits: Uint8Array, limit: number): number {
  const stop = Math.max(0, limit);
  let at = from;
  while (at > stop && isIn(bits, text.charCodeAt(at - 1))) at--;
  return at;
}

/**
 * Whether a value can begin at `at`: nothing alphanumeric before it. The letter of an escape (`\n`, `\t`) counts as
 * nothing, because a key often follows one in text that was escaped once more.
 */
export function startsWord(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text.charCodeAt(at - 1);
  if (before > 127) return true;
  if (classes.base62[before] === 0) return true;
  if (before === 110 || before === 114 || before === 116) return at > 1 && text.charCodeAt(at - 2) === 92;
  return false;
}
