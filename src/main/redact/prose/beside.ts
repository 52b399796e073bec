/**
 * A pattern for what stands right before a place in a text. It is matched backwards from there, so most texts are told by
 * their last letters: a pattern that ends in `$` tries every place where it could begin.
 */
export function endingIn({ source, flags }: RegExp): RegExp {
  if (!source.endsWith('$')) throw new Error('a pattern of what stands before ends in $');
  return new RegExp(`(?<=${source.slice(0, -1)})`, `${flags}y`);
}

/** A pattern for what stands right behind a place in a text. */
export function beginningWith({ source, flags }: RegExp): RegExp {
  if (!source.startsWith('^')) throw new Error('a pattern of what stands behind begins with ^');
  return new RegExp(source.slice(1), `${flags}y`);
}

/** Whether such a pattern holds at a place. */
export function holds(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}
