import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import type { GramIndex, GramPlace } from './index-of-grams.js';

/** Of a file of fingerprints: hashes of n-grams alone, so that a benchmark's texts need not be given away with it. */
export const fingerprintFormat = 'sluice-fingerprints';

const fileSchema = z.object({
  format: z.literal(fingerprintFormat),
  version: z.literal(1),
  words: z.number().int().positive(),
  texts: z.number().int(),
  too_short: z.number().int(),
  files: z.array(z.string()),
  /** By number of words: little-endian numbers in base64, 64-bit hashes, 32-bit places in `files`, 32-bit lines. */
  grams: z.array(
    z.object({ words: z.number().int().positive(), hashes: z.string(), files: z.string(), lines: z.string() }),
  ),
});

/** The index as a file that `--against` takes again. */
export function fingerprintText(index: GramIndex): string {
  const files: string[] = [];
  const fileAt = new Map<string, number>();
  const grams = [...index.byLength].map(([words, gramPlaces]) => {
    const hashes = Buffer.alloc(gramPlaces.size * 8);
    const places = Buffer.alloc(gramPlaces.size * 4);
    const lines = Buffer.alloc(gramPlaces.size * 4);
    let at = 0;
    for (const [hash, { file, line }] of [...gramPlaces].sort(([a], [b]) => a - b)) {
      let place = fileAt.get(file);
      if (place === undefined) {
        place = files.push(file) - 1;
        fileAt.set(file, place);
      }
      hashes.writeBigUInt64LE(BigInt(hash), at * 8);
      places.writeUInt32LE(place, at * 4);
      lines.writeUInt32LE(line, at * 4);
      at += 1;
    }
    return {
      words,
      hashes: hashes.toString('base64'),
      files: places.toString('base64'),
      lines: lines.toString('base64'),
    };
  });
  const { words, texts, tooShort } = index;
  return `${JSON.stringify({ format: fingerprintFormat, version: 1, words, texts, too_short: tooShort, files, grams })}\n`;
}

/** Takes a file of fingerprints into the index. @throws SluiceError `validation_failed` */
export function addFingerprints(index: GramIndex, text: string, name: string): void {
  let parsed: z.infer<typeof fileSchema>;
  try {
    parsed = fileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new SluiceError('validation_failed', `${name} is not a whole file of fingerprints.`, undefined, {
      cause: error,
    });
  }
  if (parsed.words !== index.words) {
    throw new SluiceError(
      'validation_failed',
      `${name} holds n-grams of ${parsed.words} words, not of ${index.words} as is asked for.`,
    );
  }
  index.texts += parsed.texts;
  index.tooShort += parsed.too_short;
  for (const { words, hashes, files, lines } of parsed.grams) {
    const [of, at, line] = [hashes, files, lines].map((base64) => Buffer.from(base64, 'base64')) as [
      Buffer,
      Buffer,
      Buffer,
    ];
    if (of.length % 8 !== 0 || at.length * 2 !== of.length || line.length * 2 !== of.length)
      throw new SluiceError('validation_failed', `${name} is cut off: its lists differ in length.`);
    for (let gram = 0; gram * 8 < of.length; gram++) {
      const place: GramPlace = {
        file: parsed.files[at.readUInt32LE(gram * 4)] ?? name,
        line: line.readUInt32LE(gram * 4),
      };
      index.put(words, Number(of.readBigUInt64LE(gram * 8)), place);
    }
  }
}
