import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { conversationOf } from '../../../../src/main/dataset/render/conversation.js';
import { chatTemplates, templateOf } from '../../../../src/main/dataset/render/index.js';
import type { Json } from '../../../../src/shared/model/index.js';

interface Reference {
  source: string;
  conversations: { [name: string]: { messages: Json[]; tools?: Json } };
  rendered: { template: string; conversation: string; refused?: true; sha256: string; spans: [number, number][] }[];
}

/** What Python's own engine made of the same conversations: text and the spans between generation tags. */
const reference = JSON.parse(
  readFileSync(new URL('../../../fixtures/chat-templates.json', import.meta.url), 'utf8'),
) as Reference;

/** Python goes through text letter by letter where these look for parts; here they refuse. */
const partsOnly = new Set(['idefics3', 'smolvlm']);

describe('shipped chat templates', () => {
  it('all stand in the reference', () => {
    expect(new Set(reference.rendered.map(({ template }) => template))).toEqual(
      new Set(chatTemplates.map(({ id }) => id)),
    );
  });

  it.each(chatTemplates.map(({ id }) => id))('%s writes and marks what transformers does', (id) => {
    const template = templateOf(id);
    for (const { conversation: name, refused, sha256, spans } of reference.rendered.filter(
      ({ template: of }) => of === id,
    )) {
      const { messages, tools } = conversationOf(reference.conversations[name] as unknown as Json);
      const render = () => template.render({ messages, tools, add_generation_prompt: false, variables: {} });
      if (refused || partsOnly.has(id)) {
        expect(render, name).toThrow(/refused the row/);
        continue;
      }
      const got = render();
      expect(
        got.spans?.map(({ start, end }) => [start, end]),
        name,
      ).toEqual(spans);
      expect(createHash('sha256').update(got.text).digest('hex'), name).toBe(sha256);
    }
  });
});
