import { isObject, type JsonObject } from '../../../ground/json.js';

/** Keys under which a shape stands where it is written with its name around it. */
const wrappers: ReadonlySet<string> = new Set([
  'execution_trace',
  'decision_trace',
  'tool_call',
  'tool_execution_pattern',
  'training_example',
  'conversation_example',
  'gold_trace',
]);

/** What stands in a wrapper: an object whose one member names the shape of what is in it. */
export function unwrapped(value: JsonObject): JsonObject {
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0 || !wrappers.has(name)) return value;
  const inner = value[name];
  return isObject(inner) ? inner : value;
}
