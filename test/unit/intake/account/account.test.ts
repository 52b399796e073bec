import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountOf } from '../../../../src/main/intake/account/index.js';
import type { Importer, ImportItem } from '../../../../src/main/intake/importers/importer.js';
import { importerById } from '../../../../src/main/intake/importers/index.js';
import { headBytes, readHead } from '../../../../src/main/intake/importers/reading/input.js';
import type { ImportText, Json } from '../../../../src/shared/model/index.js';
import { context, fixtures, pieces } from '../importers/support.js';

async function accounted(
  importer: string,
  bytes: Uint8Array,
  size = 65_536,
): Promise<{ items: ImportItem[]; text: ImportText }> {
  const account = accountOf(readHead('x', bytes.subarray(0, headBytes)));
  if (account === null) throw new Error('no account');
  const items: ImportItem[] = [];
  for await (const item of (importerById(importer) as Importer).read(account.reading(pieces(bytes, size)), context)) {
    account.imported(item);
    items.push(item);
  }
  return { items, text: account.sum() };
}

const all = fixtures();
const skippedBytes = ({ skipped }: ImportText) => skipped.reduce((sum, { bytes }) => sum + bytes, 0);

/** The texts of a value, counted here by themselves. */
function textBytes(value: Json): number {
  if (typeof value === 'string') {
    if (/^\s*[[{]/.test(value)) {
      try {
        const inner = JSON.parse(value) as Json;
        const held = textBytes(inner);
        if (held > 0 || typeof inner === 'object') return held;
      } catch {
        // Words that begin like JSON.
      }
    }
    return Buffer.byteLength(value);
  }
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, member) => sum + textBytes(member), 0);
}

/** A file's documents, and the file again with others in their place. */
function documents(bytes: Buffer): { values: Json[]; again: (values: Json[]) => Buffer } | null {
  const text = bytes.toString('utf8');
  try {
    return { values: [JSON.parse(text) as Json], again: ([value]) => Buffer.from(JSON.stringify(value)) };
  } catch {
    try {
      const values = text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => JSON.parse(line) as Json);
      return { values, again: (changed) => Buffer.from(changed.map((value) => `${JSON.stringify(value)}\n`).join('')) };
    } catch {
      return null;
    }
  }
}

/** The file with its sentences made others, each once, and a field that no format has added here and there. */
function changed(value: Json, next: (kind: 'sentence' | 'field') => string | null): Json {
  if (typeof value === 'string') {
    if (!/\s/.test(value) || /^\s*[[{<]/.test(value) || /\d\d:\d\d/.test(value)) return value;
    const sentence = next('sentence');
    return sentence === null ? value : `${value} ${sentence}`;
  }
  if (Array.isArray(value)) return value.map((entry) => changed(entry, next));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, changed(member, next)] as const);
  const field = next('field');
  return Object.fromEntries(field === null ? members : [...members, ['an_unknown_field', field]]);
}

describe('the account of a file', () => {
  it.each(all)('$importer: every text of $name is stored or has a reason', async ({ importer, bytes }) => {
    const { text } = await accounted(importer, bytes);
    expect(text.bytes).toBeGreaterThan(0);
    expect(Math.abs(text.bytes - text.stored - skippedBytes(text))).toBeLessThanOrEqual(text.bytes / 100);
    const read = documents(bytes);
    if (read !== null) {
      const own = textBytes(read.values);
      expect(Math.abs(text.bytes - own), `${text.bytes} instead of ${own}`).toBeLessThanOrEqual(own / 100);
    }
    for (const size of [1, 13]) expect((await accounted(importer, bytes, size)).text).toEqual(text);
  });

  it.each(all.filter(({ bytes }) => documents(bytes) !== null))(
    '$importer: whatever $name says, what is not given to the store is counted with its reason',
    async ({ importer, bytes }) => {
      const read = documents(bytes) as NonNullable<ReturnType<typeof documents>>;
      await fc.assert(
        fc.asyncProperty(fc.integer(), async (seed) => {
          let state = seed >>> 0;
          const chance = () => {
            state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
            return state / 2 ** 32;
          };
          const made: string[] = [];
          const file = read.again(
            read.values.map((value) =>
              changed(value, (kind) => {
                if (chance() > (kind === 'field' ? 0.1 : 0.5)) return null;
                made.push(`marked ${kind} ${made.length} ${'lorem ipsum '.repeat(Math.ceil(chance() * 6))}end`);
                return made.at(-1) as string;
              }),
            ),
          );
          const { items, text } = await accounted(importer, file);
          expect(Math.abs(text.bytes - text.stored - skippedBytes(text))).toBeLessThanOrEqual(text.bytes / 100);
          const given = JSON.stringify(items.filter((item) => 'record' in item || 'exchange' in item));
          const bodies = items.flatMap((item) =>
            'exchange' in item ? [item.exchange.request.body, item.exchange.response?.body ?? new Uint8Array()] : [],
          );
          const stored = given + bodies.map((body) => Buffer.from(body).toString('utf8')).join('\n');
          const lost = made.filter((sentence) => !stored.includes(sentence));
          // What was lost is in the sum of what was skipped, and nothing that is there is.
          const lostBytes = lost.reduce((sum, sentence) => sum + sentence.length, 0);
          expect(skippedBytes(text)).toBeGreaterThanOrEqual(lostBytes);
          const keptBytes = made
            .filter((sentence) => !lost.includes(sentence))
            .reduce((sum, { length }) => sum + length, 0);
          expect(text.stored).toBeGreaterThanOrEqual(keptBytes * 0.99);
        }),
        { numRuns: 15 },
      );
    },
  );

  it('names what was passed over by the importer’s own reason, and what has no place by its field', async () => {
    const row = (more: { [name: string]: Json }) => ({
      id: 'o',
      traceId: 't',
      type: 'GENERATION',
      startTime: '2026-03-04T10:00:00Z',
      input: [{ role: 'user', content: 'Which way?' }],
      output: 'Left, then right.',
      ...more,
    });
    const lines = [
      row({ remark: 'a private note', depth: { of: ['some more words'] } }),
      { nothing: 'that anyone knows of' },
    ];
    const file = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"id": "p", "input": "cut in the mid`;
    const { text } = await accounted('langfuse', Buffer.from(file));
    expect(text.stored).toBeGreaterThanOrEqual('Which way?Left, then right.'.length);
    expect(text.skipped).toEqual(
      expect.arrayContaining([
        { reason: 'no place for remark', bytes: 14, count: 1 },
        { reason: 'no place for depth.of[]', bytes: 15, count: 1 },
        { reason: 'neither a trace, an observation nor a score', bytes: 20, count: 1 },
        { reason: 'cut off', bytes: 14, count: 1 },
      ]),
    );
  });

  it('tells a copy of what is stored from what is lost', async () => {
    const message = { role: 'user', content: 'Go on, please.' };
    const observation = (id: string, input: Json) => ({
      id,
      traceId: 't',
      type: 'GENERATION',
      startTime: '2026-03-04T10:00:00Z',
      input,
      output: `Answer of ${id}.`,
      copy_of_input: input,
    });
    const file = JSON.stringify([observation('one', [message]), observation('two', [message, message])]);
    const { text } = await accounted('langfuse', Buffer.from(file));
    expect(text.skipped).toContainEqual({ reason: 'a copy of what is stored', bytes: 3 * 14, count: 3 });
  });

  it('counts bytes that are no text as nothing that could be told apart', () => {
    expect(accountOf(readHead('x', Buffer.from('28b52ffd0a00ff', 'hex')))).toBeNull();
  });
});
