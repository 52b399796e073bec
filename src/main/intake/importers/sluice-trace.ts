import * as z from 'zod';
import type {
  ChatMessage,
  IntakeCall,
  IntakeEvent,
  IntakeTrace,
  Json,
  Micros,
  Part,
  Restored,
  TraceKind,
} from '../../../shared/model/index.js';
import {
  callSchema,
  idSchema,
  qaResultsOf,
  scoreSchema,
  traceKinds,
  traceSchema,
} from '../../../shared/model/index.js';
import { stepLikeness } from '../../../shared/step-likeness.js';
import { toolOffers } from '../messages/tool-offers.js';
import { errorOf, recordOf, requestOf, responseOf, usageOf } from './build.js';
import {
  countOf,
  isObject,
  type JsonObject,
  numberOf,
  objectOf,
  objectsOf,
  present,
  textOf,
  timeOf,
} from './fields.js';
import type { Importer, ImportItem } from './importer.js';
import { records, recordsOfKind } from './reading/values.js';

const id = 'sluice-trace';

/** Whole traces as `GET /traces/:id` answers and `sluice export --layout traces` writes them. */
export const sluiceTrace = {
  id,
  title: 'Sluice traces',
  description: 'Whole traces of `GET /traces/:id` and of `sluice export --layout traces`.',
  detect({ values }) {
    return values.some(isTrace) ? 1 : 0;
  },
  async *read(input, context) {
    let place = 0;
    const linked: ImportItem[] = [];
    yield* recordsOfKind(records(input), isTrace, 'not a trace', (entry) =>
      // Exports begin with the newest.
      traceItems(entry.value, entry.where, context.at - 1_000_000 * place++, linked),
    );
    yield* linked;
  },
} satisfies Importer;

function isTrace(value: JsonObject): boolean {
  return (
    textOf(value['trace_id']) !== undefined &&
    (traceKinds as readonly string[]).includes(String(value['kind'])) &&
    ('steps' in value || 'calls' in value) &&
    'source' in value
  );
}

/** What an export says of a trace that nothing in it tells again; null where it is not one of ours, word for word. */
function restorable(
  value: JsonObject,
): Pick<Restored, 'trace_id' | 'source' | 'revision' | 'parent_step_id' | 'metadata'> | null {
  const { data } = traceNames.safeParse(value);
  if (data === undefined) return null;
  const { trace_id, source, revision, parent_step_id, metadata } = data;
  return {
    trace_id,
    source: present({ ...source }) as unknown as Restored['source'],
    ...(revision === undefined ? {} : { revision }),
    ...(parent_step_id === null ? {} : { parent_step_id }),
    metadata: metadata as Restored['metadata'],
  };
}

const traceNames = traceSchema.pick({
  trace_id: true,
  source: true,
  revision: true,
  parent_step_id: true,
  metadata: true,
});
const callNames = callSchema.pick({ call_id: true, exchange_id: true, parent_call_id: true, edge: true });

/** Steps that say what the model was given or answered; the others happened besides. */
const conversation = new Set(['message', 'reasoning', 'tool_call', 'tool_result']);
/** A step's fields that the store gives again; of a tool call its status too. */
const placed = new Set(['step_id', 'seq', 'timestamp', 'call_id', 'message_hash']);

/**
 * @param orderedFrom keeps the order where the source of the trace told no times
 * @param linked what is told of traces again once all of the file are there: those that they come from may stand behind them
 */
function* traceItems(
  value: JsonObject,
  where: string,
  orderedFrom: Micros,
  linked: ImportItem[],
): Generator<ImportItem> {
  const traceId = textOf(value['trace_id']) as string;
  const told = timeOf(value['started_at']);
  const start = told ?? orderedFrom;
  const undated = told === undefined ? { undated: true as const } : {};
  const parent = textOf(value['parent_trace_id']);
  const before = textOf(value['predecessor_trace_id']);
  const source = objectOf(value['source']);
  const status = textOf(value['completion_status']);
  const qa = qaResultsOf(value['qa_results']);
  const trace: IntakeTrace = {
    key: `sluice:${traceId}`,
    kind: value['kind'] as TraceKind,
    ...present({ title: value['title'] }),
    ...(status === 'completed' || status === 'interrupted' || status === 'failed' ? { completion_status: status } : {}),
    ...(parent === undefined ? {} : { parent_key: `sluice:${parent}` }),
    ...(before === undefined ? {} : { predecessor_key: `sluice:${before}` }),
    metadata: { ...objectOf(value['metadata']), imported_from: present({ trace_id: traceId, ...source }) },
    ...(isObject(qa) ? { qa_results: qa } : {}),
  };
  const named = restorable(value);
  /** Names of steps and decisions that were given: a second of the same name gets one of its own. */
  const given = new Set<string>();
  const free = (name: unknown) => {
    const { data } = idSchema.safeParse(name);
    if (data === undefined || given.has(data)) return undefined;
    given.add(data);
    return data;
  };
  /** The names that the trace has for a piece of it. */
  const names = (steps: JsonObject[], decided: JsonObject[], call?: JsonObject) => {
    if (named === null) return {};
    const own = call === undefined ? null : callNames.safeParse(call).data;
    const restores: Restored = {
      ...named,
      ...(own?.exchange_id == null ? {} : { exchange_id: own.exchange_id }),
      ...(own ? { call: { call_id: own.call_id, parent_call_id: own.parent_call_id, edge: own.edge } } : {}),
      steps: steps.flatMap((step) => {
        const step_id = free(step['step_id']);
        const agent = textOf(step['agent']);
        return step_id === undefined
          ? []
          : [{ step_id, like: stepLikeness(step), ...(agent === undefined ? {} : { agent }) }];
      }),
      tools: Object.fromEntries(
        steps.flatMap((step) => {
          const {
            effect: _,
            claimed_never_sent: _never,
            ...metadata
          } = objectOf(toolOf.get(String(step['step_id']))?.['metadata']);
          return step['type'] === 'tool_call' ? [[String(step['step_id']), metadata]] : [];
        }),
      ),
      decisions: decided.flatMap((decision) => free(decision['decision_id']) ?? []),
    };
    return { restores };
  };
  const toolOf = new Map(objectsOf(value['tool_calls']).map((tool) => [String(tool['step_id']), tool]));
  const all = objectsOf(value['steps']);
  /** What stands for times that are not told: a place behind the step before. */
  const placeOf = new Map<Json | undefined, Micros>();
  let last = start - 2;
  for (const step of all) {
    last = (told === undefined ? undefined : timeOf(step['timestamp'])) ?? last + 2;
    placeOf.set(step['step_id'], last);
  }
  /** Of a trace that has times itself: what came without. It comes behind the rest, so that the trace keeps its own. */
  const untold: ImportItem[] = [];
  const isUntold = (at: Json | undefined) => told !== undefined && at === null;
  const decided = objectsOf(value['decisions']);
  const client = textOf(source['client']);
  const rest = client === undefined ? {} : { client };
  const ofCall = Map.groupBy(all, (step) => textOf(step['call_id']));
  const derived = Map.groupBy(
    decided.filter(({ origin }) => origin === 'derived'),
    (decision) => textOf(decision['call_id']),
  );
  const byCall = new Map<string, JsonObject[]>();
  const loose: JsonObject[] = [];
  for (const step of stated(value)) {
    const call = textOf(step['call_id']);
    // What was seen in a call is seen in it again.
    const seen = call ?? textOf(objectOf(step['data'])['tool_call_id']);
    if (seen !== undefined && step['derived'] === true) continue;
    if (call === undefined || !conversation.has(String(step['type']))) loose.push(step);
    else {
      const said = byCall.get(call);
      if (said === undefined) byCall.set(call, [step]);
      else said.push(step);
    }
  }
  const calls = objectsOf(value['calls']);
  const tools = new Map(
    objectsOf(value['tool_calls']).map((tool) => [`${String(tool['call_id'])} ${String(tool['tool_call_id'])}`, tool]),
  );
  const responses = new Map(calls.map((call) => [textOf(call['call_id']), textOf(call['response_id'])]));
  yield {
    record: recordOf(
      id,
      `trace:${traceId}`,
      trace,
      { started_at: start, ...present({ ended_at: timeOf(value['ended_at']) }) },
      { ...rest, ...names([], []) },
    ),
    ...(isObject(value['consent']) ? { consent: value['consent'] } : {}),
    ...undated,
  };
  if (parent !== undefined || before !== undefined) {
    const { metadata: _metadata, title: _title, qa_results: _qa, completion_status: _status, ...links } = trace;
    const restores =
      named === null ? {} : { restores: { ...named, metadata: null, steps: [], tools: {}, decisions: [] } };
    linked.push({
      record: recordOf(id, `linked:${traceId}`, links, { started_at: start }, { ...rest, ...restores }),
      ...undated,
    });
  }
  for (const [place, call] of calls.entries()) {
    const callId = textOf(call['call_id']);
    const own = ofCall.get(callId) ?? [];
    const without = told === undefined || isUntold(call['started_at']);
    const placed = without ? (placeOf.get(own[0]?.['step_id']) ?? start + 2 * place) : undefined;
    const at = timeOf(call['started_at']) ?? placed;
    if (callId === undefined || at === undefined) {
      yield { skipped: { where, reason: 'a call without id or time' } };
      continue;
    }
    const steps = byCall.get(callId) ?? [];
    byCall.delete(callId);
    const previous = responses.get(textOf(call['parent_call_id']));
    const ended = without
      ? (placeOf.get(own.at(-1)?.['step_id']) ?? at) + 1
      : at + Math.round((numberOf(call['duration_ms']) ?? 0) * 1000);
    const item: ImportItem = {
      ...(without ? { undated: true as const } : {}),
      record: recordOf(
        id,
        `call:${callId}`,
        trace,
        { started_at: at, ended_at: ended },
        {
          ...rest,
          call: callOf(call, steps, previous, at, tools),
          ...names(own, derived.get(callId) ?? [], call),
        },
      ),
    };
    if (without && told !== undefined) untold.push(item);
    else yield item;
  }
  // Steps of calls that the file does not list.
  for (const steps of byCall.values()) loose.push(...steps);
  const looseIds = new Set(loose.map((step) => step['step_id']));
  const besides = all.filter((step) => textOf(step['call_id']) === undefined || looseIds.has(step['step_id']));
  const explicit = decided.filter(({ origin }) => origin === 'explicit');
  for (const without of [false, true]) {
    const here = ({ timestamp }: JsonObject) => isUntold(timestamp) === without;
    const stepsHere = loose.filter(here);
    const decidedHere = explicit.filter(here);
    const events = [
      ...stepsHere.flatMap((step) => stepEvent(step, placeOf.get(step['step_id']) ?? start)),
      ...decisions(decidedHere, start),
      ...(without ? [] : scores(value, start)),
    ];
    for (let index = 0; index < events.length; index += 500) {
      const part = events.slice(index, index + 500);
      const first = index === 0;
      const named = names(first ? besides.filter(here) : [], first ? decidedHere.slice(0, 500) : []);
      const key = `${without ? 'untold' : 'events'}:${traceId}:${index}`;
      const times = { started_at: without ? (part[0]?.at ?? start) : start };
      const item: ImportItem = {
        ...(without ? { undated: true as const } : undated),
        record: recordOf(id, key, trace, times, { ...rest, events: part, ...named }),
      };
      if (without) untold.push(item);
      else yield item;
    }
  }
  yield* untold;
}

function callOf(
  call: JsonObject,
  steps: JsonObject[],
  previous: string | undefined,
  at: Micros,
  tools: ReadonlyMap<string, JsonObject>,
): IntakeCall {
  const request: ChatMessage[] = [];
  const answers: ChatMessage[] = [];
  let last: Json | undefined;
  /** Steps of one message name it by one hash; those of older files name none, and stand for themselves. */
  const add = (to: ChatMessage[], role: ChatMessage['role'], part: Part, step: JsonObject) => {
    const hash = step['message_hash'];
    const open = to.at(-1);
    const goesOn = hash === undefined ? to === answers : hash === last;
    if (open?.role === role && goesOn) open.parts.push(part);
    else to.push({ role, parts: [part] });
    last = hash;
  };
  for (const step of steps) {
    const type = step['type'];
    const text = textOf(step['content']) ?? '';
    if (type === 'tool_result') add(request, 'tool', resultPart(step), step);
    else if (type === 'message' && step['role'] !== 'assistant')
      add(request, step['role'] as ChatMessage['role'], { type: 'text', text }, step);
    else if (type === 'message')
      add(answers, 'assistant', { type: step['refusal'] === true ? 'refusal' : 'text', text }, step);
    else if (type === 'reasoning')
      add(
        answers,
        'assistant',
        { type: 'reasoning', text, ...(step['encrypted'] === true ? { encrypted: true } : {}) },
        step,
      );
    else {
      const tool = tools.get(`${String(call['call_id'])} ${String(step['tool_call_id'])}`);
      const part: Part = {
        type: 'tool_call',
        id: textOf(step['tool_call_id']) ?? null,
        name: textOf(step['name']) ?? 'unknown',
        arguments: step['arguments'] ?? {},
        ...(step['server'] === true ? { server: true } : {}),
        ...present({ server_name: step['server_name'] }),
        ...toolKind(tool),
      };
      add(answers, 'assistant', part, step);
    }
  }
  const usage = objectOf(call['usage']);
  const price = numberOf(call['cost_usd']);
  const first = numberOf(call['ttft_ms']);
  const model = textOf(call['model']) ?? null;
  return {
    format: textOf(call['format']) ?? id,
    request: requestOf(request, {
      model,
      params: objectOf(call['params']),
      tools: toolOffers(call['tools_offered']),
      // A call's steps are what was new in it.
      history_complete: textOf(call['parent_call_id']) === undefined,
      ...(previous === undefined ? {} : { previous_response_id: previous }),
    }),
    response: responseOf(answers, {
      response_id: textOf(call['response_id']) ?? null,
      model,
      stop_reason: textOf(call['stop_reason']) ?? null,
      partial: call['partial'] === true,
      error: isObject(call['error']) ? errorOf(call['error']) : null,
      usage: usageOf({
        input_tokens: countOf(usage['input_tokens']),
        output_tokens: countOf(usage['output_tokens']),
        cached_input_tokens: countOf(usage['cached_input_tokens']),
        cache_write_tokens: countOf(usage['cache_write_tokens']),
        cache_write_1h_tokens: countOf(usage['cache_write_1h_tokens']),
        reasoning_tokens: countOf(usage['reasoning_tokens']),
      }),
    }),
    ...(price === undefined ? {} : { cost_usd: price }),
    ...(first === undefined ? {} : { first_token_at: at + Math.round(first * 1000) }),
  };
}

/** What only the list of tool calls says of one. */
function toolKind(tool: JsonObject | undefined): Partial<Extract<Part, { type: 'tool_call' }>> {
  const metadata = objectOf(tool?.['metadata']);
  return {
    ...present({ kind: metadata['kind'] }),
    ...(metadata['arguments_invalid'] === true ? { invalid_json: true } : {}),
  };
}

function resultPart(step: JsonObject): Part {
  return {
    type: 'tool_result',
    tool_call_id: textOf(step['tool_call_id']) ?? null,
    result: step['result'] ?? null,
    ...present({ name: step['name'] }),
    ...present({ is_error: step['is_error'] }),
  };
}

/**
 * Steps whose results say how their tool calls stand in the file: what is imported is not judged anew. An id that is that of
 * several tool calls of one trace tells where all of them stand alike.
 */
function stated(value: JsonObject): JsonObject[] {
  const ended = new Map<string, boolean | null>();
  for (const call of objectsOf(value['tool_calls'])) {
    const called = textOf(call['tool_call_id']);
    if (called === undefined || call['status'] === 'pending') continue;
    const failed = call['status'] === 'error';
    ended.set(called, ended.has(called) && ended.get(called) !== failed ? null : failed);
  }
  return objectsOf(value['steps']).map((step) => {
    if (step['type'] !== 'tool_result') return step;
    const { is_error, result, ...rest } = step;
    const failed = ended.get(textOf(step['tool_call_id']) ?? '') ?? is_error === true;
    // Text is taken for no failure anyway, and stays the message that it was.
    const marked = failed || (typeof result === 'object' && result !== null);
    return { ...rest, result: result ?? null, ...(marked ? { is_error: failed } : {}) };
  });
}

/** A step that no call brought, as the event it was. The list of decisions holds what a decision step only names. */
function stepEvent(step: JsonObject, start: Micros): IntakeEvent[] {
  if (step['type'] === 'decision') return [];
  const fields = Object.fromEntries(
    Object.entries(step)
      .filter(([name, value]) => !placed.has(name) && (value !== null || name === 'exit_code'))
      .filter(([name]) => name !== 'status' || step['type'] !== 'tool_call')
      .filter(([name, value]) => name !== 'agent' || typeof value === 'string'),
  );
  const event = {
    ...fields,
    at: timeOf(step['timestamp']) ?? start,
    event_id: textOf(step['step_id']) ?? `step:${String(step['seq'])}`,
  };
  return [event as unknown as IntakeEvent];
}

function decisions(explicit: readonly JsonObject[], start: Micros): IntakeEvent[] {
  return explicit.map((decision) => {
    const { decision_id, trace_id: _trace, call_id: _call, timestamp, origin: _origin, ...fields } = decision;
    return {
      type: 'decision',
      ...fields,
      at: timeOf(timestamp) ?? start,
      event_id: `decision:${String(decision_id)}`,
    } as unknown as IntakeEvent;
  });
}

/** What gave a score and how; a field that does not hold is left out. The revision is that of a trace of another store. */
const madeBy = z.object({
  rubric_id: scoreSchema.shape.rubric_id.catch(undefined),
  rubric_version: scoreSchema.shape.rubric_version.catch(undefined),
  judge_model: scoreSchema.shape.judge_model.catch(undefined),
  prompt_hash: scoreSchema.shape.prompt_hash.catch(undefined),
  cost_usd: scoreSchema.shape.cost_usd.catch(undefined),
  confidence: scoreSchema.shape.confidence.catch(undefined),
});

function scores(value: JsonObject, start: Micros): IntakeEvent[] {
  return objectsOf(value['scores']).flatMap((score): IntakeEvent[] => {
    const number = numberOf(score['value']);
    if (number === undefined) return [];
    const { kind, name, explanation } = score as { [key: string]: Json };
    return [
      {
        type: 'score',
        kind: (textOf(kind) ?? 'rule') as 'rule',
        name: textOf(name) ?? 'score',
        value: number,
        at: timeOf(score['created_at']) ?? start,
        event_id: `score:${String(score['score_id'])}`,
        ...present({ explanation }),
        ...present(madeBy.parse(score)),
      },
    ];
  });
}
