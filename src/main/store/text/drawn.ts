/** A number from 0 to below 1 that hangs on seed, id and purpose alone: what is drawn stays drawn. */
export function drawn(seed: number, id: string, purpose: string): number {
  return shuffled(seed, `${purpose} ${id}`) / 2 ** 32;
}

/** The place of an id in a random order: an unsigned 32-bit number (FNV-1a with the mixing of MurmurHash3 behind it). */
export function shuffled(seed: number, id: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
