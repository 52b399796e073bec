import { type JsonObject, objectOf, textOf } from './json.js';

/** Events that carry the response object. */
const lifecycle = ['created', 'queued', 'in_progress', 'completed', 'failed', 'incomplete', 'cancelled'];

/** Events about one output item, by the item's type; the order is that of openai's ResponseStreamEvent. */
export const itemEvents: Record<string, string> = {
  'response.apply_patch_call_operation_diff.delta': 'apply_patch_call',
  'response.apply_patch_call_operation_diff.done': 'apply_patch_call',
  'response.code_interpreter_call_code.delta': 'code_interpreter_call',
  'response.code_interpreter_call_code.done': 'code_interpreter_call',
  'response.code_interpreter_call.completed': 'code_interpreter_call',
  'response.code_interpreter_call.in_progress': 'code_interpreter_call',
  'response.code_interpreter_call.interpreting': 'code_interpreter_call',
  'response.compaction.compacting': 'compaction',
  'response.content_part.added': 'message',
  'response.content_part.done': 'message',
  'response.file_search_call.completed': 'file_search_call',
  'response.file_search_call.in_progress': 'file_search_call',
  'response.file_search_call.searching': 'file_search_call',
  'response.function_call_arguments.delta': 'function_call',
  'response.function_call_arguments.done': 'function_call',
  'response.shell_call_command.added': 'shell_call',
  'response.shell_call_command.delta': 'shell_call',
  'response.shell_call_command.done': 'shell_call',
  'response.shell_call_output_content.delta': 'shell_call_output',
  'response.shell_call_output_content.done': 'shell_call_output',
  'response.output_item.added': '',
  'response.output_item.done': '',
  'response.reasoning_summary_part.added': 'reasoning',
  'response.reasoning_summary_part.done': 'reasoning',
  'response.reasoning_summary_text.delta': 'reasoning',
  'response.reasoning_summary_text.done': 'reasoning',
  'response.reasoning_text.delta': 'reasoning',
  'response.reasoning_text.done': 'reasoning',
  'response.refusal.delta': 'message',
  'response.refusal.done': 'message',
  'response.output_text.delta': 'message',
  'response.output_text.done': 'message',
  'response.output_text.annotation.added': 'message',
  'response.web_search_call.completed': 'web_search_call',
  'response.web_search_call.in_progress': 'web_search_call',
  'response.web_search_call.searching': 'web_search_call',
  'response.image_generation_call.completed': 'image_generation_call',
  'response.image_generation_call.generating': 'image_generation_call',
  'response.image_generation_call.in_progress': 'image_generation_call',
  'response.image_generation_call.partial_image': 'image_generation_call',
  'response.mcp_call_arguments.delta': 'mcp_call',
  'response.mcp_call_arguments.done': 'mcp_call',
  'response.mcp_call.completed': 'mcp_call',
  'response.mcp_call.failed': 'mcp_call',
  'response.mcp_call.in_progress': 'mcp_call',
  'response.mcp_list_tools.completed': 'mcp_list_tools',
  'response.mcp_list_tools.failed': 'mcp_list_tools',
  'response.mcp_list_tools.in_progress': 'mcp_list_tools',
  'response.custom_tool_call_input.delta': 'custom_tool_call',
  'response.custom_tool_call_input.done': 'custom_tool_call',
};

/** Every event type this format reads; `keepalive` holds a quiet stream open. */
export const knownEvents: ReadonlySet<string> = new Set([
  ...lifecycle.map((name) => `response.${name}`),
  ...Object.keys(itemEvents),
  'response.audio.delta',
  'response.audio.done',
  'response.audio.transcript.delta',
  'response.audio.transcript.done',
  // Over a socket: what became of input that was sent to steer the answer.
  'response.steer.accepted',
  'response.steer.pending',
  'response.steer.failed',
  'error',
  'keepalive',
]);

const lifecycleTypes = new Set(lifecycle.map((name) => `response.${name}`));

export function isLifecycle(type: string): boolean {
  return lifecycleTypes.has(type);
}

/** Whether an event brings something of the answer: a piece of text or arguments, or an item that comes whole. */
export function isContentEvent(type: string, data: JsonObject): boolean {
  if (type.endsWith('.delta')) return data.delta !== '' && data.delta !== undefined;
  if (type !== 'response.output_item.added' && type !== 'response.output_item.done') return false;
  const kind = textOf(objectOf(data.item).type);
  // These begin empty; their first delta is the first content.
  return kind !== 'message' && kind !== 'reasoning';
}
