import { randomOf } from './traffic.js';

const digits = '0123456789';
const hex = '0123456789abcdef';
/** Hexadecimal with many digits: what chance makes of ids once in ten thousand is here in one of ten. */
const heavy = '01234567890123456789abcdef';
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const words =
  'check the build and call me at home with contact phone card order ticket for Anna number id of route to Berlin stream token batch'.split(
    ' ',
  );

/** Texts that are random and come again with the same seed. */
export function randomTexts(seed: number) {
  const random = randomOf(seed);
  const below = (end: number) => Math.floor(random() * end);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const run = (set: string, length: number) => Array.from({ length }, () => set.charAt(below(set.length))).join('');
  const groups = (set: string, lengths: readonly number[], mark: string) =>
    lengths.map((length) => run(set, length)).join(mark);
  const repeat = <T>(count: number, make: () => T) => Array.from({ length: count }, make);
  const uuid = (set = hex) => groups(set, [8, 4, 4, 4, 12], '-');

  const kinds = {
    uuid: () => uuid(),
    digitUuid: () => uuid(heavy),
    hex: () => run(pick([hex, heavy]), 8 + below(60)),
    hexGroups: () =>
      groups(
        heavy,
        repeat(4 + below(4), () => 4),
        pick(['-', ':', ' ']),
      ),
    base64: () => run(base64, 20 + below(100)),
    digits: () => run(digits, 5 + below(14)),
    digitGroups: () =>
      groups(
        digits,
        repeat(2 + below(6), () => 1 + below(6)),
        pick([' ', '-', '.', '/', ', ', '  ']),
      ),
    version: () => `v${below(20)}.${below(20)}.${below(2000)}`,
    time: () => `2026-${run('01', 2)}-1${run(digits, 1)}T0${run(digits, 1)}:1${run(digits, 1)}:2${run(digits, 1)}Z`,
    words: () => repeat(2 + below(8), () => pick(words)).join(' '),
    phone: () =>
      pick([
        `+${run(digits, 2)} ${run(digits, 3)} ${run(digits, 7)}`,
        groups(digits, [4, 3, 4], pick([' ', '-', '/'])),
      ]),
    json: () => JSON.stringify({ [pick(['id', 'phone', 'n', 'contact', 'created_at'])]: below(1e12), v: uuid(heavy) }),
  } satisfies { [kind: string]: () => string };

  /** What stands for something without saying anything of it. */
  const ids = {
    uuid: () => uuid(),
    'uuid of many digits': () => uuid(heavy),
    'uuid in capitals': () => uuid().toUpperCase(),
    'uuid in capitals of many digits': () => uuid(heavy).toUpperCase(),
    'object id': () => run(hex, 24),
    sha256: () => run(hex, 64),
    'dump of bytes': () =>
      groups(
        hex,
        repeat(16, () => 2),
        ' ',
      ),
    'dump of words': () =>
      groups(
        hex,
        repeat(8, () => 4),
        ' ',
      ),
    fingerprint: () =>
      groups(
        hex,
        repeat(20, () => 2),
        ':',
      ),
    etag: () => `W/"${run(hex, 32)}"`,
    ulid: () => run('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 26),
    'tool call': () => `call_${run(base64.slice(0, 62), 24)}`,
    digest: () => `sha512-${run(base64, 86)}==`,
  } satisfies { [kind: string]: () => string };

  return {
    kinds,
    ids,
    /** Ids and numbers alone. */
    numbers: () => repeat(12, () => pick([kinds.digitUuid, kinds.digitGroups, kinds.phone])()).join(' '),
    /** Some of all kinds, up to `most`, on one line or several. */
    mixed: (most = 40) =>
      repeat(3 + below(most - 2), () => pick(Object.values(kinds))()).join(pick([' ', '\n', ', ', ' - '])),
  };
}
