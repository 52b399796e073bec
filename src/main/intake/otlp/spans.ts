import type { Json, Micros } from '../../../shared/model/index.js';
import { isObject, type JsonObject, listOf, maxValueDepth, objectsOf } from './values.js';

/** A span as the conventions are read from it. */
export interface Span {
  trace_id: string;
  span_id: string;
  /** Null for a root. */
  parent_id: string | null;
  name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  started_at: Micros;
  ended_at: Micros;
  attributes: JsonObject;
  events: { name: string; at: Micros; attributes: JsonObject }[];
  failed: boolean;
  status_message: string;
  resource: JsonObject;
  scope: string;
}

/** Later times do not fit the ids that are made of them. */
const lastNanos = 8_000_000_000_000_000_000n;

class Malformed extends Error {}

/** Reasons that an answer tells one by one. */
const toldReasons = 5;

/**
 * Spans of an ExportTraceServiceRequest in its JSON form. A span that does not hold is left out: `rejected` counts them,
 * `message` says what was wrong, and with how many.
 */
export function spansOf(request: JsonObject): { spans: Span[]; rejected: number; message: string } {
  const spans: Span[] = [];
  const refused = new Map<string, number>();
  for (const group of objectsOf(request.resourceSpans)) {
    let resource: JsonObject = {};
    try {
      resource = attributesOf(isObject(group.resource) ? group.resource.attributes : undefined);
    } catch {
      // Only names its spans' program: they are read without.
    }
    for (const scoped of [...objectsOf(group.scopeSpans), ...objectsOf(group.instrumentationLibrarySpans)]) {
      const scope = isObject(scoped.scope) && typeof scoped.scope.name === 'string' ? scoped.scope.name : '';
      for (const sent of listOf(scoped.spans)) {
        try {
          spans.push({ ...spanOf(sent), resource, scope });
        } catch (error) {
          if (!(error instanceof Malformed)) throw error;
          refused.set(error.message, (refused.get(error.message) ?? 0) + 1);
        }
      }
    }
  }
  const rejected = [...refused.values()].reduce((sum, count) => sum + count, 0);
  return {
    spans,
    rejected,
    message: reasonsOf(
      [...refused].sort(([, a], [, b]) => b - a),
      rejected,
    ),
  };
}

function reasonsOf(refused: readonly (readonly [string, number])[], rejected: number): string {
  const told = refused.slice(0, toldReasons);
  const others = told.reduce((left, [, count]) => left - count, rejected);
  const texts = told.map(([reason, count]) => (rejected === 1 ? reason : `${reason} (${spansIn(count)})`));
  return [...texts, ...(others === 0 ? [] : [`Others are like these (${spansIn(others)}).`])].join(' ');
}

function spansIn(count: number): string {
  return count === 1 ? '1 span' : `${count} spans`;
}

function spanOf(sent: Json): Omit<Span, 'resource' | 'scope'> {
  if (!isObject(sent)) throw new Malformed('A span is not an object.');
  const trace_id = idOf(sent.traceId, 32, 'traceId');
  const span_id = idOf(sent.spanId, 16, 'spanId');
  const started_at = microsOf(sent.startTimeUnixNano);
  if (started_at === null) throw new Malformed(`startTimeUnixNano of span ${span_id} is not a time.`);
  const status = isObject(sent.status) ? sent.status : {};
  const parent = typeof sent.parentSpanId === 'string' && sent.parentSpanId !== '' ? sent.parentSpanId : null;
  return {
    trace_id,
    span_id,
    parent_id: parent === null ? null : idOf(parent, 16, 'parentSpanId'),
    name: typeof sent.name === 'string' ? sent.name : '',
    kind: typeof sent.kind === 'number' ? sent.kind : 0,
    started_at,
    ended_at: Math.max(started_at, microsOf(sent.endTimeUnixNano) ?? started_at),
    attributes: attributesOf(sent.attributes),
    events: objectsOf(sent.events).map((event) => ({
      name: typeof event.name === 'string' ? event.name : '',
      at: microsOf(event.timeUnixNano) ?? started_at,
      attributes: attributesOf(event.attributes),
    })),
    failed: status.code === 2 || status.code === 'STATUS_CODE_ERROR',
    status_message: typeof status.message === 'string' ? status.message : '',
  };
}

function idOf(value: Json | undefined, length: number, name: string): string {
  const id = typeof value === 'string' ? value.toLowerCase() : '';
  if (id.length !== length || !/^[0-9a-f]+$/.test(id) || /^0+$/.test(id)) {
    throw new Malformed(`A span's ${name} is not ${length} hex digits.`);
  }
  return id;
}

/** Nanoseconds since the epoch, a decimal text or a number. */
function microsOf(value: Json | undefined): Micros | null {
  const text = typeof value === 'number' && Number.isFinite(value) ? BigInt(Math.trunc(value)).toString() : value;
  if (typeof text !== 'string' || !/^\d{1,19}$/.test(text)) return null;
  const nanos = BigInt(text);
  return nanos === 0n || nanos > lastNanos ? null : Number(nanos / 1000n);
}

function attributesOf(list: Json | undefined): JsonObject {
  const attributes: JsonObject = {};
  for (const pair of objectsOf(list)) {
    if (typeof pair.key === 'string') set(attributes, pair.key, plainValue(pair.value, 0));
  }
  return attributes;
}

/** The plain value of an AnyValue; integers beyond what a number holds exactly stay text. */
function plainValue(value: Json | undefined, depth: number): Json {
  if (depth > maxValueDepth) throw new Malformed(`An attribute is nested deeper than ${maxValueDepth} levels.`);
  if (!isObject(value)) return null;
  if (typeof value.stringValue === 'string') return value.stringValue;
  if (typeof value.boolValue === 'boolean') return value.boolValue;
  if (value.intValue !== undefined) {
    const number = Number(value.intValue);
    return Number.isSafeInteger(number) ? number : String(value.intValue);
  }
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (isObject(value.arrayValue)) return listOf(value.arrayValue.values).map((inner) => plainValue(inner, depth + 1));
  if (isObject(value.kvlistValue)) {
    const object: JsonObject = {};
    for (const pair of objectsOf(value.kvlistValue.values)) {
      if (typeof pair.key === 'string') set(object, pair.key, plainValue(pair.value, depth + 1));
    }
    return object;
  }
  return typeof value.bytesValue === 'string' ? value.bytesValue : null;
}

/** A key named `__proto__` is a key like any other. */
function set(object: JsonObject, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
