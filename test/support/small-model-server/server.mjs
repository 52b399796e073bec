/**
 * SmolLM2-135M behind an OpenAI-compatible address, in a process of its own: real tokens and answers bound to a schema by a grammar.
 * It proves that things fit together; what it says means nothing. Its parts come from a folder outside the repository
 * (scripts/lib/small-model.mjs puts them there): `node server.mjs FOLDER` prints {"url"} when it is ready.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2];
const entry = createRequire(join(folder, 'package.json')).resolve('node-llama-cpp');
const { getLlama, LlamaChatSession } = await import(pathToFileURL(entry).href);
const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: 'error' });
const model = await llama.loadModel({ modelPath: join(folder, 'model.gguf') });
const context = await model.createContext({ contextSize: 2048, threads: 2 });
const sequence = context.getSequence();

/** One after the other: there is one context. */
let turn = Promise.resolve();

async function complete(body) {
  const { messages, response_format: format } = body;
  const limit = body.max_completion_tokens ?? body.max_tokens ?? 256;
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const said = messages.filter(({ role }) => role !== 'system').map(({ content }) => content);
  const grammar =
    format?.type === 'json_schema'
      ? await llama.createGrammarForJsonSchema(format.json_schema.schema)
      : format?.type === 'json_object'
        ? await llama.getGrammarFor('json')
        : undefined;
  await sequence.clearHistory();
  const session = new LlamaChatSession({
    contextSequence: sequence,
    systemPrompt: system.join('\n'),
    autoDisposeSequence: false,
  });
  const before = sequence.tokenMeter.getState();
  const result = await session.promptWithMeta(said.join('\n\n'), {
    ...(grammar === undefined ? {} : { grammar }),
    maxTokens: limit,
    temperature: body.temperature ?? 0,
    seed: body.seed ?? 7,
  });
  const used = sequence.tokenMeter.diff(before);
  session.dispose();
  return {
    id: `chatcmpl-${Date.now()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: 'smollm2-135m-instruct-q4_1',
    choices: [
      {
        index: 0,
        finish_reason: result.stopReason === 'maxTokens' ? 'length' : 'stop',
        message: { role: 'assistant', content: result.responseText },
      },
    ],
    usage: {
      prompt_tokens: used.usedInputTokens,
      completion_tokens: used.usedOutputTokens,
      total_tokens: used.usedInputTokens + used.usedOutputTokens,
    },
  };
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const answer = (status, value) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  if (request.method !== 'POST' || !request.url.endsWith('/chat/completions'))
    return answer(404, { error: { message: 'Only /v1/chat/completions is there.' } });
  turn = turn.then(async () => {
    try {
      answer(200, await complete(JSON.parse(Buffer.concat(chunks).toString())));
    } catch (error) {
      answer(400, { error: { message: String(error.message), type: 'invalid_request_error' } });
    }
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}/v1` })}\n`);
// Whoever started it is gone: so is this.
process.stdin.resume().on('end', () => process.exit(0));
