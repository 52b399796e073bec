import { describe, expect, it } from 'vitest';
import { answerLogprobs, asksForLogprobs } from '../../../src/main/decode/index.js';

const entry = (token: string, logprob: number) => ({
  token,
  logprob,
  bytes: [1],
  top_logprobs: [{ token, logprob, bytes: [1] }],
});
const told = (token: string, logprob: number) => ({ token, logprob, top: [{ token, logprob }] });
const sse = (...events: object[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');

describe('tokens of an answer', () => {
  it.each<[string, string, unknown]>([
    [
      'a chat completion',
      JSON.stringify({ choices: [{ logprobs: { content: [entry('A', -0.1), entry('b', -2)] } }, { logprobs: null }] }),
      [told('A', -0.1), told('b', -2)],
    ],
    [
      'a stream of one',
      `${sse({ choices: [{ delta: {}, logprobs: { content: [entry('A', -0.1)] } }] }, { choices: [{ delta: {}, logprobs: { content: [entry('b', -2)] } }] })}data: [DONE]\n\n`,
      [told('A', -0.1), told('b', -2)],
    ],
    [
      'vLLM with ids beside',
      JSON.stringify({ choices: [{ logprobs: { content: [entry('A', -0.1)] }, token_ids: [7] }] }),
      [{ ...told('A', -0.1), token_id: 7 }],
    ],
    [
      'vLLM with ids as tokens',
      JSON.stringify({ choices: [{ logprobs: { content: [entry('token_id:12', -1)] } }] }),
      [{ token: '', token_id: 12, logprob: -1, top: [{ token: '', token_id: 12, logprob: -1 }] }],
    ],
    [
      'vLLM with ids alone',
      JSON.stringify({ choices: [{ token_ids: [3, 4] }] }),
      [
        { token: '', token_id: 3, logprob: null },
        { token: '', token_id: 4, logprob: null },
      ],
    ],
    [
      'a completion',
      JSON.stringify({
        choices: [{ logprobs: { tokens: ['A'], token_logprobs: [-1], top_logprobs: [{ A: -1, b: -2 }] } }],
      }),
      [
        {
          token: 'A',
          logprob: -1,
          top: [
            { token: 'A', logprob: -1 },
            { token: 'b', logprob: -2 },
          ],
        },
      ],
    ],
    [
      'a response',
      JSON.stringify({
        output: [{ type: 'reasoning' }, { content: [{ type: 'output_text', logprobs: [entry('A', -1)] }] }],
      }),
      [told('A', -1)],
    ],
    [
      'a stream of one, whose end repeats it',
      sse(
        { type: 'response.output_text.delta', logprobs: [entry('A', -1)] },
        { type: 'response.completed', response: { output: [{ content: [{ logprobs: [entry('A', -1)] }] }] } },
      ),
      [told('A', -1)],
    ],
    [
      'Gemini',
      JSON.stringify({
        candidates: [
          {
            logprobsResult: {
              chosenCandidates: [{ token: 'A', tokenId: 5, logProbability: -1 }],
              topCandidates: [{ candidates: [{ token: 'A', tokenId: 5, logProbability: -1 }] }],
            },
          },
        ],
      }),
      [{ token: 'A', token_id: 5, logprob: -1, top: [{ token: 'A', token_id: 5, logprob: -1 }] }],
    ],
    [
      'Ollama',
      '{"logprobs":[{"token":"A","logprob":-1}]}\n{"logprobs":[{"token":"b","logprob":-2}]}\n',
      [
        { token: 'A', logprob: -1 },
        { token: 'b', logprob: -2 },
      ],
    ],
    ['an answer without', JSON.stringify({ choices: [{ message: { content: 'x' }, logprobs: null }] }), []],
    ['no JSON', 'oops', []],
  ])('%s', (_, body, expected) => {
    expect(answerLogprobs(body)).toEqual(expected);
  });

  it('were asked for in the words of their API', () => {
    expect(asksForLogprobs({ top_logprobs: 5 })).toBe(true);
    expect(asksForLogprobs({ generationConfig: { responseLogprobs: true } })).toBe(true);
    expect(asksForLogprobs({ return_token_ids: true })).toBe(true);
    expect(asksForLogprobs({ include: ['message.output_text.logprobs'] })).toBe(true);
    expect(asksForLogprobs({ temperature: 0 })).toBe(false);
  });
});
