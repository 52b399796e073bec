import * as z from 'zod';
import type { ChatMessage, Expansion } from '../../../../shared/model/index.js';
import { type AskedWith, failureOf } from '../../../ground/asking.js';
import type { LanguageModels } from '../../../ground/language-model.js';
import type { Point } from '../../examples/points.js';
import { promptOf, promptVersion } from './prompt.js';

/** What asking stands on; the engine's part gives it. */
export interface Expanding {
  models: LanguageModels;
  /** Under which content is delimited; the data folder's own. */
  key: Uint8Array;
  /** The gate: whatever a model said passes it before it is kept. */
  clean(text: string): string;
}

export type Made = Omit<Expansion, 'created_at'>;

/** Reasoning beyond this is no answer to what was asked. */
const mostChars = 12_000;

const replySchema = z.object({ reasoning: z.string() });
/** What of a request is the same for all; models that think before they answer take the most of the tokens for that. */
export const requested = { schema: replySchema, max_tokens: 4000 };

/** Whether an answer tells reasoning of its own that can be read. */
export function tellsReasoning({ parts }: ChatMessage): boolean {
  return parts.some((part) => part.type === 'reasoning' && !part.encrypted && part.text.trim() !== '');
}

/** The prompt for a call; a string says why there is none, null that it tells its own reasoning and is not asked about. */
export function prepared(
  point: Point,
  calls: 'without' | 'all',
  key: Uint8Array,
): ReturnType<typeof promptOf> | string {
  const dialogue = point.conversation();
  if (typeof dialogue === 'string') return dialogue;
  const [answer] = dialogue.answers;
  if (answer === undefined) return 'no answer';
  if (calls === 'without' && tellsReasoning(answer)) return null;
  return promptOf(dialogue.history, answer, point.call.tools_offered, key) ?? 'the answer says and does nothing';
}

/** Reasoning of a call, or why there is none. What no call can mend (a missing profile, a budget that is used up) is thrown. */
export async function expandCall(
  { models, clean }: Expanding,
  { trace, call }: Point,
  { messages, reduction }: NonNullable<ReturnType<typeof promptOf>>,
  profile: string,
  shared: AskedWith,
): Promise<{ made: Made; cached: boolean } | { reason: string }> {
  let answer: Awaited<ReturnType<typeof models.complete<z.infer<typeof replySchema>>>>;
  try {
    answer = await models.complete({
      profile,
      messages,
      ...requested,
      schema_name: 'reasoning',
      timeout_ms: 120_000,
      purpose: 'expansion',
      cache_key: `expansion ${promptVersion}`,
      ...shared,
    });
  } catch (error) {
    return { reason: clean(failureOf(error, shared.signal).reason.slice(0, 1000)) };
  }
  if (answer.reply === null) return { reason: clean((answer.unparsed ?? 'The model gave no answer.').slice(0, 1000)) };
  const reasoning = answer.reply.reasoning.trim();
  if (reasoning === '') return { reason: 'The model wrote nothing.' };
  if (reasoning.length > mostChars) return { reason: `The model wrote more than ${mostChars} characters.` };
  const { model, prompt_hash, cost_usd, cached } = answer;
  return {
    made: {
      trace_id: trace.trace_id,
      call_id: call.call_id,
      trace_revision: trace.revision ?? null,
      reasoning: clean(reasoning),
      profile,
      model,
      prompt_version: promptVersion,
      prompt_hash,
      reduction,
      cost_usd,
    },
    cached,
  };
}
