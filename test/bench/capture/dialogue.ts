/** The traffic of the benchmark: chat completions of a realistic size, no two of them alike. */

const words = `
  the model reads a file and finds that one test fails because the parser drops the last line when there is no newline
  at its end so we change how tokens are counted run it again compare both results write down what was learned then
  look at another module where a cache grows without a bound under load and explain which requests were slow why they
  waited how long each step took what the server answered and whether a retry with a shorter prompt would have helped
`
  .trim()
  .split(/\s+/);

/** Small and seeded: every run sends the same bytes. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function prose(random: () => number, length: number): string {
  let text = '';
  while (text.length < length) text += `${words[Math.floor(random() * words.length)]} `;
  return text.slice(0, length);
}

export const markerLength = 12;
const letters = 'abcdefghijklmnop';

/** Writes the number into the buffer as twelve letters; letters, so that no detector takes it for a number of a kind. */
export function writeMarker(buffer: Uint8Array, at: number, serial: number): void {
  let rest = serial;
  for (let index = markerLength - 1; index >= 0; index--) {
    buffer[at + index] = letters.charCodeAt(rest % 16);
    rest = Math.floor(rest / 16);
  }
}

const hole = '#'.repeat(markerLength);

/** A whole HTTP message and where its marker goes. */
export interface Template {
  bytes: Buffer;
  holes: number[];
}

function template(head: string, body: unknown): Template {
  const json = JSON.stringify(body);
  const bytes = Buffer.from(`${head}content-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
  const holes: number[] = [];
  for (let at = bytes.indexOf(hole); at >= 0; at = bytes.indexOf(hole, at + hole.length)) holes.push(at);
  return { bytes, holes };
}

const variants = 512;

/** Requests of about 2 KB. */
export function requestTemplates(host: string): Template[] {
  const random = seeded(1);
  const system = prose(random, 500);
  const tools = [
    {
      type: 'function',
      function: {
        name: 'read_file',
        description: prose(random, 120),
        parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
      },
    },
  ];
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: ${host}\r\nuser-agent: bench/1.0\r\naccept: application/json\r\ncontent-type: application/json\r\nauthorization: Bearer ${'bench-'.repeat(4)}\r\n`;
  return Array.from({ length: variants }, () =>
    template(head, {
      model: 'gpt-5.2',
      temperature: 0.2,
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: `[${hole}] ${prose(random, 900)}` },
      ],
      tools,
    }),
  );
}

/** Answers of about 1.5 KB; the marker of the request comes back in the id. */
export function responseTemplates(): Template[] {
  const random = seeded(2);
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: bench\r\n';
  return Array.from({ length: variants }, () =>
    template(head, {
      id: `chatcmpl-${hole}`,
      object: 'chat.completion',
      created: 1_790_000_000,
      model: 'gpt-5.2',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: prose(random, 1050), refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 430, completion_tokens: 210, total_tokens: 640 },
    }),
  );
}
