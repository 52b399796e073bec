import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { SluiceError } from '../../../shared/errors.js';
import type { Json } from '../../../shared/model/index.js';
import type { JsonObject } from './values.js';

/** Messages nested deeper are refused: a hostile body would otherwise end in the stack. */
const maxDepth = 100;

type Scalar = 'string' | 'bytes' | 'hex' | 'bool' | 'int64' | 'fixed64' | 'double' | 'enum';
interface Field {
  name: string;
  type: Scalar | (() => Table);
  repeated?: true;
}
type Table = { [fieldNumber: number]: Field };

/** Field numbers of opentelemetry-proto (collector/trace/v1, trace/v1, resource/v1, common/v1), of what is read here. */
const anyValue: Table = {
  1: { name: 'stringValue', type: 'string' },
  2: { name: 'boolValue', type: 'bool' },
  3: { name: 'intValue', type: 'int64' },
  4: { name: 'doubleValue', type: 'double' },
  5: { name: 'arrayValue', type: () => valueList },
  6: { name: 'kvlistValue', type: () => keyValueList },
  7: { name: 'bytesValue', type: 'bytes' },
};
const keyValue: Table = { 1: { name: 'key', type: 'string' }, 2: { name: 'value', type: () => anyValue } };
const valueList: Table = { 1: { name: 'values', type: () => anyValue, repeated: true } };
const keyValueList: Table = { 1: { name: 'values', type: () => keyValue, repeated: true } };
const attributes = { name: 'attributes', type: () => keyValue, repeated: true } as const;
const event: Table = {
  1: { name: 'timeUnixNano', type: 'fixed64' },
  2: { name: 'name', type: 'string' },
  3: attributes,
};
const status: Table = { 2: { name: 'message', type: 'string' }, 3: { name: 'code', type: 'enum' } };
const span: Table = {
  1: { name: 'traceId', type: 'hex' },
  2: { name: 'spanId', type: 'hex' },
  4: { name: 'parentSpanId', type: 'hex' },
  5: { name: 'name', type: 'string' },
  6: { name: 'kind', type: 'enum' },
  7: { name: 'startTimeUnixNano', type: 'fixed64' },
  8: { name: 'endTimeUnixNano', type: 'fixed64' },
  9: attributes,
  11: { name: 'events', type: () => event, repeated: true },
  15: { name: 'status', type: () => status },
};
const scope: Table = { 1: { name: 'name', type: 'string' }, 2: { name: 'version', type: 'string' } };
const scopeSpans: Table = {
  1: { name: 'scope', type: () => scope },
  2: { name: 'spans', type: () => span, repeated: true },
};
const resourceSpans: Table = {
  1: { name: 'resource', type: () => ({ 1: attributes }) },
  2: { name: 'scopeSpans', type: () => scopeSpans, repeated: true },
};
const exportRequest: Table = { 1: { name: 'resourceSpans', type: () => resourceSpans, repeated: true } };

const wireTypes: Record<Scalar, WireType> = {
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
  hex: WireType.LengthDelimited,
  bool: WireType.Varint,
  int64: WireType.Varint,
  enum: WireType.Varint,
  fixed64: WireType.Bit64,
  double: WireType.Bit64,
};

/**
 * An ExportTraceServiceRequest in the form that its JSON encoding has (ids in hex, 64-bit integers as decimal text), so
 * that both encodings are read by the same code. Unknown fields are skipped.
 * @throws SluiceError request_invalid where the bytes are no such message
 */
export function decodeExportRequest(bytes: Uint8Array): JsonObject {
  try {
    const reader = new BinaryReader(bytes);
    return message(reader, reader.len, exportRequest, 0);
  } catch (error) {
    throw new SluiceError('request_invalid', 'The body is not a protobuf ExportTraceServiceRequest.', undefined, {
      cause: error,
    });
  }
}

function message(reader: BinaryReader, end: number, table: Table, depth: number): JsonObject {
  if (depth > maxDepth) throw new RangeError('nested too deep');
  const read: JsonObject = {};
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const field = table[number];
    const expected = typeof field?.type === 'string' ? wireTypes[field.type] : WireType.LengthDelimited;
    if (field === undefined || wireType !== expected) {
      reader.skip(wireType, number);
      continue;
    }
    const value =
      typeof field.type === 'string' ? scalar(reader, field.type) : nested(reader, end, field.type(), depth);
    if (field.repeated) {
      const list = read[field.name];
      if (Array.isArray(list)) list.push(value);
      else read[field.name] = [value];
    } else read[field.name] = value;
  }
  if (reader.pos > end) throw new RangeError('longer than the message around it');
  return read;
}

function nested(reader: BinaryReader, outerEnd: number, table: Table, depth: number): JsonObject {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > outerEnd) throw new RangeError('longer than the message around it');
  return message(reader, end, table, depth + 1);
}

function scalar(reader: BinaryReader, type: Scalar): Json {
  switch (type) {
    case 'string':
      return reader.string();
    case 'bytes':
      return Buffer.from(reader.bytes()).toString('base64');
    case 'hex':
      return Buffer.from(reader.bytes()).toString('hex');
    case 'bool':
      return reader.bool();
    case 'int64':
      return String(reader.int64());
    case 'fixed64':
      return String(reader.fixed64());
    case 'double': {
      const value = reader.double();
      return Number.isFinite(value) ? value : String(value);
    }
    case 'enum':
      return reader.int32();
  }
}

/** An ExportTraceServiceResponse: empty, or with `partial_success`. */
export function encodeExportResponse(rejected: number, text: string): Uint8Array {
  const writer = new BinaryWriter();
  if (rejected > 0 || text !== '') {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Varint).int64(rejected);
    writer.tag(2, WireType.LengthDelimited).string(text);
    writer.join();
  }
  return writer.finish();
}
