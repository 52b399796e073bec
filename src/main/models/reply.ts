import * as z from 'zod';
import { parseJson } from '../ground/json.js';
import { type WrittenSchema, withoutNulls } from './dialect.js';

const count = z.int().min(0).max(1e9);

/** What is read of an answer; servers add much. */
const answerSchema = z.looseObject({
  model: z.string().max(300).nullish(),
  choices: z
    .array(
      z.looseObject({
        finish_reason: z.string().nullish(),
        message: z.looseObject({
          content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).nullish(),
          refusal: z.string().nullish(),
        }),
      }),
    )
    .min(1),
  usage: z
    .looseObject({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.looseObject({ cached_tokens: count.nullish() }).nullish(),
    })
    .nullish()
    .catch(null),
});

export interface Answer {
  model: string | null;
  text: string;
  finish: 'stop' | 'length' | 'content_filter';
  refusal: string | null;
  usage: { input_tokens: number; output_tokens: number; cached_tokens: number } | null;
}

/** The answer in a response's body; null where it is none. */
export function answerIn(body: string): Answer | null {
  const parsed = answerSchema.safeParse(parseJson(body.replace(/^\uFEFF/, '')));
  const choice = parsed.data?.choices[0];
  if (parsed.data === undefined || choice === undefined) return null;
  const { content, refusal } = choice.message;
  const { finish_reason } = choice;
  const { usage } = parsed.data;
  return {
    model: parsed.data.model ?? null,
    text: typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join(''),
    finish: finish_reason === 'length' || finish_reason === 'content_filter' ? finish_reason : 'stop',
    refusal: refusal ?? null,
    usage:
      usage == null
        ? null
        : {
            input_tokens: usage.prompt_tokens,
            output_tokens: usage.completion_tokens,
            cached_tokens: Math.min(usage.prompt_tokens, usage.prompt_tokens_details?.cached_tokens ?? 0),
          },
  };
}

export type Read<T> = { reply: T } | { unparsed: string; again: boolean };

/**
 * What an answer says in the shape that was asked for, or why it says nothing: `refused`, `filtered`, `cut_off`, `empty`, `not_json`,
 * `wrong_shape`. `again`: it may be asked for once more. `text`: past the gate. Without a schema
 * it is the answer.
 */
export function readAnswer<T>(
  { finish, refusal }: Pick<Answer, 'finish' | 'refusal'>,
  text: string,
  shape: z.ZodType<T>,
  schema: WrittenSchema | null,
): Read<T> {
  if (refusal !== null && refusal !== '') return { unparsed: 'refused: the model refused to answer', again: false };
  if (finish === 'content_filter')
    return { unparsed: 'filtered: the server’s content filter stopped it', again: false };
  if (schema === null) {
    const said = shape.safeParse(text);
    if (said.success) return { reply: said.data };
    return { unparsed: 'empty: the answer has no text', again: true };
  }
  const value = jsonIn(text);
  const read = value === undefined ? undefined : inShape(value, shape, schema);
  if (read?.success) return { reply: read.data };
  if (finish === 'length') return { unparsed: 'cut_off: the answer is longer than it may be', again: false };
  if (text.trim() === '') return { unparsed: 'empty: the answer has no text', again: true };
  if (read === undefined) return { unparsed: 'not_json: the answer holds no JSON object', again: true };
  const [issue] = read.error.issues;
  return {
    unparsed: `wrong_shape: ${issue?.path.join('.') || 'the answer'}: ${issue?.message}`.slice(0, 500),
    again: true,
  };
}

function inShape<T>(value: unknown, shape: z.ZodType<T>, { plain }: WrittenSchema) {
  const asIs = shape.safeParse(value);
  // Where every field had to be there, null stands for what is absent.
  return asIs.success ? asIs : shape.safeParse(withoutNulls(value, plain));
}

/** So many beginnings are tried. */
const mostBeginnings = 20;

/** The JSON value that a text is, else the first JSON object in it, behind whatever the model thought aloud. */
function jsonIn(text: string): unknown {
  const answer = text.replace(/^\s*<think>[\s\S]*?<\/think>/, '').trim();
  const whole = parseJson(answer);
  if (whole !== undefined) return whole;
  let at = answer.indexOf('{');
  for (let tried = 0; at !== -1 && tried < mostBeginnings; tried++) {
    const end = endOfObject(answer, at);
    const value = end === -1 ? undefined : parseJson(answer.slice(at, end));
    if (value !== undefined) return value;
    at = answer.indexOf('{', at + 1);
  }
  return undefined;
}

function endOfObject(text: string, from: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === '\\') at += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '{') depth += 1;
    else if (char === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}
