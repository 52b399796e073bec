import { describe, expect, it } from 'vitest';
import type { Part } from '../../../../src/shared/model/index.js';
import { type WireCase, wireCases, wireExchange } from '../../../support/wire-exchanges.js';
import { decode, responseOf } from '../support.js';

const formats = new Set(['gemini', 'ollama', 'bedrock-converse', 'openai-completions']);
const streamed = (wire: WireCase) => !/whole|error|blocked/.test(wire.name);
const streams = wireCases().filter(
  (wire) =>
    (formats.has(wire.format) && streamed(wire)) ||
    wire.name === 'bedrock' ||
    /^(?:azure|groq|mistral|usage)/.test(wire.name),
);

const text = (parts: Part[]) => parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
const cut = (wire: WireCase, at: number) =>
  wireExchange({ ...wire, response: wire.response.subarray(0, at) }, { state: 'aborted' });

describe('streams cut anywhere', () => {
  it.each(streams.map((wire) => [`${wire.format}/${wire.name}`, wire] as const))('%s', (_, wire) => {
    const whole = responseOf(wireExchange(wire));
    const wholeText = whole.messages.map(({ parts }) => text(parts));
    expect(whole.partial).toBe(false);
    let longest = 0;
    for (let at = 0; at < wire.response.length; at += 1) {
      const decoded = decode(cut(wire, at));
      const response = decoded.call?.response;
      // Too little to be told from another answer; kept all the same.
      if (response === undefined || response === null) {
        expect(wire.format === 'ollama' ? decoded.exchange.response?.body.kind : 'decoded', `cut at ${at}`).toBe(
          'events',
        );
        continue;
      }
      response.messages.forEach(({ parts }, choice) => {
        const got = text(parts);
        expect(wholeText[choice]?.startsWith(got), `cut at ${at}`).toBe(true);
        longest = Math.max(longest, got.length);
      });
      if (!response.partial) {
        // Only where what says that it is whole has come.
        expect(
          response.messages.map(({ parts }) => text(parts)),
          `cut at ${at}`,
        ).toEqual(wholeText);
        expect(response.stop_reason, `cut at ${at}`).toBe(whole.stop_reason);
      }
    }
    expect(longest).toBe(Math.max(...wholeText.map((value) => value.length)));
  });
});
