/**
 * A copy of a text with memory of its own: a slice keeps the whole body alive that it was cut from. Texts without other
 * letters than those of Latin-1 take a byte a letter.
 */
export function ownCopy(text: string): string {
  const narrow = Buffer.from(text, 'latin1').toString('latin1');
  return narrow === text ? narrow : Buffer.from(text, 'utf16le').toString('utf16le');
}
