import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tokenCounter } from '../../../../src/main/dataset/render/index.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-tokens-'));
function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('token counters', () => {
  it('count by OpenAI’s encodings', async () => {
    // The worked example of OpenAI's cookbook, "How to count tokens with tiktoken".
    const cl100k = await tokenCounter('cl100k_base');
    expect(cl100k.count('tiktoken is great!')).toBe(6);
    expect(cl100k.count('<|endoftext|>')).toBe(1);
    expect((await tokenCounter('o200k_base')).count('tiktoken is great!')).toBe(6);
  });

  it('count by a tokenizer.json', async () => {
    const path = file('tokenizer.json', {
      version: '1.0',
      added_tokens: [
        {
          id: 3,
          content: '<|end|>',
          special: true,
          single_word: false,
          lstrip: false,
          rstrip: false,
          normalized: false,
        },
      ],
      normalizer: null,
      pre_tokenizer: { type: 'Whitespace' },
      post_processor: null,
      decoder: null,
      model: { type: 'WordLevel', vocab: { a: 0, b: 1, '[UNK]': 2 }, unk_token: '[UNK]' },
    });
    const counter = await tokenCounter(path);
    expect([counter.count('a b a'), counter.count('a<|end|>'), counter.count('')]).toEqual([3, 2, 0]);
  });

  it.each([
    ['no file', join(folder, 'nowhere.json')],
    ['text', file('text.json', 'not json')],
    ['another file', file('other.json', { vocab: {} })],
    ['a device that never ends', '/dev/zero'],
    ['a folder', folder],
    ['a model of no kind', file('broken.json', { model: { type: 'NoSuchModel' } })],
  ])('refuse %s', async (_, path) => {
    await expect(tokenCounter(path)).rejects.toMatchObject({ code: 'tokenizer_invalid' });
  });
});
