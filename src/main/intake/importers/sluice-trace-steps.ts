import * as z from 'zod';
import type { ChatMessage, IntakeEvent, Json, Micros, Part } from '../../../shared/model/index.js';
import { scoreSchema } from '../../../shared/model/index.js';
import { isObject, type JsonObject, numberOf, objectOf, objectsOf, present, textOf, timeOf } from './fields.js';

/** Steps that say what the model was given or answered; the others happened besides. */
const conversation = new Set(['message', 'reasoning', 'tool_call', 'tool_result']);
/** A step's fields that the store gives again; of a tool call its status too. */
const placed = new Set(['step_id', 'seq', 'timestamp', 'call_id', 'message_hash']);
/** Events in one record. */
const maxEvents = 500;

/** A step that no call brought, or a decision without one. */
export interface Beside {
  /** Among the steps of the trace. */
  place: number;
  at: Micros;
  timestamp: Json | undefined;
  step: JsonObject | null;
  decision: JsonObject | null;
  /** Null where another event brings the step. */
  event: IntakeEvent | null;
}

/** A score as its event, and what the file calls it. */
export interface Scored {
  score: JsonObject;
  event: IntakeEvent;
}

/**
 * The steps of a trace: what calls said and all that they show, by call, and what stands besides, in its order.
 * @param listed calls that the file tells of
 * @param placeOf when a step happened, as far as its order goes
 */
export function partsOf(
  value: JsonObject,
  listed: ReadonlyMap<string, { failed: boolean }>,
  placeOf: (step: JsonObject) => Micros,
): { byCall: Map<string, JsonObject[]>; shownIn: Map<string, JsonObject[]>; besides: Beside[] } {
  const byCall = new Map<string, JsonObject[]>();
  const shownIn = new Map<string, JsonObject[]>();
  const besides: Beside[] = [];
  const explicit = new Map(
    objectsOf(value['decisions']).flatMap((each) =>
      each['origin'] === 'explicit' ? [[each['decision_id'], each] as const] : [],
    ),
  );
  const steps = stated(value);
  for (const [place, step] of steps.entries()) {
    const call = textOf(step['call_id']);
    const of = call === undefined ? undefined : listed.get(call);
    const own = call !== undefined && of !== undefined;
    const at = placeOf(step);
    const beside = { place, at, timestamp: step['timestamp'], step };
    // What was seen in a call is seen in it again, and so is what was seen in a tool call.
    const seen = step['derived'] === true && (call ?? textOf(objectOf(step['data'])['tool_call_id'])) !== undefined;
    const decision = (step['type'] === 'decision' && explicit.get(step['decision_id'])) || null;
    const said = conversation.has(String(step['type']));
    // A call that failed says so itself.
    const brought =
      seen || (step['type'] === 'decision' && decision === null) || (step['type'] === 'error' && of?.failed);
    if (own && (said || brought)) {
      append(shownIn, call, step);
      if (said && !seen) append(byCall, call, step);
    } else {
      if (decision !== null) explicit.delete(step['decision_id']);
      const told = step['type'] === 'decision' ? decision && decisionEvent(decision, at) : stepEvent(step, at);
      besides.push({ ...beside, decision, event: seen ? null : told });
    }
  }
  for (const decision of explicit.values()) {
    const { timestamp } = decision;
    const at = timeOf(timestamp) ?? placeOf(decision);
    besides.push({ place: steps.length, at, timestamp, step: null, decision, event: decisionEvent(decision, at) });
  }
  return { byCall, shownIn, besides };
}

function append(lists: Map<string, JsonObject[]>, key: string, step: JsonObject): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [step]);
  else list.push(step);
}

/** What goes into one record: events, and the steps, decisions and scores that they bring, in their order. */
export function* inRecords(
  besides: readonly Beside[],
  scored: readonly Scored[],
): Generator<{ events: IntakeEvent[]; steps: JsonObject[]; decisions: JsonObject[]; scores: JsonObject[] }> {
  const all = [...besides, ...scored];
  for (let from = 0; from < all.length; ) {
    let to = from;
    let events = 0;
    for (; to < all.length && (events < maxEvents || all[to]?.event === null); to++)
      if (all[to]?.event !== null) events += 1;
    const part = all.slice(from, to);
    from = to;
    const here = part.flatMap((each) => ('score' in each ? [] : [each]));
    yield {
      events: part.flatMap(({ event }) => event ?? []),
      steps: here.flatMap(({ step }): JsonObject[] => (step === null ? [] : [step])),
      decisions: here
        .toSorted((a, b) => a.at - b.at)
        .flatMap(({ decision }): JsonObject[] => (decision === null ? [] : [decision])),
      scores: part
        .flatMap((each) => ('score' in each ? [each] : []))
        .toSorted((a, b) => a.event.at - b.event.at)
        .map(({ score }) => score),
    };
  }
}

/**
 * What a call was given and what it answered, of its steps in their order: up to the last that a model does not say, they were given.
 * @param toolKind what the list of tool calls says of a tool call
 */
export function messagesOf(
  steps: readonly JsonObject[],
  toolKind: (step: JsonObject) => Partial<Extract<Part, { type: 'tool_call' }>>,
): { request: ChatMessage[]; answers: ChatMessage[] } {
  const request: ChatMessage[] = [];
  const answers: ChatMessage[] = [];
  const asked = new Set<Json | undefined>();
  let answered = 0;
  for (const [place, step] of steps.entries()) {
    if (step['type'] === 'tool_call') asked.add(step['tool_call_id']);
    else if (isGiven(step, asked)) answered = place + 1;
  }
  let last: Json | undefined;
  for (const [place, step] of steps.entries()) {
    const to = place < answered ? request : answers;
    const role = roleOf(step, to === answers);
    const hash = step['message_hash'];
    const open = to.at(-1);
    // Steps of one message name it by one hash; those of older files name none, and stand for themselves.
    const goesOn = hash === undefined ? to === answers : hash === last;
    const parts = contentOf(step, toolKind);
    if (open?.role === role && goesOn) open.parts.push(...parts);
    else to.push({ role, ...(step['type'] === 'message' ? present({ name: step['name'] }) : {}), parts });
    last = hash;
  }
  return { request, answers };
}

/** Whether a step is nothing that the model answered; a result of what it asked for in the same answer is. */
function isGiven(step: JsonObject, asked: ReadonlySet<Json | undefined>): boolean {
  if (step['type'] === 'message') return step['role'] !== 'assistant';
  return step['type'] === 'tool_result' && !asked.has(step['tool_call_id']);
}

function roleOf(step: JsonObject, isAnswer: boolean): ChatMessage['role'] {
  if (step['type'] === 'message') return step['role'] as ChatMessage['role'];
  return step['type'] === 'tool_result' && !isAnswer ? 'tool' : 'assistant';
}

function contentOf(
  step: JsonObject,
  toolKind: (step: JsonObject) => Partial<Extract<Part, { type: 'tool_call' }>>,
): Part[] {
  const text = textOf(step['content']) ?? '';
  switch (step['type']) {
    case 'tool_result':
      return [resultPart(step)];
    case 'reasoning':
      return [{ type: 'reasoning', text, ...(step['encrypted'] === true ? { encrypted: true } : {}) }];
    case 'tool_call':
      return [
        {
          type: 'tool_call',
          id: textOf(step['tool_call_id']) ?? null,
          name: textOf(step['name']) ?? 'unknown',
          arguments: step['arguments'] ?? {},
          ...(step['server'] === true ? { server: true } : {}),
          ...present({ server_name: step['server_name'] }),
          ...toolKind(step),
        },
      ];
    default:
      return messageParts(step, text);
  }
}

/** The parts of a message step: its text as one, then what stood beside that. */
function messageParts(step: JsonObject, text: string): Part[] {
  const beside = [
    ...objectsOf(step['media']).map((media) => ({ type: 'media', ...media }) as unknown as Part),
    ...objectsOf(step['other']).map(
      ({ label, value }) => ({ type: 'other', label: textOf(label) ?? '', value: value ?? null }) as Part,
    ),
  ];
  if (text === '' && beside.length > 0) return beside;
  if (step['refusal'] === true) return [{ type: 'refusal', text }, ...beside];
  return [{ type: 'text', text, ...present({ phase: step['phase'] }) }, ...beside];
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

/** A step that no call brought, as the event it was. */
function stepEvent(step: JsonObject, at: Micros): IntakeEvent {
  const fields = Object.fromEntries(
    Object.entries(step)
      .filter(([name, value]) => !placed.has(name) && (value !== null || name === 'exit_code'))
      .filter(([name]) => name !== 'status' || step['type'] !== 'tool_call')
      .filter(([name, value]) => name !== 'agent' || typeof value === 'string'),
  );
  const event_id = textOf(step['step_id']) ?? `step:${String(step['seq'])}`;
  return { ...fields, at: timeOf(step['timestamp']) ?? at, event_id } as unknown as IntakeEvent;
}

function decisionEvent(decision: JsonObject, at: Micros): IntakeEvent {
  const { decision_id, trace_id: _trace, call_id: _call, timestamp, origin: _origin, ...fields } = decision;
  const told = { at: timeOf(timestamp) ?? at, event_id: `decision:${String(decision_id)}` };
  return { type: 'decision', ...fields, ...told } as unknown as IntakeEvent;
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

/** How the file calls a score, and when and of which state it was given. */
const scoreNames = scoreSchema.pick({ score_id: true, created_at: true, trace_revision: true });
export const scoreName = (score: JsonObject): z.infer<typeof scoreNames> | undefined =>
  scoreNames.safeParse(score).data;

export function scoresOf(value: JsonObject, start: Micros): Scored[] {
  return objectsOf(value['scores']).flatMap((score): Scored[] => {
    const number = numberOf(score['value']);
    if (number === undefined) return [];
    const { kind, name, explanation } = score as { [key: string]: Json };
    const event: IntakeEvent = {
      type: 'score',
      kind: (textOf(kind) ?? 'rule') as 'rule',
      name: textOf(name) ?? 'score',
      value: number,
      at: timeOf(score['created_at']) ?? start,
      event_id: `score:${String(score['score_id'])}`,
      ...present({ explanation }),
      ...present(madeBy.parse(score)),
    };
    return [{ score, event }];
  });
}

/** Durations of tool calls that were seen to run, by their ids; of an id that several have, none. */
export function timesOnTheWire(value: JsonObject): Map<string, number> {
  const byId = Map.groupBy(objectsOf(value['tool_calls']), (tool) => String(tool['tool_call_id']));
  return new Map(
    [...byId].flatMap(([toolCallId, [tool, another]]) => {
      const duration = numberOf(tool?.['duration_ms']);
      const seen = isObject(objectOf(tool?.['metadata'])['effect']);
      return seen && another === undefined && duration !== undefined ? [[toolCallId, duration] as const] : [];
    }),
  );
}
