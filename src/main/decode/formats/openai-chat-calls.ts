import type { Json, Part } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { indexOf, isObject, type JsonObject, objectOf, textOf, without, wordOf } from './json.js';
import { callId, callParts, isCustomCall } from './openai-chat-message.js';

interface Fragment {
  id: string | undefined;
  type: string | undefined;
  custom: boolean;
  name: string;
  text: string;
  /** Arguments that came as a value instead of as text. */
  value: Json | undefined;
  extra: JsonObject;
  /** Times `text` was parsed to see whether it is whole; bounded, or a stream of fragments costs its square. */
  checks: number;
}

const maxChecks = 16;
const fields = new Set(['index', 'id', 'type', 'function', 'custom']);

/** Names come once, again with each fragment, longer with each, or in pieces before the arguments begin. */
function joinedName(before: string, name: string): string {
  if (before === '' || name.startsWith(before)) return name;
  return before + name;
}

/**
 * Joins tool call fragments. OpenAI keys them by index and sends id and name with the first fragment only.
 * Look-alikes leave out the index, raise it with each fragment, send id 0 for every call, repeat the name with each
 * fragment or send it in pieces, use one index for several calls without ids, or write every field of their struct.
 * A new id with a name, or a name after complete arguments, therefore begins a new call; neither id nor name never does.
 */
export class ToolCallAssembly {
  readonly #calls: Fragment[] = [];
  readonly #byIndex = new Map<number, Fragment>();

  add(delta: JsonObject): void {
    const id = callId(delta);
    const custom = isCustomCall(delta);
    const body = objectOf(custom ? delta.custom : delta.function);
    const name = wordOf(body.name);
    const args = custom ? body.input : body.arguments;
    const index = indexOf(delta.index);
    let call =
      index === undefined
        ? this.#withoutIndex(id, name, args)
        : (this.#byIndex.get(index) ?? (id === undefined && name === undefined ? this.#calls.at(-1) : undefined));
    if (call === undefined || this.#begins(call, id, name, args)) {
      call = { id, type: undefined, custom, name: '', text: '', value: undefined, extra: {}, checks: 0 };
      this.#calls.push(call);
    }
    if (index !== undefined) this.#byIndex.set(index, call);
    call.id ??= id;
    call.type = wordOf(delta.type) ?? call.type;
    call.custom ||= custom;
    if (name !== undefined) call.name = call.text === '' ? joinedName(call.name, name) : name;
    if (typeof args === 'string') call.text += args;
    else if (args !== undefined && args !== null) call.value = args;
    const extra = without(delta, fields);
    if (Object.keys(extra).length > 0) call.extra = { ...call.extra, ...extra };
  }

  parts(): Part[] {
    return this.#calls.flatMap((call) => {
      const body = { name: call.name, [call.custom ? 'input' : 'arguments']: call.value ?? call.text };
      return callParts({
        ...call.extra,
        ...(call.id === undefined ? {} : { id: call.id }),
        ...(call.type === undefined ? {} : { type: call.type }),
        [call.custom ? 'custom' : 'function']: body,
      });
    });
  }

  #withoutIndex(id: string | undefined, name: string | undefined, args: Json | undefined): Fragment | undefined {
    const last = this.#calls.at(-1);
    if (last === undefined) return undefined;
    if (id !== undefined)
      return last.id === id || (last.id === undefined && name === undefined) ? last : this.#known(id);
    return name !== undefined && this.#whole(last, args) ? undefined : last;
  }

  #known(id: string): Fragment | undefined {
    // Only the latest calls are looked at: a stream that comes back to an old call without an index is not known.
    return this.#calls.slice(-32).find((call) => call.id === id);
  }

  /** Whether a fragment for an index that is already in use is the first one of another call. */
  #begins(call: Fragment, id: string | undefined, name: string | undefined, args: Json | undefined): boolean {
    if (name === undefined) return false;
    if (id !== undefined && call.id !== undefined) return id !== call.id;
    if (call.value !== undefined) return true;
    return id === undefined && call.id === undefined && this.#whole(call, args);
  }

  #whole(call: Fragment, args: Json | undefined): boolean {
    if (call.value !== undefined) return true;
    // Arguments as a value come whole, so they never continue a text.
    if (isObject(args)) return call.text !== '';
    const text = textOf(args);
    if (text === undefined || !text.startsWith('{') || !call.text.endsWith('}') || call.checks >= maxChecks)
      return false;
    call.checks += 1;
    return parseJson(call.text) !== undefined;
  }
}
