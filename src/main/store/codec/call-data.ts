import type { Call } from '../../../shared/model/index.js';
import { type Packed, packJson, unpackJson } from './pack.js';

/** What of a call no list filters or sums by. */
export type CallData = Pick<
  Call,
  'edge' | 'response_id' | 'format' | 'operation' | 'model' | 'params' | 'usage' | 'stop_reason' | 'partial' | 'error'
>;

/** A list instead of an object: half the size, and seldom worth compressing. Part of the stored format. */
type Stored = [
  edge: [Call['edge']['rule'], Call['edge']['basis'], number, string?],
  response_id: string | null,
  format: string,
  operation: string,
  model: string | null,
  params: Call['params'],
  usage: Call['usage'],
  stop_reason: string | null,
  partial: boolean,
  error: Call['error'],
];

export function packCall({ edge, ...call }: CallData): Packed {
  const { rule, basis, confidence, evidence } = edge;
  const stored: Stored = [
    evidence === undefined ? [rule, basis, confidence] : [rule, basis, confidence, evidence],
    call.response_id,
    call.format,
    call.operation,
    call.model,
    call.params,
    call.usage,
    call.stop_reason,
    call.partial,
    call.error,
  ];
  return packJson(stored);
}

export function unpackCall(packed: Packed): CallData {
  const [edge, response_id, format, operation, model, params, usage, stop_reason, partial, error] = unpackJson<never>(
    packed,
  ) as Stored;
  const [rule, basis, confidence, evidence] = edge;
  return {
    edge: evidence === undefined ? { rule, basis, confidence } : { rule, basis, confidence, evidence },
    response_id,
    format,
    operation,
    model,
    params,
    usage,
    stop_reason,
    partial,
    error,
  };
}
