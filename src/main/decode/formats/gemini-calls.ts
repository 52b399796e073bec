import type { Json, Part } from '../../../shared/model/index.js';
import { field } from './gemini-fields.js';
import { isObject, type JsonObject, objectOf, objectsOf, wordOf } from './json.js';

type ToolCall = Extract<Part, { type: 'tool_call' }>;

const maxPathLength = 2048;
const maxSteps = 64;

/**
 * A function call and what later chunks add to it. Vertex may stream its arguments: `partialArgs` name the value they
 * belong to by a JSON path, and `willContinue` says that more will come, for the call and for a single value alike.
 */
export class FunctionCall {
  readonly part: ToolCall;
  open: boolean;
  readonly #args: JsonObject;
  /** Paths whose value goes on with the next argument of the same path. */
  readonly #growing = new Set<string>();

  constructor(call: JsonObject) {
    const args = call.args ?? {};
    this.#args = isObject(args) ? args : {};
    this.part = {
      type: 'tool_call',
      id: wordOf(call.id) ?? null,
      name: wordOf(call.name) ?? '',
      arguments: isObject(args) ? this.#args : args,
      kind: 'function',
    };
    this.open = field(call, 'willContinue') === true;
  }

  /** Adds the arguments that a chunk brings; answers those whose path could not be followed. */
  add(call: JsonObject): JsonObject[] {
    this.open = field(call, 'willContinue') === true;
    this.part.id ??= wordOf(call.id) ?? null;
    for (const [key, value] of Object.entries(objectOf(call.args))) define(this.#args, key, value);
    return this.addArguments(call);
  }

  addArguments(call: JsonObject): JsonObject[] {
    const lost: JsonObject[] = [];
    for (const argument of objectsOf(field(call, 'partialArgs'))) {
      const path = wordOf(field(argument, 'jsonPath')) ?? '';
      const value = argumentValue(argument);
      const steps = value === undefined ? null : stepsOf(path);
      if (steps === null || value === undefined || !setAt(this.#args, steps, value, this.#growing.has(path))) {
        if (value !== undefined || field(argument, 'willContinue') === undefined) lost.push(argument);
      }
      if (field(argument, 'willContinue') === true) this.#growing.add(path);
      else this.#growing.delete(path);
    }
    return lost;
  }
}

function argumentValue(argument: JsonObject): Json | undefined {
  const value =
    field(argument, 'stringValue') ?? field(argument, 'numberValue') ?? field(argument, 'boolValue') ?? undefined;
  if (value !== undefined) return value;
  return field(argument, 'nullValue') === undefined ? undefined : null;
}

/** The steps of a singular JSON path (RFC 9535) such as `$.foo.bar[0]['a b']`; null where it is none. */
function stepsOf(path: string): (string | number)[] | null {
  if (path.length > maxPathLength || !path.startsWith('$')) return null;
  const step = /\.([^.[\]]+)|\[(\d{1,6})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;
  const steps: (string | number)[] = [];
  let at = 1;
  while (at < path.length) {
    step.lastIndex = at;
    const match = step.exec(path);
    if (match === null || steps.length === maxSteps) return null;
    const quoted = match[3] ?? match[4];
    if (match[2] !== undefined) steps.push(Number(match[2]));
    else steps.push(quoted === undefined ? (match[1] as string) : quoted.replace(/\\(.)/g, '$1'));
    at = step.lastIndex;
  }
  return steps.length === 0 ? null : steps;
}

/**
 * Sets a value at a path and makes the containers on the way. False where the path leads through a value that is no
 * container, or past the end of an array: values come in order, and a far index would only cost memory.
 */
function setAt(root: JsonObject, steps: (string | number)[], value: Json, append: boolean): boolean {
  let at: Json = root;
  for (const [position, step] of steps.entries()) {
    const next = steps[position + 1];
    const before: Json | undefined = childOf(at, step);
    let child: Json;
    if (next === undefined)
      child = append && typeof before === 'string' && typeof value === 'string' ? before + value : value;
    else if (typeof before === 'object' && before !== null) child = before;
    else if (before === undefined) child = typeof next === 'number' ? [] : {};
    else return false;
    if (child !== before) {
      if (Array.isArray(at)) {
        if (typeof step !== 'number' || step > at.length) return false;
        at[step] = child;
      } else if (isObject(at) && typeof step === 'string') define(at, step, child);
      else return false;
    }
    at = child;
  }
  return true;
}

/** Own properties only: a path may name `__proto__`. */
function childOf(value: Json, step: string | number): Json | undefined {
  if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined;
  return isObject(value) && typeof step === 'string' && Object.hasOwn(value, step) ? value[step] : undefined;
}

function define(object: JsonObject, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
