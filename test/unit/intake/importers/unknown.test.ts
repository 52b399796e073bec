import { expect, it } from 'vitest';
import { importerById } from '../../../../src/main/intake/importers/index.js';
import { readHead } from '../../../../src/main/intake/importers/reading/input.js';
import { likenessMessage, likenessOf } from '../../../../src/main/intake/importers/unknown.js';

const of = (bytes: string | Buffer) => likenessOf(readHead('x', Buffer.from(bytes as string)));

it.each([
  [JSON.stringify([{ title: 'Boats', mapping: { a: {} } }]), /ChatGPT/, 'openai-chat'],
  [JSON.stringify([{ uuid: 'u', name: 'Boats', chat_messages: [] }]), /Claude\.ai/, 'openai-chat'],
  [JSON.stringify({ conversations: [{ from: 'human', value: 'Row.' }] }), /ShareGPT/, 'openai-chat'],
  [JSON.stringify({ instruction: 'Row.', input: '', output: 'Rowing.' }), /Alpaca/, 'openai-chat'],
  [JSON.stringify([{ ts: 1, type: 'say', say: 'text', text: 'Row.' }]), /Cline/, 'openai-chat'],
  [JSON.stringify({ instance_id: 'boat-1', model_patch: 'diff' }), /SWE-bench/, 'swe-agent'],
  [JSON.stringify({ info: { trace_id: 't' }, data: { spans: [] } }), /MLflow/, 'otlp'],
  [JSON.stringify({ run_type: 'llm', inputs: {}, outputs: {} }), /run_type, inputs, outputs/, 'langsmith'],
  ['id,boat,crew\n1,Nixe,4\n', /CSV/, 'langfuse'],
  ['%PDF-1.7', /PDF/, null],
  ['SQLite format 3\0', /SQLite/, null],
  [
    Buffer.from('504b0304140000000000000000000000000000000000000000000b0000005b436f6e74656e745f5479', 'hex'),
    /ZIP/,
    null,
  ],
  ['<!doctype html><html></html>', /HTML/, null],
  ['Ahoy there', /text/, null],
])('says what %# looks like, and what is nearest', (file, looks, nearest) => {
  const likeness = of(file);
  expect(likeness.looks_like).toMatch(looks);
  expect(likeness.nearest).toBe(nearest);
  if (nearest === null) return;
  expect(importerById(nearest)).not.toBeNull();
  expect(likenessMessage(likeness)).toContain(`sluice import --as ${nearest} FILE`);
});
