import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CapturedExchange, CapturedMessage } from '../../src/shared/model/index.js';
import { chunkMessage, eventMessage, sseObjects } from './event-stream.js';

/** The same depth below the root from test/support and from the built benchmarks. */
const fixtures = join(import.meta.dirname, '..', '..', 'test', 'fixtures');

/** One answer of one wire format, with the request that it answers. */
export interface WireCase {
  format: string;
  name: string;
  url: string;
  request: Uint8Array;
  response: Uint8Array;
  responseType: string;
}

export const eventStreamType = 'application/vnd.amazon.eventstream';
const types: Record<string, string> = {
  sse: 'text/event-stream',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
};

const google = 'https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro-preview';
const bedrock = 'https://bedrock-runtime.us-east-1.amazonaws.com/model';
const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value), 'utf8');

export function fixtureBytes(path: string): Buffer {
  return readFileSync(join(fixtures, path));
}

/** Every response fixture in a format's folder, under the URL that its name asks for. */
function fromFolder(format: string, url: (name: string) => string, request: (name: string) => Uint8Array): WireCase[] {
  return readdirSync(join(fixtures, format))
    .filter((name) => !name.includes('request'))
    .map((name) => ({
      format,
      name,
      url: url(name),
      request: request(name),
      response: fixtureBytes(`${format}/${name}`),
      responseType: types[name.split('.').at(-1) as string] as string,
    }));
}

function geminiUrl(name: string): string {
  if (name.startsWith('code-assist'))
    return 'https://cloudcode-pa.googleapis.com/v1internal:streamGenerateContent?alt=sse';
  if (name === 'whole.json') return `${google}:generateContent`;
  return `${google}:streamGenerateContent${name.endsWith('.sse') ? '?alt=sse' : ''}`;
}

function geminiRequest(name: string): Uint8Array {
  const request = fixtureBytes('gemini/request.json');
  if (!name.startsWith('code-assist')) return request;
  const session = { session_id: '11111111-2222-4333-8444-555555555555' };
  return bytes({
    model: 'gemini-3-pro-preview',
    project: 'pro-1',
    user_prompt_id: 'p1',
    request: { ...JSON.parse(request.toString()), ...session },
  });
}

const constant = (value: Uint8Array) => () => value;

function task(format: string, path: string, request: unknown, response: unknown): WireCase {
  return {
    format,
    name: 'whole',
    url: `https://api.openai.com/v1${path}`,
    request: bytes(request),
    response: bytes(response),
    responseType: 'application/json',
  };
}

const vectors = { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.1, -0.2] }] };
const moderation = { id: 'modr-1', model: 'omni-moderation-latest', results: [{ flagged: false, categories: {} }] };

function converse(name: string): WireCase {
  const whole = name === 'whole.json';
  const read = () => JSON.parse(fixtureBytes(`bedrock-converse/${name}`).toString()) as [string, unknown][];
  return {
    format: 'bedrock-converse',
    name,
    url: `${bedrock}/us.amazon.nova-pro-v1%3A0/${whole ? 'converse' : 'converse-stream'}`,
    request: fixtureBytes('bedrock-converse/request.json'),
    response: whole
      ? fixtureBytes(`bedrock-converse/${name}`)
      : Buffer.concat(read().map(([event, payload]) => eventMessage(event, payload))),
    responseType: whole ? 'application/json' : eventStreamType,
  };
}

/** Anthropic's request as Bedrock and Vertex take it: the model is in the URL. */
function hostedRequest(): Uint8Array {
  const { model, stream, ...rest } = JSON.parse(fixtureBytes('anthropic-messages/request.json').toString());
  return bytes({ anthropic_version: 'bedrock-2023-05-31', ...rest });
}

function hosted(): WireCase[] {
  const sse = fixtureBytes('anthropic-messages/thinking-tools.sse');
  const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1%3A0';
  const vertex =
    'https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers/anthropic/models';
  const base = { format: 'anthropic-messages', request: hostedRequest() };
  return [
    {
      ...base,
      name: 'bedrock',
      url: `${bedrock}/${model}/invoke-with-response-stream`,
      response: Buffer.concat(sseObjects(sse.toString()).map(chunkMessage)),
      responseType: eventStreamType,
    },
    {
      ...base,
      name: 'bedrock whole',
      url: `${bedrock}/${model}/invoke`,
      response: fixtureBytes('anthropic-messages/whole.json'),
      responseType: 'application/json',
    },
    {
      ...base,
      name: 'vertex',
      url: `${vertex}/claude-sonnet-4-5@20250929:streamRawPredict`,
      response: sse,
      responseType: 'text/event-stream',
    },
  ];
}

/** Answers of every wire format. */
export function wireCases(): WireCase[] {
  const own = (format: string, url: string) =>
    fromFolder(format, () => url, constant(fixtureBytes(`${format}/request.json`)));
  return [
    ...own('openai-chat', 'https://api.openai.com/v1/chat/completions'),
    ...own('openai-responses', 'https://api.openai.com/v1/responses').filter(({ name }) =>
      /\.(?:sse|json)$/.test(name),
    ),
    ...own('anthropic-messages', 'https://api.anthropic.com/v1/messages'),
    ...hosted(),
    ...fromFolder('gemini', geminiUrl, geminiRequest),
    ...fromFolder(
      'ollama',
      (name) => `http://127.0.0.1:11434/api/${name.startsWith('generate') ? 'generate' : 'chat'}`,
      (name) => fixtureBytes(name.startsWith('generate') ? 'ollama/generate-request.json' : 'ollama/request.json'),
    ),
    converse('tools.json'),
    converse('whole.json'),
    ...own('openai-completions', 'https://api.openai.com/v1/completions'),
    task(
      'openai-embeddings',
      '/embeddings',
      { model: 'text-embedding-3-small', input: ['one', 'two'] },
      {
        ...vectors,
        model: 'text-embedding-3-small',
        usage: { prompt_tokens: 2, total_tokens: 2 },
      },
    ),
    task('openai-moderations', '/moderations', { model: 'omni-moderation-latest', input: 'is it fine?' }, moderation),
    task(
      'openai-images',
      '/images/generations',
      { model: 'gpt-image-1', prompt: 'a cat' },
      {
        created: 1,
        data: [{ b64_json: 'iVBORw0KGgo=', revised_prompt: 'one cat' }],
        usage: { input_tokens: 3, output_tokens: 100, total_tokens: 103 },
      },
    ),
    {
      format: 'openai-speech',
      name: 'sound',
      url: 'https://api.openai.com/v1/audio/speech',
      request: bytes({ model: 'tts-1', input: 'Hello', voice: 'alloy' }),
      response: Buffer.from([0xff, 0xf3, 0x64, 0xc4, 0, 0, 0, 3, 0x48, 0, 0xfe]),
      responseType: 'audio/mpeg',
    },
  ];
}

function message(body: Uint8Array, type: string): CapturedMessage {
  return {
    http_version: '1.1',
    headers: [['content-type', type]],
    trailers: [],
    body,
    bytes: body.length,
    truncated: false,
    chunks: body.length === 0 ? [] : [{ offset: 0, at: 1_000_000 }],
  };
}

/** The exchange that capture would have seen. */
export function wireExchange(wire: WireCase, change: Partial<CapturedExchange> = {}): CapturedExchange {
  return {
    exchange_id: '019aa000-0000-7000-8000-000000000001',
    kind: 'http',
    via: 'gateway',
    client: { address: '127.0.0.1', port: 50_000, connection: 1, protocol: 'http/1.1' },
    method: 'POST',
    url: wire.url,
    request: message(wire.request, 'application/json'),
    response: { ...message(wire.response, wire.responseType), status: 200, status_text: 'OK', informational: [] },
    started_at: 900_000,
    ended_at: 2_000_000,
    state: 'complete',
    ...change,
  };
}
