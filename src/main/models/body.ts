import type OpenAI from 'openai';
import type { Capabilities } from '../../shared/model/index.js';
import type { ModelMessage } from '../ground/language-model.js';
import type { WrittenSchema } from './dialect.js';

export type Body = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;

export interface Asked {
  model: string;
  messages: readonly ModelMessage[];
  /** Null: the answer is free text. */
  schema: WrittenSchema | null;
  schema_name: string;
  temperature?: number | undefined;
  max_tokens: number;
}

/** The body of a request by what its address takes. */
export function bodyOf(asked: Asked, capabilities: Capabilities): Body {
  const { model, messages, schema, schema_name, temperature, max_tokens } = asked;
  const { structure, limit_field } = capabilities;
  return {
    model,
    messages: schema === null || structure === 'schema' ? [...messages] : withInstruction(messages, schema),
    [limit_field]: max_tokens,
    ...(temperature === undefined || !capabilities.temperature ? {} : { temperature }),
    ...(schema === null
      ? {}
      : structure === 'schema'
        ? {
            response_format: {
              type: 'json_schema',
              json_schema: {
                name: schema_name,
                strict: schema.strict,
                schema: schema.strict ? schema.sent : schema.plain,
              },
            },
          }
        : structure === 'json'
          ? { response_format: { type: 'json_object' } }
          : {}),
  };
}

/** Behind everything else: what stands last is what is followed. */
function withInstruction(messages: readonly ModelMessage[], { plain }: WrittenSchema): ModelMessage[] {
  const { $schema: _, ...schema } = plain;
  const instruction = `Answer with one JSON object and nothing else. It must match this JSON Schema:\n${JSON.stringify(schema)}`;
  const last = messages.at(-1);
  if (last?.role !== 'user') return [...messages, { role: 'user', content: instruction }];
  return [...messages.slice(0, -1), { role: 'user', content: `${last.content}\n\n${instruction}` }];
}

/** Asks once more for what did not parse. */
export function askedAgain(messages: readonly ModelMessage[], answer: string, why: string): ModelMessage[] {
  return [
    ...messages,
    { role: 'assistant', content: answer },
    {
      role: 'user',
      content: `That cannot be used (${why}). Answer again with the JSON object that was asked for, alone.`,
    },
  ];
}
