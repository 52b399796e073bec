import { createHash } from 'node:crypto';
import { SluiceError } from '../../shared/errors.js';
import type { ExportOptions } from '../../shared/model/index.js';

/** Name of the only file where no split was asked for. */
const whole = 'data';

export interface Splitter {
  /** Names in the order of the files. */
  names: string[];
  /** The split that a group of traces belongs to; depends on seed, shares and the group's id alone. */
  of(groupId: string): string;
}

/** Throws `validation_failed` where the shares do not sum to 1 (within a millionth). */
export function splitter(split: ExportOptions['split'], seed: number): Splitter {
  // Sorted, so that the order in which the shares were written changes nothing.
  const shares = Object.entries(split ?? { [whole]: 1 }).sort(([a], [b]) => (a < b ? -1 : 1));
  const sum = shares.reduce((total, [, share]) => total + share, 0);
  if (shares.length === 0 || Math.abs(sum - 1) > 1e-6) {
    throw new SluiceError('validation_failed', 'The shares of the splits must sum to 1.', [
      { path: 'split', message: `the shares sum to ${Math.round(sum * 1e6) / 1e6}, not to 1` },
    ]);
  }
  const names = shares.map(([name]) => name);
  return {
    names,
    of(groupId) {
      const digest = createHash('sha256').update(`${seed}:${groupId}`).digest();
      const point = digest.readUIntBE(0, 6) / 2 ** 48;
      let edge = 0;
      for (const [name, share] of shares) {
        edge += share;
        if (point < edge) return name;
      }
      return names.at(-1) as string;
    },
  };
}
