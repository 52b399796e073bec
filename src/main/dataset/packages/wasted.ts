import type { ChatMessage, Trace } from '../../../shared/model/index.js';
import { outcomeOf } from '../../../shared/tool-outcome.js';

/**
 * Places in a conversation of answers whose tool calls brought nothing: all failed, or asked again what was asked before with the same
 * result. They stay as context; nobody should learn them.
 */
export function wastedAnswers(messages: readonly ChatMessage[], trace: Trace): Set<number> {
  const failed = new Set(
    trace.tool_calls.filter((tool) => outcomeOf(tool) === 'failed').map(({ tool_call_id }) => tool_call_id),
  );
  const results = new Map<string, string>();
  for (const { parts } of messages)
    for (const part of parts)
      if (part.type === 'tool_result' && part.tool_call_id !== null)
        results.set(part.tool_call_id, JSON.stringify(part.result));
  const learnedBefore = new Set<string>();
  const wasted = new Set<number>();
  for (const [index, { role, parts }] of messages.entries()) {
    if (role !== 'assistant') continue;
    const calls = parts.filter((part) => part.type === 'tool_call');
    const brought = calls.map(({ id, name, arguments: args }) => {
      if (id !== null && failed.has(id)) return false;
      const learned = JSON.stringify([name, args, id === null ? null : (results.get(id) ?? null)]);
      const isNew = !learnedBefore.has(learned);
      learnedBefore.add(learned);
      return isNew;
    });
    if (calls.length > 0 && !brought.includes(true)) wasted.add(index);
  }
  return wasted;
}
