import { createHash } from 'node:crypto';

/** Choices that are the same for the same words: what is made again comes out the same. */
export interface Dice {
  /** 0 <= n < below */
  number(below: number): number;
  pick<T>(from: readonly T[]): T;
}

/** SHA-256 in counter mode over what names the place. */
export function dice(...words: readonly (string | number)[]): Dice {
  const name = JSON.stringify(words);
  let counter = 0;
  const number = (below: number) => {
    const digest = createHash('sha256').update(`${counter}:${name}`).digest();
    counter += 1;
    return Math.floor((digest.readUIntBE(0, 6) / 2 ** 48) * below);
  };
  return {
    number,
    pick: (from) => {
      if (from.length === 0) throw new RangeError('there is nothing to pick from');
      return from[number(from.length)] as (typeof from)[number];
    },
  };
}
