import type { Json } from '../../../shared/model/index.js';
import { arrayOf, indexOf, isObject, type JsonObject, objectOf, textOf, wordOf } from './json.js';
import { itemEvents } from './openai-responses-events.js';

interface Item {
  index: number;
  value: JsonObject;
}

/** Joins a response's output items from their events, routed by item id and, where that is missing, by output index. */
export class ResponseItems {
  readonly #byId = new Map<string, Item>();
  readonly #byIndex = new Map<number, Item>();
  readonly #items: Item[] = [];

  all(): JsonObject[] {
    return [...this.#items].sort((a, b) => a.index - b.index).map((item) => item.value);
  }

  add(type: string, data: JsonObject): void {
    if (type === 'response.output_item.added' || type === 'response.output_item.done') {
      if (isObject(data.item)) this.#put(data.item, indexOf(data.output_index));
      return;
    }
    const kind = itemEvents[type];
    if (kind === undefined || kind === '') return;
    const part = objectOf(data.part);
    const value = this.#find(data, part.type === 'reasoning_text' ? 'reasoning' : kind);
    const name = type.slice('response.'.length);
    const dot = name.lastIndexOf('.');
    apply(value, name.slice(0, dot), name.slice(dot + 1), data);
  }

  #put(item: JsonObject, index: number | undefined): void {
    const id = wordOf(item.id);
    const entry =
      (id === undefined ? undefined : this.#byId.get(id)) ??
      (index === undefined ? undefined : this.#byIndex.get(index));
    // The events of an item fill the lists of the copy, never the parsed event.
    const value = structuredClone(item);
    if (entry !== undefined) {
      entry.value = value;
      if (id !== undefined) this.#byId.set(id, entry);
      return;
    }
    this.#insert({ index: index ?? this.#items.length, value }, id);
  }

  #find(data: JsonObject, kind: string): JsonObject {
    const id = wordOf(data.item_id);
    const index = indexOf(data.output_index);
    const entry =
      (id === undefined ? undefined : this.#byId.get(id)) ??
      (index === undefined ? undefined : this.#byIndex.get(index));
    if (entry !== undefined) return entry.value;
    // The stream began before the capture did, or the server leaves the `added` event out.
    const value: JsonObject = { type: kind, ...(id === undefined ? {} : { id }) };
    if (kind === 'message') value.role = 'assistant';
    this.#insert({ index: index ?? this.#items.length, value }, id);
    return value;
  }

  #insert(item: Item, id: string | undefined): void {
    this.#items.push(item);
    if (id !== undefined) this.#byId.set(id, item);
    if (!this.#byIndex.has(item.index)) this.#byIndex.set(item.index, item);
  }
}

/** Applies one event to its item; `step` is the last word of the event's type. */
function apply(item: JsonObject, subject: string, step: string, data: JsonObject): void {
  switch (subject) {
    case 'content_part':
      if (isObject(data.part)) place(item, 'content', data.content_index, structuredClone(data.part));
      break;
    case 'reasoning_summary_part':
      if (isObject(data.part)) place(item, 'summary', data.summary_index, structuredClone(data.part));
      break;
    case 'output_text':
      grow(at(item, 'content', data.content_index, 'output_text'), 'text', step, data.delta, data.text);
      break;
    case 'refusal':
      grow(at(item, 'content', data.content_index, 'refusal'), 'refusal', step, data.delta, data.refusal);
      break;
    case 'reasoning_text':
      grow(at(item, 'content', data.content_index, 'reasoning_text'), 'text', step, data.delta, data.text);
      break;
    case 'reasoning_summary_text':
      grow(at(item, 'summary', data.summary_index, 'summary_text'), 'text', step, data.delta, data.text);
      break;
    case 'output_text.annotation': {
      const part = at(item, 'content', data.content_index, 'output_text');
      if (data.annotation !== undefined) place(part, 'annotations', data.annotation_index, data.annotation);
      break;
    }
    case 'function_call_arguments':
    case 'mcp_call_arguments':
      grow(item, 'arguments', step, data.delta, data.arguments);
      break;
    case 'custom_tool_call_input':
      grow(item, 'input', step, data.delta, data.input);
      break;
    case 'code_interpreter_call_code':
      grow(item, 'code', step, data.delta, data.code);
      break;
    case 'apply_patch_call_operation_diff': {
      const operation = objectOf(item.operation);
      item.operation = operation;
      grow(operation, 'diff', step, data.delta, data.diff);
      break;
    }
    case 'shell_call_command':
      shellCommand(item, step, data);
      break;
    case 'shell_call_output_content':
      shellOutput(item, step, data);
      break;
    default:
      // Progress of a call; the payload of partial images stays in the raw body.
      if (step !== 'partial_image') item.status = step;
  }
}

/** Continues a text field by a delta, or sets it to what the `done` event says. */
function grow(target: JsonObject, field: string, step: string, delta: Json | undefined, whole: Json | undefined): void {
  if (step === 'delta') target[field] = (textOf(target[field]) ?? '') + (textOf(delta) ?? '');
  else if (typeof whole === 'string') target[field] = whole;
}

/** The entry of a list field, made with the given type where it is missing. */
function at(item: JsonObject, field: string, position: Json | undefined, type: string): JsonObject {
  const list = listOf(item, field);
  const index = reach(list, position, field);
  const entry = list[index];
  if (isObject(entry) && entry.type !== undefined) return entry;
  const made: JsonObject = { type };
  list[index] = made;
  return made;
}

function place(item: JsonObject, field: string, position: Json | undefined, value: Json): void {
  const list = listOf(item, field);
  list[reach(list, position, field)] = value;
}

/** How far beyond the end of a list an event may point: entries before it were lost with the stream's beginning. */
const maxLost = 16;
const lost: Record<string, Json> = { commands: '', output: { stdout: '', stderr: '' }, annotations: null };

/** The index to write at, after the list was made long enough for it. */
function reach(list: Json[], position: Json | undefined, field: string): number {
  const wanted = indexOf(position) ?? list.length;
  const index = wanted <= list.length + maxLost ? wanted : Math.max(list.length - 1, 0);
  while (list.length <= index) list.push(lost[field] ?? {});
  return index;
}

function listOf(item: JsonObject, field: string): Json[] {
  const list = item[field];
  if (Array.isArray(list)) return list;
  const made: Json[] = [];
  item[field] = made;
  return made;
}

function shellCommand(item: JsonObject, step: string, data: JsonObject): void {
  const action = objectOf(item.action);
  item.action = action;
  const commands = listOf(action, 'commands');
  const index = indexOf(data.command_index) ?? 0;
  const before = textOf(commands[index]) ?? '';
  place(
    action,
    'commands',
    index,
    step === 'delta' ? before + (textOf(data.delta) ?? '') : (textOf(data.command) ?? before),
  );
}

function shellOutput(item: JsonObject, step: string, data: JsonObject): void {
  const index = indexOf(data.command_index) ?? 0;
  if (step === 'done') {
    const output = arrayOf(data.output)[0];
    if (output !== undefined) place(item, 'output', index, structuredClone(output));
    return;
  }
  const list = listOf(item, 'output');
  const before = objectOf(list[index]);
  const { stdout, stderr } = objectOf(data.delta);
  place(item, 'output', index, {
    ...before,
    stdout: (textOf(before.stdout) ?? '') + (textOf(stdout) ?? ''),
    stderr: (textOf(before.stderr) ?? '') + (textOf(stderr) ?? ''),
  });
}
