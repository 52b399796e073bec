import { jsonValue } from './json-value.js';
import type { OpenAiTool } from './openai-shapes.js';
import { onlyText, unmarked, withThoughts } from './turn-texts.js';
import type { AssistantTurn, ToolTurn, Turn } from './turns.js';

/** What is said in the tags of Nous Research’s function calling, by whom. */
export interface HermesTurn {
  role: 'system' | 'user' | 'assistant' | 'tool';
  text: string;
  context_only: boolean;
}

/** A conversation as text alone: tools in the instructions, calls and results between tags. Throws `Unfit`. */
export function hermesTurns(turns: readonly Turn[], tools: readonly OpenAiTool[]): HermesTurn[] {
  const out: HermesTurn[] = [];
  for (const turn of turns) {
    if (turn.role === 'tool') addResponse(out, turn);
    else
      out.push({ role: turn.role, text: textOf(turn), context_only: turn.role !== 'assistant' || turn.context_only });
  }
  if (tools.length === 0) return out;
  const instructions = toolInstructions(tools);
  const first = out[0];
  if (first?.role === 'system') return [{ ...first, text: `${first.text}\n\n${instructions}` }, ...out.slice(1)];
  return [{ role: 'system', text: instructions, context_only: true }, ...out];
}

/** Results of parallel calls are one message. */
function addResponse(out: HermesTurn[], turn: ToolTurn): void {
  const text = `<tool_response>\n${JSON.stringify({ name: turn.call.name, content: jsonValue(turn.text) })}\n</tool_response>`;
  const last = out.at(-1);
  if (last?.role === 'tool') last.text += `\n${text}`;
  else out.push({ role: 'tool', text, context_only: true });
}

function textOf(turn: Exclude<Turn, ToolTurn>): string {
  if (turn.role === 'user') return onlyText(turn.shown);
  if (turn.role === 'system') return turn.text;
  return answer(turn);
}

function answer(turn: AssistantTurn): string {
  const words = unmarked(withThoughts(turn), '<tool_call>');
  const calls = turn.calls.map(
    ({ name, arguments: args }) =>
      `<tool_call>\n${unmarked(JSON.stringify({ name, arguments: args }), '</tool_call>')}\n</tool_call>`,
  );
  return [...(words === '' ? [] : [words]), ...calls].join('\n');
}

function toolInstructions(tools: readonly OpenAiTool[]): string {
  const list = tools.map((tool) => JSON.stringify(tool)).join('\n');
  return [
    'You can call functions. Their signatures stand within <tools></tools> tags:',
    `<tools>\n${list}\n</tools>`,
    'For each call, answer with a JSON object of the function’s name and arguments within <tool_call></tool_call> tags:',
    '<tool_call>\n{"name": <name>, "arguments": <arguments>}\n</tool_call>',
  ].join('\n');
}
