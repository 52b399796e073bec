import type {
  AssembledRecord,
  EffectChange,
  IntakeEvent,
  IntakeRecord,
  Json,
  LineageReader,
  Micros,
  NewStep,
  NewToolCall,
  ToolCallNode,
  ToolResultArrival,
} from '../../../shared/model/index.js';
import { nulJoinedId } from '../../ground/derived-ids.js';
import { resultValue, shortHash, stableJson } from '../chain/canonical.js';
import { claimFor } from '../effects/claim.js';
import { effectKeys, exactKey, nameKey, sameArguments, traceNameKey, traceToolKey } from '../effects/keys.js';
import { resultAltered } from '../effects/result.js';
import { statusOf } from '../failures/index.js';
import { type PlacedEvent, stepBase } from './record-step.js';

type Of<T extends IntakeEvent['type']> = Extract<IntakeEvent, { type: T }>;
type Status = 'ok' | 'error';

/** A tool call that a result may answer: of this record, or of the trace as it is stored. */
type Asked =
  | { in: 'record'; row: NewToolCall; step: Extract<NewStep, { type: 'tool_call' }> | null; call_id: string | null }
  | {
      in: 'store';
      call_id: string | null;
      tool_call_id: string;
      name: string;
      asked_at: Micros;
      open: boolean;
      result: Json | null;
    };

/** Pairs the tool calls, results and executions that records tell of, within the record and with what came before. */
export class RecordTools {
  readonly rows: NewToolCall[] = [];
  readonly results: ToolResultArrival[] = [];
  readonly effects: EffectChange[] = [];
  readonly #record: IntakeRecord;
  readonly #traceId: string;
  readonly #lineage: LineageReader;
  readonly #byId = new Map<string, Extract<Asked, { in: 'record' }>[]>();
  /** Without a result yet, newest last; by name, and all. */
  readonly #waiting = new Map<string, Extract<Asked, { in: 'record' }>[]>();
  /** Stored tool calls that this record answers. */
  readonly #closed = new Set<string>();
  readonly #claimed = new Set<string>();
  /** Results that came before their tool calls; null: one that has found its own. */
  readonly #notes = new Map<string, Json>();

  constructor(
    record: IntakeRecord,
    traceId: string,
    lineage: LineageReader,
    own: { call_id: string; tools: NewToolCall[] } | null,
  ) {
    this.#record = record;
    this.#traceId = traceId;
    this.#lineage = lineage;
    for (const row of own?.tools ?? []) this.#keep({ in: 'record', row, step: null, call_id: own?.call_id ?? null });
  }

  get notes(): AssembledRecord['notes'] {
    return [...this.#notes].map(([key, value]) => ({ key, value }));
  }

  asked({ event, label, step_id }: PlacedEvent<Of<'tool_call'>>): NewStep[] {
    const sent = event.tool_call_id;
    if (sent !== undefined && this.#isRepeated(sent, event)) return [];
    const taken = sent === undefined || this.#find(sent) !== null;
    // A second tool call under an id that is taken is another one; results under this id are for the newest.
    const tool_call_id = sent === undefined ? label : taken ? `${sent} ${label}` : sent;
    const step = this.#open(event, tool_call_id, step_id, sent ?? tool_call_id);
    const early = sent === undefined ? null : this.#early(sent);
    if (early !== null) this.#answer(step, early);
    return [step.step as NewStep];
  }

  answered({ event, step_id }: PlacedEvent<Of<'tool_result'>>): NewStep[] {
    const sent = event.tool_call_id;
    const asked = sent === undefined ? this.#lastOpen(event.name) : this.#find(sent);
    const result = resultValue(event.result);
    const status: Status = statusOf({ result, is_error: event.is_error }, event.name ?? nameOf(asked));
    // The same result by a second source: the trace shows it. What a call asked for, a call brought the result of.
    if (asked !== null && !isOpen(asked) && (isOfCall(asked) || stableJson(resultOf(asked)) === stableJson(result))) {
      return [];
    }
    const tool_call_id =
      asked === null ? (sent ?? null) : asked.in === 'record' ? asked.row.tool_call_id : asked.tool_call_id;
    if (asked === null && sent !== undefined) {
      const { at, duration_ms } = event;
      const value = { result, status, at, ...(duration_ms === undefined ? {} : { duration_ms }) };
      this.#notes.set(earlyKey(this.#traceId, sent), value);
    } else if (asked !== null && isOpen(asked)) {
      this.#close(asked, { result, status, at: event.at, duration_ms: event.duration_ms });
    }
    return [
      {
        ...stepBase(event, step_id),
        type: 'tool_result',
        tool_call_id,
        ...(event.name === undefined ? {} : { name: event.name }),
        result,
        ...(status === 'error' ? { is_error: true } : {}),
      },
    ];
  }

  /** An effect of the tool call that asked for it; where nothing asked for it, a tool call that has its result. */
  executed({ event, label, step_id }: PlacedEvent<Of<'tool_execution'>>): NewStep[] {
    const result = event.result === null ? null : resultValue(event.result);
    const status: Status = statusOf({ result, is_error: event.is_error }, event.name);
    const duration_ms = event.duration_ms ?? null;
    if (this.#joined(event, label, result, status)) return [];
    const tool_call_id = event.tool_call_id ?? label;
    const opened = this.#open({ ...event, metadata: { execution: 'reported' } }, tool_call_id, step_id, tool_call_id);
    this.#answer(opened, {
      result,
      status,
      at: event.at + (duration_ms ?? 0) * 1000,
      duration_ms: duration_ms ?? undefined,
    });
    const { agent } = event;
    const at = event.at + Math.round((duration_ms ?? 0) * 1000);
    const answer: NewStep = {
      step_id: nulJoinedId(at, this.#traceId, label, 'result'),
      at,
      ...(agent === undefined ? {} : { agent }),
      type: 'tool_result',
      tool_call_id,
      name: event.name,
      result,
      ...(status === 'error' ? { is_error: true } : {}),
    };
    return [opened.step as NewStep, answer];
  }

  #joined(event: Of<'tool_execution'>, label: string, result: Json | null, status: Status): boolean {
    const asked = event.tool_call_id === undefined ? null : this.#find(event.tool_call_id);
    const claim =
      asked !== null
        ? null
        : claimFor(
            {
              protocol: 'otlp',
              name: event.name,
              arguments: event.arguments,
              started_at: event.at,
              run: null,
              trace_id: this.#traceId,
            },
            this.#lineage,
            this.#claimed,
          );
    if (asked === null && claim === null) return false;
    const tool_call_id = claim?.node.tool_call_id ?? (asked?.in === 'record' ? asked.row : asked)?.tool_call_id ?? '';
    const node = claim?.node ?? (asked?.in === 'store' ? this.#nodeOf(event, tool_call_id) : undefined);
    const call_id = claim?.node.call_id ?? asked?.call_id ?? null;
    const reportedResult = asked?.in === 'record' ? (asked.row.result ?? null) : (node?.result ?? null);
    const requested = asked?.in === 'record' ? asked.row.arguments : node?.arguments;
    const join = claim?.join ?? {
      basis: 'tool call id',
      confidence: 1,
      evidence: `the report names the tool call ${tool_call_id}`,
    };
    const wire = asked?.in === 'record' ? null : this.#lineage.effectOf(this.#traceId, tool_call_id);
    const effect_id = nulJoinedId(event.at, this.#traceId, label, 'effect');
    this.effects.push({
      type: 'add',
      effect: {
        effect_id,
        half_key: null,
        protocol: 'otlp',
        server: this.#record.client ?? this.#record.source,
        name: event.name,
        arguments: event.arguments,
        result,
        status,
        started_at: event.at,
        ended_at: event.duration_ms === undefined ? null : event.at + Math.round(event.duration_ms * 1000),
        keys: [],
        joined: {
          trace_id: this.#traceId,
          tool_call_id,
          call_id,
          // What was seen on the wire times the tool call, not what was told of it.
          join: wire === null ? join : { ...join, part: true },
          arguments_altered:
            // A report that leaves them out says nothing of them.
            requested !== undefined &&
            event.arguments !== null &&
            sameArguments(requested) !== sameArguments(event.arguments),
        },
      },
    });
    if (result !== null && reportedResult !== null) {
      this.effects.push({ type: 'delivered', effect_id, result_altered: resultAltered(result, reportedResult) });
    }
    return true;
  }

  /** The stored tool call of this id, with what it asked for and was given. */
  #nodeOf(event: Of<'tool_execution'>, id: string): ToolCallNode | undefined {
    for (const key of [exactKey(event.name, event.arguments), nameKey(event.name)]) {
      const found = this.#lineage
        .toolCallsByKey(key)
        .find((node) => node.trace_id === this.#traceId && node.tool_call_id === id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #open(
    event: Pick<Of<'tool_call'>, 'at' | 'name' | 'arguments' | 'agent' | 'metadata'>,
    tool_call_id: string,
    step_id: string,
    sent: string,
  ): Extract<Asked, { in: 'record' }> {
    const row: NewToolCall = {
      tool_call_id,
      step_id,
      name: event.name,
      arguments: event.arguments,
      at: event.at,
      status: 'pending',
      duration_ms: null,
      metadata: { source: this.#record.source, duration: 'reported', ...event.metadata },
      effect_keys: [
        ...effectKeys(event.name, event.arguments),
        traceToolKey(this.#traceId, sent),
        traceNameKey(this.#traceId, event.name),
      ],
    };
    const { at, name, agent } = event;
    const step = {
      ...stepBase({ at, agent }, step_id),
      type: 'tool_call' as const,
      tool_call_id,
      name,
      arguments: event.arguments,
      status: row.status,
    };
    const asked = { in: 'record' as const, row, step, call_id: null };
    this.rows.push(row);
    this.#keep(asked, sent);
    return asked;
  }

  #keep(asked: Extract<Asked, { in: 'record' }>, id = asked.row.tool_call_id): void {
    push(this.#byId, id, asked);
    for (const key of [`name:${asked.row.name}`, 'any']) push(this.#waiting, key, asked);
  }

  #isRepeated(id: string, event: Of<'tool_call'>): boolean {
    const asked = this.#find(id);
    if (asked === null) return false;
    if (asked.in === 'record') {
      return asked.row.name === event.name && sameArguments(asked.row.arguments) === sameArguments(event.arguments);
    }
    // Asked for by a call: ids of vendors are theirs alone.
    if (asked.call_id !== null) return true;
    return this.#ofTrace(id).some(
      (node) => node.name === event.name && sameArguments(node.arguments) === sameArguments(event.arguments),
    );
  }

  /** The newest tool call of the trace under this id. */
  #find(id: string): Asked | null {
    const here = this.#byId.get(id)?.at(-1);
    if (here !== undefined) return here;
    const node = this.#ofTrace(id)[0];
    if (node !== undefined) return this.#stored(node);
    const asked = this.#lineage.byToolCallId(id).find(({ trace_id }) => trace_id === this.#traceId);
    if (asked === undefined) return null;
    const open = !asked.has_result && !this.#closed.has(`${asked.call_id}\0${id}`);
    const { call_id, tool_name: name, ended_at: asked_at } = asked;
    return { in: 'store', call_id, tool_call_id: id, name, asked_at, open, result: null };
  }

  #lastOpen(name: string | undefined): Asked | null {
    const here = this.#waiting.get(name === undefined ? 'any' : `name:${name}`) ?? [];
    while (here.length > 0 && here[here.length - 1]?.row.status !== 'pending') here.pop();
    const last = here[here.length - 1];
    if (last !== undefined || name === undefined) return last ?? null;
    const stored = this.#lineage.toolCallsByKey(traceNameKey(this.#traceId, name)).map((node) => this.#stored(node));
    return stored.find(isOpen) ?? null;
  }

  #ofTrace(id: string): ToolCallNode[] {
    return this.#lineage.toolCallsByKey(traceToolKey(this.#traceId, id));
  }

  #stored(node: ToolCallNode): Asked {
    const { call_id, tool_call_id, name, asked_at, result } = node;
    const open = node.status === 'pending' && !this.#closed.has(`${call_id}\0${tool_call_id}`);
    return { in: 'store', call_id, tool_call_id, name, asked_at, open, result };
  }

  #close(asked: Asked, answer: Answer): void {
    if (asked.in === 'record') {
      this.#answer(asked, answer);
      return;
    }
    this.#closed.add(`${asked.call_id}\0${asked.tool_call_id}`);
    this.results.push({
      trace_id: this.#traceId,
      tool_call_id: asked.tool_call_id,
      call_id: asked.call_id,
      result: answer.result,
      status: answer.status,
      duration_ms: answer.duration_ms ?? (this.#record.undated ? null : between(asked.asked_at, answer.at)),
    });
  }

  #answer({ row, step }: Extract<Asked, { in: 'record' }>, answer: Answer): void {
    row.status = answer.status;
    row.result = answer.result;
    row.duration_ms = answer.duration_ms ?? (this.#record.undated ? null : between(row.at, answer.at));
    if (step !== null) step.status = answer.status;
  }

  #early(id: string): Answer | null {
    const key = earlyKey(this.#traceId, id);
    const here = this.#notes.get(key);
    if (here !== undefined && here !== null) {
      this.#notes.delete(key);
      return here as unknown as Answer;
    }
    const note = here === null ? null : this.#lineage.note(key);
    if (note === null) return null;
    this.#notes.set(key, null);
    return note as unknown as Answer;
  }
}

interface Answer {
  result: Json | null;
  status: Status;
  at: Micros;
  duration_ms?: number;
}

function earlyKey(traceId: string, toolCallId: string): string {
  return shortHash(`early-result\0${traceId}\0${toolCallId}`);
}

function isOpen(asked: Asked): boolean {
  return asked.in === 'record' ? asked.row.status === 'pending' : asked.open;
}

function isOfCall(asked: Asked): boolean {
  return asked.in === 'store' && asked.call_id !== null;
}

function nameOf(asked: Asked | null): string | undefined {
  return asked?.in === 'record' ? asked.row.name : asked?.name;
}

function resultOf(asked: Asked): Json | null {
  return asked.in === 'record' ? (asked.row.result ?? null) : asked.result;
}

/** Milliseconds; null where the two moments do not tell (equal, or the wrong way round). */
function between(from: Micros, to: Micros): number | null {
  return to > from ? (to - from) / 1000 : null;
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
