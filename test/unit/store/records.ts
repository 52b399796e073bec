import { uuidv7 } from '../../../src/shared/ids.js';
import type {
  Assembled,
  AssembledRecord,
  EffectChange,
  NewEffect,
  NewStep,
  NewToolCall,
  NewTrace,
  NewWitness,
} from '../../../src/shared/model/index.js';
import { plainExchange } from './support.js';

export const origin = 1_790_000_000_000_000;
export const second = 1_000_000;

/** The synthetic exchange that a record travels in. */
function intake(at: number): Assembled {
  const assembled = plainExchange({ url: 'sluice:rest', at });
  Object.assign(assembled.decoded.exchange, { via: 'intake', method: 'INTAKE' });
  return { ...assembled, decoded: { ...assembled.decoded, format: 'intake' } };
}

export function newTrace(change: Partial<NewTrace> = {}): NewTrace {
  return {
    trace_id: uuidv7(),
    kind: 'pr_telemetry',
    key: null,
    title: 'Repair the harbour light',
    parent_trace_id: null,
    parent_step_id: null,
    predecessor_trace_id: null,
    source: { kind: 'rest' },
    started_at: origin,
    ...change,
  };
}

export function command(at: number, text: string): NewStep {
  return { step_id: uuidv7(), type: 'terminal_command', at, command: text, exit_code: 0, output: `ran ${text}` };
}

export function looseToolCall(id: string, at: number, change: Partial<NewToolCall> = {}): NewToolCall {
  return {
    tool_call_id: id,
    step_id: uuidv7(),
    name: 'look',
    arguments: { at: id },
    at,
    status: 'pending',
    duration_ms: null,
    metadata: {},
    ...change,
  };
}

/** A record as the assembler hands it on: everything in it is for one trace. */
export function record(traceId: string, change: Partial<AssembledRecord> = {}, at = origin): Assembled {
  const steps = change.steps ?? [];
  return {
    ...intake(at),
    record: {
      trace_id: traceId,
      new_trace: null,
      steps,
      new_tool_calls: [],
      tool_results: [],
      new_decisions: [],
      trace_patch: { ended_at: Math.max(at, ...steps.map((step) => step.at)) },
      trace_key: null,
      scores: [],
      event_ids: [],
      notes: [],
      ...change,
    },
  };
}

export function witness(change: Omit<NewWitness, 'witness_id'>): Assembled {
  return { ...intake(origin), witness: { witness_id: uuidv7(), ...change } };
}

/** An exchange of a tool with its server. */
export function wire(...effects: EffectChange[]): Assembled {
  return { ...plainExchange({ url: 'http://mcp.test/mcp' }), effects };
}

export function newEffect(change: Partial<NewEffect> = {}): NewEffect {
  return {
    effect_id: uuidv7(),
    half_key: null,
    protocol: 'mcp',
    server: 'mcp.test/mcp',
    name: 'look',
    arguments: { at: 'one' },
    result: 'seen',
    status: 'ok',
    started_at: origin,
    ended_at: origin + 250_000,
    keys: ['look'],
    joined: null,
    ...change,
  };
}

export const certain = { basis: 'arguments', confidence: 0.99, evidence: 'same name and arguments' };
