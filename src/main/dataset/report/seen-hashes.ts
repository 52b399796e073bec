/** Slots at first; a power of two. */
const firstSlots = 1 << 12;
/** Part of the slots that may be taken. */
const mostFilled = 0.75;

/**
 * Numbers (from 0, whole) that were seen, in one typed array: 11 to 22 bytes each, where a Set takes some 60. They are taken as
 * they are for their place: hashes, or parts of such.
 */
export function createSeenHashes() {
  let slots = new Float64Array(firstSlots).fill(-1);
  let size = 0;

  /** Where the number stands, or where it would. */
  function placeOf(hash: number): number {
    let at = hash % slots.length;
    while (slots[at] !== -1 && slots[at] !== hash) at = (at + 1) % slots.length;
    return at;
  }

  function grow(): void {
    const before = slots;
    slots = new Float64Array(before.length * 2).fill(-1);
    for (const hash of before) if (hash !== -1) slots[placeOf(hash)] = hash;
  }

  return {
    size: () => size,
    /** Notes it; whether it was there before. */
    add(hash: number): boolean {
      const at = placeOf(hash);
      if (slots[at] === hash) return true;
      slots[at] = hash;
      size += 1;
      if (size > slots.length * mostFilled) grow();
      return false;
    },
  };
}
