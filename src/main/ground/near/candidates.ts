import { mixed } from './words.js';

/**
 * Groups of documents whose signatures agree in all rows of a band, band by band: at least two members each, in rising
 * order; the array is used again for the next group.
 */
export function* bandGroups(
  signatures: Int32Array,
  shape: { documents: number; permutations: number; rows: number },
): Generator<readonly number[]> {
  const { documents, permutations, rows } = shape;
  if (documents < 2) return;
  let slots = 4;
  while (slots < documents * 2) slots *= 2;
  /** The first document of a group, one more than its number; 0: none. */
  const heads = new Int32Array(slots);
  const tails = new Int32Array(documents);
  const next = new Int32Array(documents);
  for (let band = 0; band + rows <= permutations; band += rows) {
    heads.fill(0);
    for (let document = 0; document < documents; document++) {
      next[document] = -1;
      const from = document * permutations + band;
      let hash = band + 1;
      for (let row = 0; row < rows; row++)
        hash = Math.imul(hash ^ (signatures[from + row] as number), 0x01000193) ^ (hash >>> 15);
      let slot = mixed(hash) & (slots - 1);
      for (;;) {
        const head = (heads[slot] as number) - 1;
        if (head === -1) {
          heads[slot] = document + 1;
          tails[document] = document;
          break;
        }
        if (sameBand(signatures, head * permutations + band, from, rows)) {
          next[tails[head] as number] = document;
          tails[head] = document;
          break;
        }
        slot = (slot + 1) & (slots - 1);
      }
    }
    const members: number[] = [];
    for (let slot = 0; slot < slots; slot++) {
      const head = (heads[slot] as number) - 1;
      if (head === -1 || next[head] === -1) continue;
      members.length = 0;
      for (let member = head; member !== -1; member = next[member] as number) members.push(member);
      yield members;
    }
  }
}

function sameBand(signatures: Int32Array, a: number, b: number, rows: number): boolean {
  for (let row = 0; row < rows; row++) if (signatures[a + row] !== signatures[b + row]) return false;
  return true;
}
