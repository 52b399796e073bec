import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { uuidv7 } from '../../shared/ids.js';
import {
  type KnownValue,
  type KnownValueInfo,
  knownValueInfoSchema,
  knownValueLength,
  knownValueSchema,
  type NewKnownValue,
} from '../../shared/policy-file.js';
import { replaceFileSync } from '../ground/replace-file.js';
import { openBox, sealBox } from '../ground/sealed-box.js';

/** Format and version of the file; part of what is authenticated. Then nonce (12 bytes), ciphertext and tag (16). */
const magic = Buffer.from('SLV1');

const contentSchema = z.strictObject({
  version: z.literal(1),
  values: z.array(knownValueInfoSchema.omit({ length: true }).extend({ value: knownValueSchema })),
});
type Kept = z.infer<typeof contentSchema>['values'][number];

/** What is stored is searched for all of them at once; the table for that grows with their number. */
const mostKnownValues = 10_000;
/** All values together, in characters: every text that is stored is searched for each of them. */
const mostCharacters = 16 * 1024 * 1024;

/** Values that must never be stored. They lie in their file under AES-256-GCM, and nothing hands them out but `values`. */
export interface Vault {
  list(): KnownValueInfo[];
  /** Adds a value, or says where it is already. Throws `validation_failed` where it is too short or too long. */
  add(value: NewKnownValue): KnownValueInfo;
  /** The same for many, written once; what is there already and what is too short is passed over. */
  addAll(values: readonly NewKnownValue[]): KnownValueInfo[];
  /** False where there is none of this id. */
  remove(valueId: string): boolean;
  /** For the redactor alone. */
  values(): KnownValue[];
}

/** Opens the file, or begins without one. Throws `vault_unreadable`: to go on would store what must not be. */
export function openVault(path: string, key: Uint8Array): Vault {
  let kept = existsSync(path) ? read(path, key) : [];

  function write(next: Kept[]): void {
    replaceFileSync(path, seal({ version: 1, values: next }, key));
    kept = next;
  }

  function addAll(values: readonly NewKnownValue[]): KnownValueInfo[] {
    const added: Kept[] = [];
    const storedValues = new Set(kept.map(({ value }) => value));
    let characters = kept.reduce((sum, { value }) => sum + value.length, 0);
    for (const { value: typed, entity = 'CUSTOM' } of values) {
      const value = bare(typed);
      if (value.length < knownValueLength.least || storedValues.has(value)) continue;
      characters += value.length;
      storedValues.add(value);
      added.push({ value_id: uuidv7(), value, entity, added_at: new Date().toISOString() });
    }
    if (kept.length + added.length > mostKnownValues || characters > mostCharacters) {
      const message = `There is room for ${mostKnownValues} known values of ${mostCharacters} characters in all.`;
      throw new SluiceError('validation_failed', message);
    }
    if (added.length > 0) write([...kept, ...added]);
    return added.map(shown);
  }

  return {
    list: () => kept.map(shown),
    add(value) {
      const { least, most } = knownValueLength;
      const trimmed = bare(value.value);
      if (trimmed.length < least || trimmed.length > most) {
        const message = `A known value has ${least} to ${most} characters, white space and quotes around it not counted.`;
        throw new SluiceError('validation_failed', message, [{ path: 'value', message }]);
      }
      const there = kept.find((each) => each.value === trimmed);
      return there ? shown(there) : (addAll([value])[0] as KnownValueInfo);
    },
    addAll,
    remove(valueId) {
      const left = kept.filter(({ value_id }) => value_id !== valueId);
      if (left.length === kept.length) return false;
      write(left);
      return true;
    },
    values: () => kept.map(({ value, entity }) => ({ value, entity })),
  };
}

/** Without the white space and the quotes that came along when it was copied: they are not part of it. */
function bare(typed: string): string {
  const value = typed.trim();
  const quoted = /^(["'`])(.*)\1$/s.exec(value)?.[2]?.trim();
  return quoted !== undefined && quoted.length >= knownValueLength.least ? quoted : value;
}

function shown({ value, ...info }: Kept): KnownValueInfo {
  return { ...info, length: value.length };
}

function seal(content: z.infer<typeof contentSchema>, key: Uint8Array): Buffer {
  return Buffer.concat([magic, sealBox(key, Buffer.from(JSON.stringify(content)), magic)]);
}

function read(path: string, key: Uint8Array): Kept[] {
  try {
    const bytes = readFileSync(path);
    if (!bytes.subarray(0, magic.length).equals(magic)) throw new Error('not a file of known values');
    const plain = openBox(key, bytes.subarray(magic.length), magic);
    return contentSchema.parse(JSON.parse(plain.toString('utf8'))).values;
  } catch (error) {
    // The cause is kept out of sight where it could quote a value.
    const cause = error instanceof z.ZodError || error instanceof SyntaxError ? undefined : error;
    throw new SluiceError('vault_unreadable', `${path} cannot be opened with this folder’s key.`, undefined, { cause });
  }
}
