import type { IntakeCall, IntakeTrace, Json, Micros, Part, Restored, TraceKind } from '../../../shared/model/index.js';
import { callSchema, idSchema, qaResultsOf, traceKinds, traceSchema } from '../../../shared/model/index.js';
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
import {
  type Beside,
  inRecords,
  messagesOf,
  partsOf,
  type Scored,
  scoreName,
  scoresOf,
  timesOnTheWire,
} from './sluice-trace-steps.js';

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
  /** Names of steps, decisions and scores that were given: a second of the same name gets one of its own. */
  const given = new Set<string>();
  const free = (name: unknown) => {
    const { data } = idSchema.safeParse(name);
    if (data === undefined || given.has(data)) return undefined;
    given.add(data);
    return data;
  };
  /** The names that the trace has for a piece of it. */
  const names = (steps: JsonObject[], decided: JsonObject[], call?: JsonObject, scored: JsonObject[] = []) => {
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
          const metadata = objectOf(toolOf.get(String(step['step_id']))?.['metadata']);
          return step['type'] === 'tool_call' ? [[String(step['step_id']), metadata]] : [];
        }),
      ),
      durations: Object.fromEntries(
        steps.flatMap((step) => {
          const duration = step['type'] === 'tool_result' ? timed.get(String(step['tool_call_id'])) : undefined;
          return duration === undefined ? [] : [[String(step['tool_call_id']), duration]];
        }),
      ),
      decisions: decided.flatMap((decision) => free(decision['decision_id']) ?? []),
      scores: scored.map((score) => {
        const named = scoreName(score);
        const score_id = named && free(named.score_id);
        return named === undefined || score_id === undefined ? null : { ...named, score_id };
      }),
    };
    return { restores };
  };
  const toolOf = new Map(objectsOf(value['tool_calls']).map((tool) => [String(tool['step_id']), tool]));
  const timed = timesOnTheWire(value);
  const all = objectsOf(value['steps']);
  /** What stands for times that are not told: a place behind the step before. */
  const placeOf = new Map<Json | undefined, Micros>();
  const dated = told === undefined ? 0 : all.findIndex(({ timestamp }) => timeOf(timestamp) !== undefined);
  // What comes before the first time that is told stands before it.
  let last = start - 2 * (Math.max(dated, 0) + 1);
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
  const calls = objectsOf(value['calls']).map((call, place) => {
    const callId = textOf(call['call_id']);
    const own = ofCall.get(callId) ?? [];
    const without = told === undefined || isUntold(call['started_at']);
    const placed = without ? (placeOf.get(own[0]?.['step_id']) ?? start + 2 * place) : undefined;
    return { call, callId, own, without, at: timeOf(call['started_at']) ?? placed };
  });
  const listed = new Map(
    calls.flatMap(({ call, callId, at }) =>
      callId === undefined || at === undefined ? [] : [[callId, { failed: isObject(call['error']) }] as const],
    ),
  );
  const { byCall, shownIn, besides } = partsOf(value, listed, (step) => placeOf.get(step['step_id']) ?? start);
  const scored = scoresOf(value, start);
  const [waiting, later] = [false, true].map((without) =>
    besides.filter(({ timestamp }) => isUntold(timestamp) === without),
  ) as [Beside[], Beside[]];
  const tools = new Map(
    objectsOf(value['tool_calls']).map((tool) => [`${String(tool['call_id'])} ${String(tool['tool_call_id'])}`, tool]),
  );
  const responses = new Map(calls.map(({ call, callId }) => [callId, textOf(call['response_id'])]));
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
  /** Events so far, which the keys of their records count. */
  let count = 0;
  /** Records of what stands besides the calls, a bounded number of events in each. */
  function* eventRecords(
    pieces: readonly Beside[],
    without: boolean,
    given: readonly Scored[] = [],
  ): Generator<ImportItem> {
    for (const part of inRecords(pieces, given)) {
      const { events } = part;
      if (events.length === 0) continue;
      const times = { started_at: without ? (events[0]?.at ?? start) : start };
      yield {
        ...(without ? { undated: true as const } : undated),
        record: recordOf(id, `${without ? 'untold' : 'events'}:${traceId}:${count}`, trace, times, {
          ...rest,
          events,
          ...names(part.steps, part.decisions, undefined, part.scores),
        }),
      };
      count += events.length;
    }
  }
  const places = new Map<JsonObject | undefined, number>(all.map((step, place) => [step, place]));
  /** Of what waits: so many are told, and so many stand before the call. */
  let sent = 0;
  let next = 0;
  for (const { call, callId, own, without, at } of calls) {
    if (callId === undefined || at === undefined) {
      yield { skipped: { where, reason: 'a call without id or time' } };
      continue;
    }
    // Steps of one moment are read in the order in which they come: what has that of the call and stands before it goes ahead.
    const place = places.get(own[0]) ?? 0;
    while (next < waiting.length && (waiting[next] as Beside).place < place) next += 1;
    if (next > sent && (waiting[next - 1] as Beside).at >= at) {
      yield* eventRecords(waiting.slice(sent, next), false);
      sent = next;
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
          ...names(shownIn.get(callId) ?? [], derived.get(callId) ?? [], call),
        },
      ),
    };
    if (without && told !== undefined) untold.push(item);
    else yield item;
  }
  yield* eventRecords(waiting.slice(sent), false, scored);
  count = 0;
  yield* untold;
  yield* eventRecords(later, true);
}

function callOf(
  call: JsonObject,
  steps: JsonObject[],
  previous: string | undefined,
  at: Micros,
  tools: ReadonlyMap<string, JsonObject>,
): IntakeCall {
  const { request, answers } = messagesOf(steps, (step) => {
    const tool = tools.get(`${String(call['call_id'])} ${String(step['tool_call_id'])}`);
    return toolKind(tool);
  });
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
