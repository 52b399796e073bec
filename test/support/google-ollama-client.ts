/**
 * A client as people write it, with the vendors' own packages: `node … google-ollama-client.ts <gemini|ollama> <base URL>`.
 * Prints one JSON line for each answer: what the package made of it.
 */
import { GoogleGenAI } from '@google/genai';
import { Ollama } from 'ollama';

/** What both packages show of an answer. */
export interface Seen {
  text: string;
  thinking: string;
  calls: { name: string; arguments: unknown }[];
  input: number | undefined;
  output: number | undefined;
  stop: string | undefined;
  /** Message of the error that was thrown instead of an answer, or after a part of it. */
  error?: string;
}

const nothing = (): Seen => ({
  text: '',
  thinking: '',
  calls: [],
  input: undefined,
  output: undefined,
  stop: undefined,
});
const show = (seen: Seen) => process.stdout.write(`${JSON.stringify(seen)}\n`);

/** Runs `fill`; what it throws belongs to what was seen until then. */
async function seen(fill: (into: Seen) => Promise<void>): Promise<void> {
  const into = nothing();
  try {
    await fill(into);
  } catch (error) {
    into.error = (error as Error).message;
  }
  show(into);
}

async function gemini(base: string): Promise<void> {
  const client = new GoogleGenAI({
    apiKey: 'dummy',
    httpOptions: { baseUrl: base, retryOptions: { attempts: 1 } },
  });
  const request = {
    model: 'gemini-3-pro-preview',
    contents: [{ role: 'user', parts: [{ text: 'What do the notes say?' }] }],
    config: { systemInstruction: 'You read files.', temperature: 0.5 },
  };
  type Answer = Awaited<ReturnType<typeof client.models.generateContent>>;
  const add = (into: Seen, answer: Answer) => {
    const candidate = answer.candidates?.[0];
    // The package's shorthands take whichever candidate a chunk brings for the first one.
    if (candidate !== undefined && (candidate.index ?? 0) === 0) {
      into.text += answer.text ?? '';
      for (const part of candidate.content?.parts ?? []) if (part.thought) into.thinking += part.text ?? '';
      for (const call of answer.functionCalls ?? []) into.calls.push({ name: call.name ?? '', arguments: call.args });
      into.stop = candidate.finishReason ?? into.stop;
    }
    const usage = answer.usageMetadata;
    if (usage?.totalTokenCount !== undefined) {
      into.input = (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0);
      into.output = usage.totalTokenCount - into.input;
    }
  };
  for (let turn = 0; turn < 4; turn++) {
    await seen(async (into) => {
      for await (const chunk of await client.models.generateContentStream(request)) add(into, chunk);
    });
  }
  await seen(async (into) => add(into, await client.models.generateContent(request)));
  await seen(async (into) => {
    await client.models.countTokens({ model: request.model, contents: request.contents });
    into.text = '';
  });
}

async function ollama(base: string): Promise<void> {
  const client = new Ollama({ host: base });
  const messages = [{ role: 'user', content: 'What do the notes say?' }];
  type Counts = { prompt_eval_count?: number; eval_count?: number; done_reason?: string };
  const end = (into: Seen, answer: Counts) => {
    into.input = answer.prompt_eval_count ?? into.input;
    into.output = answer.eval_count ?? into.output;
    into.stop = answer.done_reason ?? into.stop;
  };
  type Answer = {
    message: { content: string; thinking?: string; tool_calls?: { function: { name: string; arguments: unknown } }[] };
  };
  const add = (into: Seen, answer: Answer & Counts) => {
    into.text += answer.message.content;
    into.thinking += answer.message.thinking ?? '';
    for (const { function: call } of answer.message.tool_calls ?? [])
      into.calls.push({ name: call.name, arguments: call.arguments });
    end(into, answer);
  };
  for (let turn = 0; turn < 2; turn++) {
    await seen(async (into) => {
      for await (const part of await client.chat({ model: 'qwen3:8b', messages, stream: true })) add(into, part);
    });
  }
  await seen(async (into) => add(into, await client.chat({ model: 'qwen3:8b', messages })));
  await seen(async (into) => {
    for await (const part of await client.generate({ model: 'qwen3:8b', prompt: 'Why?', stream: true })) {
      into.text += part.response ?? '';
      into.thinking += part.thinking ?? '';
      end(into, part);
    }
  });
}

const [kind, base] = process.argv.slice(2) as ['gemini' | 'ollama', string];
await (kind === 'gemini' ? gemini : ollama)(base);
