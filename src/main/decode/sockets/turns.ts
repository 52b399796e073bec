import type { Json, Micros, SocketMessage, StreamEvent } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { arrayOf, isObject, type JsonObject, objectOf, textOf, wordOf } from '../formats/json.js';
import { unknownCounter } from '../formats/unknown.js';

/** One question and its answer on a socket. */
export interface Turn {
  /** Body of the request, as it would be sent by HTTP. */
  request: JsonObject;
  /** False where the request was not seen: its answer began before the capture, or the client's side was cut. */
  asked: boolean;
  asked_at: Micros | undefined;
  events: StreamEvent[];
  /** The answer came to its end. */
  ended: boolean;
  /** HTTP status that the server gave for a request that it did not take. */
  status: number | undefined;
  /** Messages of the client that are not known, by name. */
  unknown: { [type: string]: number };
}

interface Open extends Turn {
  created: boolean;
  counter: ReturnType<typeof unknownCounter>;
}

/** Answers of one lane come one after the other. */
interface Lane {
  asked: Open[];
  /** The answer that is coming, or the last one. */
  current: Open | null;
}

const terminal = new Set(['response.completed', 'response.failed', 'response.incomplete', 'response.cancelled']);
const knownOfClient = new Set(['response.cancel', 'response.processed']);
/** What an answer repeats of its request. */
const repeated = [
  'model',
  'instructions',
  'previous_response_id',
  'conversation',
  'tools',
  'tool_choice',
  'temperature',
  'top_p',
  'reasoning',
  'max_output_tokens',
  'service_tier',
  'metadata',
];

/**
 * Cuts a socket into turns, in the order in which they were answered; those without an answer come last. Answers carry
 * the `stream_id` of what they answer, and within one such lane they come in the order of the requests: what was sent
 * when is known too roughly on a long socket to say which answers which. Input that steers a running answer leads to one
 * that nobody asked for: it continues the one that was steered, with its settings.
 */
export function responsesTurns(sent: SocketMessage[], answered: SocketMessage[]): Turn[] {
  const turns = new Set<Open>();
  const lanes = new Map<string, Lane>();
  /** Steering input that no answer has taken up yet, by the response that it steers. */
  const steers = new Map<string, Json[]>();
  const byResponse = new Map<string, Open>();

  const laneOf = (event: JsonObject): Lane => {
    const name = textOf(event.stream_id) ?? '';
    const cached = lanes.get(name);
    if (cached !== undefined) return cached;
    const made: Lane = { asked: [], current: null };
    lanes.set(name, made);
    return made;
  };
  const waiting = readClient(sent, laneOf, steers);
  const steered = (id: string): Json[] => {
    const input = steers.get(id) ?? [];
    steers.delete(id);
    return input;
  };

  /** The turn that a new answer belongs to. */
  const answerOf = (lane: Lane, response: JsonObject, at: Micros | undefined): Open => {
    const previous = wordOf(response.previous_response_id);
    const [head] = lane.asked;
    const steering = previous !== undefined && steers.has(previous);
    if (head !== undefined && !(steering && wordOf(head.request.previous_response_id) !== previous)) {
      lane.asked.shift();
      if (steering) {
        head.request = { ...head.request, input: [...steered(previous), ...inputItems(head.request.input)] };
      }
      return head;
    }
    if (steering) {
      const { input: _input, ...settings } = byResponse.get(previous)?.request ?? settingsOf(response);
      return begun({ ...settings, previous_response_id: previous, input: steered(previous) }, true, at);
    }
    return begun(settingsOf(response), false, at);
  };

  const turnOf = (lane: Lane, event: JsonObject, type: string, at: Micros | undefined): Open | null => {
    const running = lane.current !== null && !lane.current.ended ? lane.current : null;
    if (type === 'response.created') {
      const response = objectOf(event.response);
      // Something of this answer may have come before, such as a notice about limits.
      const turn = running !== null && !running.created ? running : answerOf(lane, response, at);
      turn.created = true;
      lane.current = turn;
      return turn;
    }
    if (type.startsWith('response.steer.')) {
      const { previous_response_id: id, input } = objectOf(event.steer);
      if (type === 'response.steer.failed') dropSteer(steers, textOf(id) ?? '', inputItems(input).length);
      return lane.current;
    }
    const refused = type === 'error' && typeof event.status === 'number';
    const [head] = lane.asked;
    const sentBefore = head?.asked_at === undefined || at === undefined || head.asked_at <= at;
    if (head !== undefined && sentBefore && (running === null || refused)) {
      lane.asked.shift();
      // An error about a request that waits behind a running answer leaves that answer as it is.
      if (running === null) lane.current = head;
      return head;
    }
    // A notice that stands before everything asked answers nothing.
    if (lane.current === null && /^(?:response\.|error$)/.test(type)) lane.current = begun({}, false, at);
    return lane.current;
  };

  for (const { opcode, data, at } of answered) {
    if (opcode !== 'text') continue;
    const event = parseJson(data);
    if (!isObject(event)) {
      (lanes.get('')?.current ?? waiting[0])?.counter.add('not JSON');
      continue;
    }
    const type = textOf(event.type) ?? '';
    const turn = turnOf(laneOf(event), event, type, at);
    if (turn === null) continue;
    turns.add(turn);
    const id = wordOf(objectOf(event.response).id);
    if (id !== undefined) byResponse.set(id, turn);
    turn.events.push(at === undefined ? { data } : { data, at });
    if (terminal.has(type) || type === 'error') turn.ended = true;
    if (type === 'error' && !turn.created && typeof event.status === 'number') turn.status = event.status;
  }
  for (const turn of waiting) turns.add(turn);
  return [...turns]
    .filter((turn) => !isPrewarm(turn))
    .map((turn) => ({ ...turn, request: warmed(turn.request, byResponse), unknown: turn.counter.counts() }));
}

/** Sent ahead, so that the server has read the beginning before the first question: nothing is asked or answered. */
function isPrewarm({ request }: Turn): boolean {
  return request.generate === false;
}

/** A request that goes on from a beginning that was sent ahead, with that beginning: as one that was sent at once. */
function warmed(request: JsonObject, byResponse: ReadonlyMap<string, Turn>): JsonObject {
  const ahead = byResponse.get(wordOf(request.previous_response_id) ?? '');
  if (ahead === undefined || !isPrewarm(ahead)) return request;
  const { previous_response_id: _, input, ...rest } = request;
  const { generate: _generate, input: begun, ...settings } = ahead.request;
  return { ...settings, ...rest, input: [...inputItems(begun), ...inputItems(input)] };
}

function begun(request: JsonObject, asked: boolean, at: Micros | undefined): Open {
  return {
    request,
    asked,
    asked_at: at,
    events: [],
    ended: false,
    status: undefined,
    unknown: {},
    created: false,
    counter: unknownCounter(),
  };
}

/** Puts what the client asked for into its lanes, and what it steered with beside; the turns in order. */
function readClient(sent: SocketMessage[], laneOf: (event: JsonObject) => Lane, steers: Map<string, Json[]>): Open[] {
  const asked: Open[] = [];
  for (const { opcode, data, at } of sent) {
    if (opcode !== 'text') continue;
    const event = parseJson(data);
    const type = isObject(event) ? (textOf(event.type) ?? '') : null;
    if (isObject(event) && type === 'response.create') {
      const turn = begun(event, true, at);
      laneOf(event).asked.push(turn);
      asked.push(turn);
    } else if (isObject(event) && type === 'response.steer') {
      const id = wordOf(event.previous_response_id) ?? '';
      const before = steers.get(id);
      if (before === undefined) steers.set(id, inputItems(event.input).slice());
      else for (const item of inputItems(event.input)) before.push(item);
    } else if (type === null) asked.at(-1)?.counter.add('not JSON');
    else if (!knownOfClient.has(type)) asked.at(-1)?.counter.add(`client.${type === '' ? 'event without type' : type}`);
  }
  return asked;
}

function inputItems(input: Json | undefined): Json[] {
  if (typeof input === 'string') return input === '' ? [] : [{ type: 'message', role: 'user', content: input }];
  return arrayOf(input);
}

/** The newest submissions go: a failed one was not taken up. */
function dropSteer(steers: Map<string, Json[]>, id: string, items: number): void {
  const left = (steers.get(id) ?? []).slice(0, -items || undefined);
  if (left.length === 0) steers.delete(id);
  else steers.set(id, left);
}

function settingsOf(response: JsonObject): JsonObject {
  const present = repeated.filter((key) => response[key] !== undefined && response[key] !== null);
  return Object.fromEntries(present.map((key) => [key, response[key] as Json]));
}
