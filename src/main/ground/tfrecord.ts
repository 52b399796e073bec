/**
 * TensorFlow's record files: length, masked CRC-32C of the length, data, masked CRC-32C of the data
 * (tensorflow.org/tutorials/load_data/tfrecord); the data is a protocol buffer of `tf.train.Example`.
 */

/** The values of one feature: texts, 32-bit floats, or 64-bit integers. */
export type Feature = { bytes: readonly string[] } | { floats: readonly number[] } | { ints: readonly bigint[] };

const polynomial = 0x82f63b78;
/** Four tables: four bytes are looked up at once. */
const tables = [0, 1, 2, 3].map(() => new Uint32Array(256));
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  (tables[0] as Uint32Array)[byte] = crc;
}
for (let byte = 0; byte < 256; byte++) {
  for (let table = 1; table < 4; table++) {
    const before = (tables[table - 1] as Uint32Array)[byte] as number;
    (tables[table] as Uint32Array)[byte] = (before >>> 8) ^ ((tables[0] as Uint32Array)[before & 0xff] as number);
  }
}
const [t0, t1, t2, t3] = tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/** CRC-32C (Castagnoli, RFC 3720) of bytes, as records carry it. */
export function maskedCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    crc ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    crc =
      (t3[crc & 0xff] as number) ^
      (t2[(crc >>> 8) & 0xff] as number) ^
      (t1[(crc >>> 16) & 0xff] as number) ^
      (t0[crc >>> 24] as number);
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (t0[(crc ^ (bytes[at] as number)) & 0xff] as number);
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** A record with its length and sums. */
export function record(data: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(data.length + 16);
  bytes.writeBigUInt64LE(BigInt(data.length), 0);
  bytes.writeUInt32LE(maskedCrc32c(bytes.subarray(0, 8)), 8);
  bytes.set(data, 12);
  bytes.writeUInt32LE(maskedCrc32c(data), 12 + data.length);
  return bytes;
}

/** The data of each record. Throws where one is cut off or its sums are wrong. */
export async function* recordsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let at = 0;
    for (;;) {
      if (held.length - at < 12) break;
      const head = held.subarray(at, at + 8);
      if (held.readUInt32LE(at + 8) !== maskedCrc32c(head)) throw new Error('a record’s length does not match its sum');
      const end = at + 16 + Number(head.readBigUInt64LE());
      if (held.length < end) break;
      const data = held.subarray(at + 12, end - 4);
      if (held.readUInt32LE(end - 4) !== maskedCrc32c(data)) throw new Error('a record does not match its sum');
      yield data;
      at = end;
    }
    held = held.subarray(at);
  }
  if (held.length > 0) throw new Error('the last record is cut off');
}

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** A field of bytes: its tag, its length, itself. */
function field(number: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([varint((number << 3) | 2), varint(length), ...parts]);
}

function featureBytes(feature: Feature): Buffer {
  if ('bytes' in feature) return field(1, ...feature.bytes.map((text) => field(1, Buffer.from(text))));
  if ('ints' in feature) return field(3, field(1, ...feature.ints.map(varint)));
  const floats = Buffer.alloc(feature.floats.length * 4);
  for (const [index, value] of feature.floats.entries()) floats.writeFloatLE(value, index * 4);
  return field(2, field(1, floats));
}

/** A `tf.train.Example` of features by name, in their order. */
export function exampleBytes(features: readonly (readonly [name: string, feature: Feature])[]): Buffer {
  return field(
    1,
    ...features.map(([name, each]) => field(1, field(1, Buffer.from(name)), field(2, featureBytes(each)))),
  );
}

/** The fields of a message; those of a fixed width are 32-bit floats here. */
function* fieldsOf(bytes: Buffer): Generator<{ number: number; bytes: Buffer; value: bigint }> {
  let at = 0;
  const next = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('an example is cut off');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(next());
    const wire = tag & 7;
    const value = wire === 0 || wire === 2 ? next() : 0n;
    const length = wire === 2 ? Number(value) : wire === 5 ? 4 : wire === 1 ? 8 : 0;
    yield { number: tag >>> 3, bytes: bytes.subarray(at, at + length), value };
    at += length;
  }
}

function ints(bytes: Buffer): bigint[] {
  const values: bigint[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    values.push(BigInt.asIntN(64, value));
    value = 0n;
    shift = 0n;
  }
  return values;
}

function featureOf(bytes: Buffer): Feature {
  for (const { number, bytes: list } of fieldsOf(bytes)) {
    const values = [...fieldsOf(list)];
    if (number === 1) return { bytes: values.map((each) => each.bytes.toString('utf8')) };
    if (number === 3) {
      return {
        ints: values.flatMap((each) => (each.bytes.length === 0 ? [BigInt.asIntN(64, each.value)] : ints(each.bytes))),
      };
    }
    return {
      floats: values.flatMap(({ bytes: packed }) =>
        Array.from({ length: packed.length / 4 }, (_, index) => packed.readFloatLE(index * 4)),
      ),
    };
  }
  return { bytes: [] };
}

/** The features of a `tf.train.Example` by name. */
export function exampleOf(data: Buffer): Map<string, Feature> {
  const features = new Map<string, Feature>();
  for (const { bytes: list } of fieldsOf(data)) {
    for (const { bytes: entry } of fieldsOf(list)) {
      let name = '';
      let feature: Feature = { bytes: [] };
      for (const part of fieldsOf(entry)) {
        if (part.number === 1) name = part.bytes.toString('utf8');
        else feature = featureOf(part.bytes);
      }
      features.set(name, feature);
    }
  }
  return features;
}
