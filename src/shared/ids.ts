// Every host has it (Node, browsers); the shared types name neither host.
declare const crypto: { getRandomValues(array: Uint32Array): Uint32Array };

let lastMillis = 0;
let counter = 0;

/**
 * A new UUIDv7 in its canonical 36-character form (RFC 9562): 48 bits of milliseconds, a 12-bit and a 30-bit counter
 * that only grow within this process, 32 random bits. Sorting ids of one process as text sorts them by age.
 */
export function uuidv7(now: number = Date.now()): string {
  const random = new Uint32Array(2);
  crypto.getRandomValues(random);
  if (now > lastMillis) {
    lastMillis = now;
    // Starts in the lower half, so that 2^41 ids fit into one millisecond before the clock must be run ahead of.
    counter = (random[1] as number) * 2 ** 9;
  } else {
    counter += 1 + ((random[1] as number) & 0xff);
    if (counter >= 2 ** 42) {
      lastMillis += 1;
      counter = 0;
    }
  }
  const time = lastMillis.toString(16).padStart(12, '0');
  const high = Math.floor(counter / 2 ** 30);
  const low = counter % 2 ** 30;
  const variant = (0x80000000 + low).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${high.toString(16).padStart(3, '0')}-${variant.slice(0, 4)}-${variant.slice(4)}${(random[0] as number).toString(16).padStart(8, '0')}`;
}
