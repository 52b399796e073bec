import { SluiceError } from '../../../../shared/errors.js';
import type { durationUnits, Json, Mapping } from '../../../../shared/model/index.js';
import { isObject, type JsonObject, timeOf } from '../fields.js';
import type { Field } from './mapping.js';
import { listPart, pathText, type Segment } from './path.js';
import { durationOf, namesFailure } from './values.js';

/** What is looked at of one record. */
const mostElements = 20;
const mostDepth = 8;
const mostPlaces = 500;

interface Place {
  path: Segment[];
  /** The last name of the path, in small letters without dashes. */
  name: string;
  /** The name above it. */
  above: string;
  values: Json[];
}

/** Names that a field has in formats of others, the surest first. A name that stands for much counts below another one only. */
const names: { [F in Field]: readonly string[] } = {
  tool: [
    'toolname',
    'tool',
    'functionname',
    'function',
    'toolid',
    'action',
    'actiontype',
    'operation',
    'method',
    'command',
    'skill',
    'name',
    'api',
    'endpoint',
  ],
  arguments: [
    'arguments',
    'args',
    'parameters',
    'params',
    'kwargs',
    'toolinput',
    'toolargs',
    'input',
    'inputs',
    'actioninput',
    'payload',
    'request',
    'query',
  ],
  result: [
    'result',
    'results',
    'output',
    'outputs',
    'toolresult',
    'tooloutput',
    'response',
    'observation',
    'returnvalue',
    'returned',
    'return',
    'reply',
    'answer',
    'content',
    'value',
  ],
  time: [
    'timestamp',
    'startedat',
    'starttime',
    'calledat',
    'time',
    'ts',
    'createdat',
    'created',
    'datetime',
    'date',
    'at',
    'start',
    'when',
  ],
  duration: [
    'durationms',
    'duration',
    'elapsedms',
    'elapsed',
    'latencyms',
    'latency',
    'executiontime',
    'runtimems',
    'runtime',
    'took',
    'tookms',
    'durations',
    'durationseconds',
    'durationsec',
    'elapsedseconds',
    'durationus',
    'durationns',
    'seconds',
    'millis',
    'ms',
  ],
  status: [
    'status',
    'state',
    'outcome',
    'success',
    'ok',
    'succeeded',
    'iserror',
    'error',
    'failed',
    'exitcode',
    'statuscode',
  ],
  trace: [
    'traceid',
    'sessionid',
    'conversationid',
    'runid',
    'episodeid',
    'threadid',
    'taskid',
    'trace',
    'session',
    'conversation',
    'run',
    'episode',
    'task',
    'job',
    'jobid',
  ],
  step: ['stepid', 'stepnumber', 'stepindex', 'step', 'seq', 'sequence', 'turn', 'iteration', 'index', 'order', 'n'],
  id: ['toolcallid', 'callid', 'invocationid', 'tooluseid', 'requestid', 'spanid', 'id', 'uuid'],
};

/** What a value must be to stand for the field. */
const fits: { [F in Field]: (value: Json) => boolean } = {
  tool: (value) => typeof value === 'string' && value.length <= 120 && !/[\n{]/.test(value),
  arguments: (value) => typeof value === 'object' || typeof value === 'string',
  result: () => true,
  time: (value) => timeOf(value) !== undefined,
  duration: (value) => durationOf(value, 'ms') !== undefined,
  status: (value) => !isObject(value) || 'message' in value || 'code' in value,
  trace: (value) => (typeof value === 'string' && value.length <= 200) || typeof value === 'number',
  step: (value) => typeof value === 'number' || (typeof value === 'string' && value.length <= 60),
  id: (value) => (typeof value === 'string' && value.length <= 200) || typeof value === 'number',
};

/** The fields behind the tool, in the order in which they are looked for: each place is taken once. */
const otherFields = ['arguments', 'result', 'duration', 'time', 'id', 'trace', 'step', 'status'] as const;

/**
 * A mapping as the first records of a file suggest it, with notes on what else could be meant.
 * @throws SluiceError `mapping_invalid` where nothing looks like a tool
 */
export function draftMapping(records: readonly JsonObject[], name: string): Mapping {
  const places = placesIn(records);
  const tool = toolIn(places);
  if (tool === undefined) {
    const seen = places.slice(0, 20).map(({ path }) => pathText(path));
    throw new SluiceError(
      'mapping_invalid',
      `Nothing in the file looks like the name of a tool; there is ${seen.join(', ') || 'no record'}.`,
      {
        field: 'tool',
      },
    );
  }
  const list = pathText(listPart(tool.path));
  const near = places.filter((place) => place !== tool && list.startsWith(pathText(listPart(place.path))));
  const taken: Segment[][] = [tool.path];
  const notes: string[] = ['A draft made from the first records of a file: look at each path before you rely on it.'];
  const found: { [F in Field]?: string } = {};
  let unit: (typeof durationUnits)[number] | undefined;
  for (const field of otherFields) {
    const [best, ...more] = candidates(near, field, tool).filter(
      ({ path }) => !taken.some((other) => within(path, other)),
    );
    if (best === undefined) continue;
    taken.push(best.path);
    found[field] = pathText(best.path);
    if (field === 'duration') unit = unitOf(best.name);
    if (more.length > 0)
      notes.push(
        `${field} could also be ${more
          .slice(0, 3)
          .map(({ path }) => pathText(path))
          .join(', ')}.`,
      );
  }
  for (const field of ['arguments', 'result', 'time'] as const) {
    if (found[field] === undefined) notes.push(`No place for ${field} was found.`);
  }
  if (found.trace === undefined) notes.push('No id of a trace was found: all records of a file are one trace.');
  return {
    version: 1,
    name,
    notes,
    tool: pathText(tool.path),
    ...Object.fromEntries(
      (['trace', 'step', 'id', 'arguments', 'result', 'time', 'duration', 'status'] as const).flatMap((field) =>
        found[field] === undefined ? [] : [[field, found[field]]],
      ),
    ),
    ...(unit === undefined ? {} : { duration_unit: unit }),
  } as Mapping;
}

function placesIn(records: readonly JsonObject[]): Place[] {
  const places = new Map<string, Place>();
  const walk = (value: Json, path: Segment[], above: string, depth: number): void => {
    const last = path.findLast((segment) => typeof segment === 'string');
    const name = typeof last === 'string' && path.at(-1) !== null ? last.toLowerCase().replace(/[^a-z0-9]/g, '') : '';
    if (path.length > 0 && path.at(-1) !== null) {
      const key = pathText(path);
      const place = places.get(key) ?? { path, name, above, values: [] };
      if (places.size < mostPlaces || places.has(key)) places.set(key, place);
      if (value !== null && value !== '') place.values.push(value);
    }
    if (depth === mostDepth) return;
    if (Array.isArray(value)) {
      if (!value.some(isObject)) return;
      for (const element of value.slice(0, mostElements)) walk(element, [...path, null], name, depth + 1);
    } else if (isObject(value)) {
      for (const [member, inner] of Object.entries(value))
        walk(inner, [...path, member], name === '' ? above : name, depth + 1);
    }
  };
  for (const record of records) walk(record, [], '', 0);
  return [...places.values()];
}

/** Of the places whose name stands for a tool: the surest name, and one with arguments beside it before one without. */
function toolIn(places: Place[]): Place | undefined {
  const beside = (place: Place) => {
    const scope = pathText(place.path.slice(0, -1));
    return places.some(
      (other) => other !== place && pathText(other.path.slice(0, -1)) === scope && names.arguments.includes(other.name),
    );
  };
  const ranked = places
    .filter((place) => names.tool.includes(place.name) && holds(place, 'tool'))
    .map((place) => {
      const called = /^(tool|function|call|toolcall|action|tooluse|invocation)s?$/.test(place.above);
      const vague =
        place.name === 'name' ||
        place.name === 'method' ||
        place.name === 'command' ||
        place.name === 'api' ||
        place.name === 'endpoint';
      return {
        place,
        rank: names.tool.indexOf(place.name) - (beside(place) ? 20 : 0) - (called ? 10 : 0),
        sure: !vague || beside(place) || called,
      };
    })
    .filter(({ sure }) => sure);
  return ranked.sort((one, two) => one.rank - two.rank)[0]?.place;
}

function candidates(places: Place[], field: Field, tool: Place): Place[] {
  const shared = (place: Place) => {
    const common = place.path.findIndex((segment, index) => segment !== tool.path[index]);
    return common === -1 ? place.path.length : common;
  };
  return (
    places
      .filter((place) => names[field].includes(place.name) && holds(place, field))
      .filter((place) => field !== 'status' || !isObject(place.values[0]) || namesFailure(place.path.at(-1)))
      // A trace spans several tool calls: its id is no member of the list's elements where there is one around them.
      .sort((one, two) => {
        const nearer = field === 'trace' ? one.path.length - two.path.length : shared(two) - shared(one);
        return nearer || names[field].indexOf(one.name) - names[field].indexOf(two.name);
      })
  );
}

/** So it is in most records. */
function holds({ values }: Place, field: Field): boolean {
  return values.length > 0 && values.filter(fits[field]).length * 2 > values.length;
}

/** One stands within the other, or is it. */
function within(one: Segment[], other: Segment[]): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.every((segment, index) => segment === long[index]);
}

function unitOf(name: string): (typeof durationUnits)[number] | undefined {
  if (/ms$|millis$/.test(name)) return 'ms';
  if (/us$|micros$/.test(name)) return 'us';
  if (/ns$|nanos$/.test(name)) return 'ns';
  if (/seconds?$|secs?$|durations$/.test(name)) return 's';
  return undefined;
}
