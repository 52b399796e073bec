import { hash } from 'node:crypto';

/** Choices that are the same for the same words, as `ground/dice.ts`, at a twentieth of its cost: a trace needs a hundred of them. */
export interface Random {
  /** 0 <= n < below, whole */
  number(below: number): number;
  pick<T>(from: readonly T[]): T;
  /** Each as often as its weight says. */
  weighted<T>(from: readonly (readonly [T, number])[]): T;
  chance(share: number): boolean;
  shuffled<T>(from: readonly T[]): T[];
}

/** sfc32 (Doty-Humphrey, PractRand), seeded by SHA-256 of what names the place. */
export function random(...words: readonly (string | number)[]): Random {
  const seed = hash('sha256', JSON.stringify(words), 'buffer');
  let [a, b, c, counter] = [seed.readInt32LE(0), seed.readInt32LE(4), seed.readInt32LE(8), 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  const number = (below: number) => Math.floor((next() / 2 ** 32) * below);
  const self: Random = {
    number,
    pick: (from) => {
      if (from.length === 0) throw new RangeError('there is nothing to pick from');
      return from[number(from.length)] as (typeof from)[number];
    },
    weighted: (from) => {
      let left = (next() / 2 ** 32) * from.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of from) {
        left -= weight;
        if (left < 0) return value;
      }
      return self.pick(from)[0];
    },
    chance: (share) => next() / 2 ** 32 < share,
    shuffled: (from) => {
      const to = [...from];
      for (let index = to.length - 1; index > 0; index -= 1) {
        const other = number(index + 1);
        [to[index], to[other]] = [to[other] as (typeof from)[number], to[index] as (typeof from)[number]];
      }
      return to;
    },
  };
  return self;
}
