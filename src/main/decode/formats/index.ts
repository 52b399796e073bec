import { anthropicMessages } from './anthropic-messages.js';
import type { WireFormat } from './format.js';
import { openaiChat } from './openai-chat.js';
import { openaiResponses } from './openai-responses.js';

/** Every wire format, each listed once. */
export const formats = [openaiChat, openaiResponses, anthropicMessages] as const satisfies readonly WireFormat[];

const ids = formats.map((format) => format.id);
const twice = ids.find((id, index) => ids.indexOf(id) !== index);
if (twice !== undefined) throw new Error(`wire format ${twice} is listed twice`);
