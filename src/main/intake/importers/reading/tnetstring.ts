import { maxItemBytes } from '../importer.js';

/** A tnetstring value (tnetstrings.info, with mitmproxy's `;` for text): byte strings stay bytes. */
export type TnetValue = Uint8Array | string | number | boolean | null | TnetValue[] | { [key: string]: TnetValue };

const maxDepth = 32;

/** Splits a stream into its top-level tnetstrings, each given with its offset; too large ones are passed over. */
export async function* tnetstrings(
  input: AsyncIterable<Uint8Array>,
  limit = maxItemBytes,
): AsyncGenerator<{ offset: number; bytes: Uint8Array } | { offset: number; problem: string }> {
  let offset = 0;
  let held: Buffer = Buffer.alloc(0);
  let parts: Uint8Array[] = [];
  let missing = 0;
  let tooLarge = false;
  let size = 0;
  for await (const chunk of input) {
    let rest: Buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.length > 0) {
      if (missing > 0) {
        const take = rest.subarray(0, missing);
        if (!tooLarge) parts.push(take);
        missing -= take.length;
        rest = rest.subarray(take.length);
        if (missing > 0) continue;
        yield tooLarge ? { offset, problem: 'too large' } : { offset, bytes: Buffer.concat(parts) };
        offset += size;
        parts = [];
        continue;
      }
      held = held.length === 0 ? rest : Buffer.concat([held, rest]);
      rest = Buffer.alloc(0);
      const colon = held.subarray(0, 13).indexOf(0x3a);
      if (colon === -1 && held.length < 13) continue;
      const digits = held.subarray(0, Math.max(colon, 0)).toString('latin1');
      if (!/^\d{1,12}$/.test(digits)) {
        yield { offset, problem: 'not a flow from here on' };
        return;
      }
      // The payload and the byte that says its type.
      missing = Number(digits) + 1;
      size = colon + 1 + missing;
      tooLarge = missing > limit;
      if (!tooLarge) parts.push(held.subarray(0, colon + 1));
      rest = held.subarray(colon + 1);
      held = Buffer.alloc(0);
    }
  }
  if (missing > 0 || held.length > 0) yield { offset, problem: 'the file ends inside it' };
}

/** Reads one whole tnetstring; throws on anything else. */
export function readTnetstring(bytes: Uint8Array): TnetValue {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { value, end } = readAt(buffer, 0, 0);
  if (end !== buffer.length) throw new Error('more behind the value');
  return value;
}

function readAt(buffer: Buffer, start: number, depth: number): { value: TnetValue; end: number } {
  if (depth > maxDepth) throw new Error('nested too deeply');
  const colon = buffer.subarray(start, start + 13).indexOf(0x3a);
  const digits = colon === -1 ? '' : buffer.toString('latin1', start, start + colon);
  if (!/^\d{1,12}$/.test(digits)) throw new Error('no length');
  const from = start + colon + 1;
  const to = from + Number(digits);
  if (to >= buffer.length) throw new Error('cut off');
  const payload = buffer.subarray(from, to);
  return { value: typedValue(payload, String.fromCharCode(buffer[to] as number), depth), end: to + 1 };
}

function typedValue(payload: Buffer, type: string, depth: number): TnetValue {
  switch (type) {
    case ',':
      return payload;
    case ';':
      return payload.toString('utf8');
    case '#':
    case '^':
      return Number(payload.toString('latin1'));
    case '!':
      return payload.toString('latin1') === 'true';
    case '~':
      return null;
    case ']': {
      const list: TnetValue[] = [];
      for (let at = 0; at < payload.length; ) {
        const { value, end } = readAt(payload, at, depth + 1);
        list.push(value);
        at = end;
      }
      return list;
    }
    case '}': {
      const object: { [key: string]: TnetValue } = Object.create(null);
      for (let at = 0; at < payload.length; ) {
        const key = readAt(payload, at, depth + 1);
        const { value, end } = readAt(payload, key.end, depth + 1);
        object[key.value instanceof Uint8Array ? Buffer.from(key.value).toString('utf8') : String(key.value)] = value;
        at = end;
      }
      return object;
    }
    default:
      throw new Error(`unknown type ${type}`);
  }
}
