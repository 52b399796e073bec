import type * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import {
  type ConsentPatch,
  type IntakeRecord,
  type Json,
  type SentOrders,
  sentDecisionSchema,
  sentExecutionSchema,
  sentToolCallSchema,
  type TraceKind,
} from '../../../shared/model/index.js';
import { isObject, type JsonObject } from '../../ground/json.js';
import { decisionItem, isDecision } from '../importers/decision-trace.js';
import { executionItems } from '../importers/execution-trace.js';
import { textOf, timeOf } from '../importers/fields.js';
import type { ImportItem } from '../importers/importer.js';
import { unwrapped } from '../importers/reading/wrapped.js';
import { isRow, toolCallItem } from '../importers/tool-calls.js';
import { fitting } from '../sent/body.js';
import { placeOf } from './telemetry.js';

/** A trace of another shape than PR telemetry, and the records that come of it. */
export interface ForeignTrace {
  name: string | null;
  consent: ConsentPatch | null;
  records(order: SentOrders['trace']): IntakeRecord[];
}

interface Shape {
  /** Around it, where its name stands there. */
  wrapper: string;
  kind: TraceKind;
  is(value: JsonObject): boolean;
  schema: z.ZodType<{ consent?: ConsentPatch | undefined }>;
  nameOf(value: JsonObject): string | undefined;
  items(value: JsonObject, of: { name: string; digest: string; at: number }): Iterable<ImportItem>;
}

const shapes: readonly Shape[] = [
  {
    wrapper: 'execution_trace',
    kind: 'execution',
    is: (value) => Array.isArray(value.steps) && ('scenario' in value || 'execution_mode' in value),
    schema: sentExecutionSchema,
    nameOf: ({ trace_id }) => textOf(trace_id),
    items: (value, { name, at }) => executionItems({ ...value, trace_id: name }, 'start_time', at),
  },
  {
    wrapper: 'decision_trace',
    kind: 'execution',
    is: isDecision,
    schema: sentDecisionSchema,
    nameOf: ({ trace_id }) => textOf(trace_id),
    items: (value, { digest, at }) => [decisionItem(value, { fileKey: digest, at, place: 0 })],
  },
  {
    wrapper: 'tool_call',
    kind: 'ingest',
    is: isRow,
    schema: sentToolCallSchema,
    nameOf: ({ metadata }) => (isObject(metadata) ? textOf(metadata.trace_id) : undefined),
    items: (value, { digest, at }) => [
      toolCallItem({ value, text: JSON.stringify(value), where: '' }, { fileKey: digest, at }),
    ],
  },
];

/**
 * What importers read of a file, out of a body: an execution, a decision, a tool call, with its name around it or without. Null
 * where it is none. Throws `validation_failed`.
 * @param digest of the body: a trace that has a name of its own may be sent again as it has grown
 */
export function foreignTrace(sent: unknown, digest: string): ForeignTrace | null {
  if (!isObject(sent as Json)) return null;
  const body = sent as JsonObject;
  const value = unwrapped(body);
  const [wrapper] = value === body ? [] : Object.keys(body);
  const shape = shapes.find((one) => (wrapper === undefined ? one.is(value) : one.wrapper === wrapper));
  if (shape === undefined || 'developer_id' in value) return null;
  const { consent } = fitting(shape.schema, value);
  const name = shape.nameOf(value);
  return {
    name: name ?? null,
    consent: consent ?? null,
    records: ({ stored, retry, consent: storedConsent, now }) => {
      // Sent again under one idempotency key it has to come to the same id.
      const start = timeOf(value.start_time ?? value.timestamp) ?? 0;
      const place = placeOf(name, start, { stored: stored ?? undefined, retry: retry ?? undefined });
      const own = { name: name ?? place.trace_id ?? place.key, digest, at: now };
      return [...shape.items(value, own)].flatMap((item): IntakeRecord[] => {
        if ('skipped' in item) {
          const { where: path, reason: message } = item.skipped;
          throw new SluiceError('validation_failed', `${path}: ${message}`, [{ in: 'body', path, message }]);
        }
        if (!('record' in item)) return [];
        const { parent_key, ...trace } = item.record.trace;
        return [
          {
            ...item.record,
            ...(item.undated ? { undated: true } : {}),
            key: JSON.stringify([own.name, digest, item.record.key]),
            source: 'rest',
            trace: {
              ...trace,
              ...place,
              kind: stored?.kind ?? shape.kind,
              // Its parent is known by the name that it was sent under, too.
              ...(parent_key === undefined ? {} : { parent_key: parent_key.replace(/^[^:]*/, 'ingest') }),
              ...(storedConsent === null ? {} : { consent: storedConsent }),
            },
          },
        ];
      });
    },
  };
}
