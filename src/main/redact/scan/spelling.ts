/**
 * Writes `surrogate` in the spelling that `value` has in the text as `raw`: where escapes (`\n`, `%40`) stand in it, kept
 * characters keep theirs. Null where the spelling cannot be followed.
 */
export function inSpellingOf(raw: string, value: string, surrogate: string): string | null {
  if (raw === value) return surrogate;
  const pieces = spelled(raw, value);
  if (pieces === null) return null;
  if (surrogate.length === value.length) {
    return pieces.map((piece, at) => (surrogate[at] === value[at] ? piece : surrogate.charAt(at))).join('');
  }
  return /^[\w.@-]*$/.test(surrogate) ? surrogate : null;
}

/** How each UTF-16 unit of `value` is written in `raw`; null where they do not fit. */
function spelled(raw: string, value: string): string[] | null {
  const pieces: string[] = [];
  let at = 0;
  for (let i = 0; i < value.length; i++) {
    const char = value.charAt(i);
    const escaped = /^(?:\\+u[0-9a-fA-F]{4}|\\+["'/\\bfnrt]|%(?:25){0,3}[0-9a-fA-F]{2})/.exec(
      raw.slice(at, at + 16),
    )?.[0];
    const isPlain = raw.charAt(at) === char && (escaped === undefined || char === value.charAt(i + 1));
    const piece = escaped !== undefined && !isPlain ? escaped : raw.charAt(at) === char ? char : null;
    if (piece === null) return null;
    pieces.push(piece);
    at += piece.length;
  }
  return at === raw.length ? pieces : null;
}
