import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientName, peekModel } from '../../../src/main/decode/index.js';
import { bytes } from './support.js';

describe('clientName', () => {
  it.each([
    ['claude-cli/2.1.3 (external, cli)', 'claude-cli/2.1.3'],
    ['OpenAI/Python 1.99.6', 'OpenAI/Python 1.99'],
    ['AsyncOpenAI/Python 1.99.6', 'AsyncOpenAI/Python 1.99'],
    ['Anthropic/JS 0.65.0', 'Anthropic/JS 0.65'],
    ['curl/8.5.0', 'curl/8.5'],
    ['codex_cli_rs/0.46.1 (Debian 13; x86_64) xterm', 'codex_cli_rs/0.46.1'],
    ['python-requests/2.32.3', 'python-requests/2.32'],
    ['node', 'node'],
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Cursor/1.7.2 Chrome/138.0 Electron/37.2 Safari/537.36',
      'Cursor/1.7',
    ],
    ['Mozilla/5.0 (Macintosh) Gecko/20100101 Firefox/140.0', 'Firefox/140.0'],
    ['', 'unknown'],
    ['\u0000\u0001', 'unknown'],
  ])('%j is %s', (agent, name) => {
    expect(clientName([['User-Agent', agent]])).toBe(name);
  });

  it('is unknown without the header', () => {
    expect(clientName([['accept', '*/*']])).toBe('unknown');
  });

  it('is short and printable, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }).map((raw) => Buffer.from(raw).toString('latin1')),
        (agent) => {
          expect(clientName([['user-agent', agent]])).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,63}$/);
        },
      ),
    );
  });
});

describe('peekModel', () => {
  it.each([
    ['{"model":"gpt-5.2","messages":[]}', 'gpt-5.2'],
    ['{\n  "max_tokens": 5,\n  "model" : "claude-opus-4-5"', 'claude-opus-4-5'],
    ['{"messages":[{"content":"say \\"model\\":\\"no\\""}],"x":1}', null],
    ['{"model":"cut-of', null],
    ['model: x', null],
    ['', null],
  ])('%j: %s', (text, model) => {
    expect(peekModel('application/json', bytes(text))).toBe(model);
  });

  it('does not look into other media types or compressed bodies', () => {
    expect(peekModel('image/png', bytes('{"model":"x"}'))).toBeNull();
    expect(peekModel(undefined, bytes('{"model":"x"}'))).toBe('x');
    expect(peekModel('application/json', gzipSync('{"model":"x"}'))).toBeNull();
  });

  it.each([
    [
      'https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse',
      'gemini-3-pro',
    ],
    ['https://x-aiplatform.googleapis.com/v1/p/publishers/anthropic/models/claude-4@2025:rawPredict', 'claude-4@2025'],
    [
      'https://bedrock-runtime.us-east-1.amazonaws.com/model/us.amazon.nova-pro-v1%3A0/converse',
      'us.amazon.nova-pro-v1:0',
    ],
    ['https://api.openai.com/v1/chat/completions', 'in-the-body'],
  ])('%s: %s', (url, model) => {
    expect(peekModel('application/json', bytes('{"model":"in-the-body"}'), url)).toBe(model);
  });
});
