import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { readMessages } from '../../../../src/main/decode/index.js';
import { type OtlpRead, otlpToRecords } from '../../../../src/main/intake/otlp/index.js';
import type { Json } from '../../../../src/shared/model/index.js';

/** A span as a test writes it: plain attribute values, times in seconds after `start`. */
export interface TestSpan {
  id: string;
  parent?: string;
  trace?: string;
  name?: string;
  kind?: number;
  from?: number;
  to?: number;
  attributes?: { [name: string]: Json };
  events?: { name: string; attributes?: { [name: string]: Json } }[];
  status?: { code: number; message?: string };
}

export const traceId = 'ab'.repeat(16);
/** Seconds since the epoch. */
export const start = 1_790_000_000;
const nanos = (seconds: number) => String(BigInt(Math.round((start + seconds) * 1e6)) * 1000n);

// biome-ignore lint/suspicious/noExplicitAny: JSON of the protocol
type Any = any;

function anyValue(value: Json): Any {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: pairs(value) } };
}

const pairs = (values: { [name: string]: Json } = {}) =>
  Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));

/** An ExportTraceServiceRequest in JSON. */
export function request(spans: TestSpan[], resource: { [name: string]: Json } = {}): Any {
  return {
    resourceSpans: [
      {
        resource: { attributes: pairs(resource) },
        scopeSpans: [
          {
            scope: { name: 'test' },
            spans: spans.map((span) => ({
              traceId: span.trace ?? traceId,
              spanId: span.id.padStart(16, '0'),
              ...(span.parent === undefined ? {} : { parentSpanId: span.parent.padStart(16, '0') }),
              name: span.name ?? 'span',
              kind: span.kind ?? 1,
              startTimeUnixNano: nanos(span.from ?? 0),
              endTimeUnixNano: nanos(span.to ?? (span.from ?? 0) + 1),
              attributes: pairs(span.attributes),
              events: (span.events ?? []).map(({ name, attributes }) => ({
                timeUnixNano: nanos(span.from ?? 0),
                name,
                attributes: pairs(attributes),
              })),
              status: span.status ?? {},
            })),
          },
        ],
      },
    ],
  };
}

/** The same request in protobuf, by the field numbers of the published .proto files. */
export function protobuf(sent: Any): Uint8Array {
  const writer = new BinaryWriter();
  const message = (field: number, write: () => void) => {
    writer.tag(field, WireType.LengthDelimited).fork();
    write();
    writer.join();
  };
  const text = (field: number, value: string | undefined) => {
    if (value !== undefined) writer.tag(field, WireType.LengthDelimited).string(value);
  };
  const bytes = (field: number, hex: string | undefined) => {
    if (hex !== undefined) writer.tag(field, WireType.LengthDelimited).bytes(Buffer.from(hex, 'hex'));
  };
  const value = (given: Any): void => {
    text(1, given.stringValue);
    if (given.boolValue !== undefined) writer.tag(2, WireType.Varint).bool(given.boolValue);
    if (given.intValue !== undefined) writer.tag(3, WireType.Varint).int64(given.intValue);
    if (given.doubleValue !== undefined) writer.tag(4, WireType.Bit64).double(given.doubleValue);
    if (given.arrayValue) {
      message(5, () => {
        for (const item of given.arrayValue.values) message(1, () => value(item));
      });
    }
    if (given.kvlistValue) message(6, () => attributes(1, given.kvlistValue.values));
  };
  const attributes = (field: number, list: Any[]) => {
    for (const pair of list) {
      message(field, () => {
        text(1, pair.key);
        message(2, () => value(pair.value));
      });
    }
  };
  for (const group of sent.resourceSpans) {
    message(1, () => {
      message(1, () => attributes(1, group.resource.attributes));
      for (const scoped of group.scopeSpans) {
        message(2, () => {
          message(1, () => text(1, scoped.scope.name));
          for (const span of scoped.spans) {
            message(2, () => {
              bytes(1, span.traceId);
              bytes(2, span.spanId);
              text(3, 'vendor=state');
              bytes(4, span.parentSpanId);
              text(5, span.name);
              writer.tag(6, WireType.Varint).int32(span.kind);
              writer.tag(7, WireType.Bit64).fixed64(span.startTimeUnixNano);
              writer.tag(8, WireType.Bit64).fixed64(span.endTimeUnixNano);
              attributes(9, span.attributes);
              writer.tag(10, WireType.Varint).uint32(0);
              for (const event of span.events) {
                message(11, () => {
                  writer.tag(1, WireType.Bit64).fixed64(event.timeUnixNano);
                  text(2, event.name);
                  attributes(3, event.attributes);
                });
              }
              message(15, () => {
                text(2, span.status.message);
                if (span.status.code !== undefined) writer.tag(3, WireType.Varint).int32(span.status.code);
              });
              writer.tag(16, WireType.Bit32).fixed32(257);
            });
          }
        });
      }
    });
  }
  return writer.finish();
}

export const json = (sent: Any) => new TextEncoder().encode(JSON.stringify(sent));

/** Reads the spans as JSON and as protobuf, which must give the same, and returns it. */
export function read(spans: TestSpan[], resource: { [name: string]: Json } = {}): OtlpRead {
  const sent = request(spans, resource);
  const fromJson = otlpToRecords(json(sent), 'application/json; charset=utf-8', readMessages);
  const fromProtobuf = otlpToRecords(protobuf(sent), 'application/x-protobuf', readMessages);
  const { answer: _, ...one } = fromJson;
  const { answer: __, ...other } = fromProtobuf;
  if (JSON.stringify(one) !== JSON.stringify(other)) {
    throw new Error(`The encodings differ:\n${JSON.stringify(one)}\n${JSON.stringify(other)}`);
  }
  return fromJson;
}
