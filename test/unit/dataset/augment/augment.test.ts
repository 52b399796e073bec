import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AugmenterSource } from '../../../../src/main/dataset/augment/augmenter.js';
import { augmenters, derive } from '../../../../src/main/dataset/augment/index.js';
import { misfit } from '../../../../src/main/dataset/augment/tool-schema.js';
import type { Example } from '../../../../src/main/dataset/examples/example.js';
import { dice } from '../../../../src/main/ground/dice.js';
import { faults } from '../../../../src/shared/faults/index.js';
import type { AugmenterId, Call, Expansion, Json, Step, ToolCall, Trace } from '../../../../src/shared/model/index.js';
import { testCall, testId, testTrace } from '../../../support/traces.js';

const callId = testId(2, 1);
const readFile: Call['tools_offered'][number] = {
  name: 'read_file',
  parameters: {
    type: 'object',
    properties: { path: { type: 'string' }, lines: { type: 'integer', maximum: 500 } },
    required: ['path'],
    additionalProperties: false,
  },
};

function example(given: Json, fields: Partial<Trace> = {}, more: Partial<Example> = {}): Example {
  const tool: ToolCall = {
    tool_call_id: 'c1',
    trace_id: testId(1, 1),
    call_id: callId,
    step_id: null,
    name: 'read_file',
    arguments: given,
    result: 'class TokenParser {}',
    status: 'ok',
    timestamp: '2026-11-21T09:30:00.000Z',
    duration_ms: 40,
    metadata: {},
  };
  const call = testCall({ call_id: callId, tools_offered: [readFile, { name: 'bash' }] });
  return {
    trace: testTrace({ trace_id: testId(1, 1), calls: [call], tool_calls: [tool], ...fields }),
    call,
    messages: [
      { role: 'system', parts: [{ type: 'text', text: 'Be careful.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'What does the Parser do, and PARSER_MODE?' }] },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'read_file', arguments: given }] },
    ],
    expected: 2,
    ...more,
  };
}

const expansion: Expansion = {
  trace_id: testId(1, 1),
  call_id: callId,
  trace_revision: 1,
  reasoning: 'The parser is asked for, so I open its file.',
  profile: 'writer',
  model: 'w-1',
  prompt_version: '1',
  prompt_hash: 'a'.repeat(64),
  reduction: { rule: 'r', steps: 2, whole: 2, cut: [], left_out: [], chars: 9, chars_before: 9 },
  cost_usd: 0.001,
  created_at: '2026-11-21T09:30:00.000Z',
};

/** A store in which reasoning was written of the one call, whose answer it holds. */
function written({ messages }: Example): AugmenterSource {
  const answer = messages.at(-1) as Example['messages'][number];
  return {
    expansion: (traceId, id) => (traceId === testId(1, 1) && id === callId ? expansion : null),
    callMessages: () => ({ request: [], response: [answer] }),
  };
}

function made(id: AugmenterId, of: Example, seed = 0) {
  const examples: Example[] = [];
  const skipped: string[] = [];
  for (const item of derive(id, of, seed, written(of))) {
    if ('skipped' in item) skipped.push(item.skipped);
    else examples.push(item.example);
  }
  return { examples, skipped };
}

const parser = { path: 'src/token_parser.ts', lines: 20 };

describe('every augmenter', () => {
  it.each(Object.keys(augmenters) as AugmenterId[])(
    '%s says what it derives from and how, and does the same again',
    (id) => {
      const of = example(parser, {
        review: {
          trace_id: testId(1, 1),
          label: 'accepted',
          rating: null,
          tags: [],
          note: '',
          updated_at: null,
        },
        steps: [folder('working folder: /repo'), { ...folder('x'), step_id: testId(6, 2), seq: 2, call_id: callId }],
      });
      const { examples } = made(id, of, 3);
      expect(examples.length).toBeGreaterThan(0);
      for (const each of examples)
        expect(each.derived?.at(-1)).toMatchObject({ by: id, from: { trace_id: testId(1, 1), call_id: callId } });
      expect(made(id, of, 3).examples).toEqual(examples);
      expect(of).toEqual(example(parser, of.trace));
    },
  );
});

function folder(description: string): Step {
  return {
    step_id: testId(6, 1),
    seq: 1,
    timestamp: '2026-11-21T09:29:00.000Z',
    type: 'state_change',
    description,
    derived: true,
    data: { change: 'folder' },
  };
}

describe('scenario-variations', () => {
  it('swaps a name in every text, in the letters that it had', () => {
    const { examples } = made('scenario-variations', example(parser));
    const [of] = examples as [Example];
    const swapped = of.derived?.[0]?.details.swapped as { [from: string]: string };
    const name = swapped.parser as string;
    expect(Object.keys(swapped)).toEqual(['parser']);
    const text = JSON.stringify(of.messages);
    expect(text.toLowerCase()).not.toContain('parser');
    expect(text).toContain(`src/token_${name}.ts`);
    expect(text).toContain(`the ${name[0]?.toUpperCase()}${name.slice(1)} do`);
    expect(text).toContain(`${name.toUpperCase()}_MODE`);
  });

  it('leaves no trace of the old name, whatever was said', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('parser', 'Parser', ' ', '/', '.ts', 'x', '"') }), (words) => {
        const of = example({ path: 'lib/parser.ts' });
        const said = {
          ...of,
          messages: [
            { role: 'user' as const, parts: [{ type: 'text' as const, text: `parser ${words}` }] },
            ...of.messages,
          ],
          expected: 3,
        };
        for (const each of made('scenario-variations', said).examples)
          expect(JSON.stringify(each.messages).toLowerCase()).not.toContain('parser');
      }),
    );
  });

  it.each<[string, Json, string]>([
    ['names nothing', { path: 'src' }, 'nothing in its arguments has a name that can be swapped'],
    ['names what anybody has', { path: 'src/index.ts' }, 'nothing in its arguments has a name that can be swapped'],
  ])('makes nothing of arguments that %s', (_, given, reason) => {
    expect(made('scenario-variations', example(given))).toEqual({ examples: [], skipped: [reason] });
  });

  it('makes nothing that a tool would not take', () => {
    const of = example(parser);
    const strict = {
      ...readFile,
      parameters: { type: 'object', properties: { path: { enum: ['src/token_parser.ts'] } } },
    };
    // A schema that names the file is what the tool is, no scenery.
    const call = { ...of.call, tools_offered: [strict] };
    expect(made('scenario-variations', { ...of, call }).examples).toEqual([]);
  });
});

describe('failure-injection', () => {
  it('puts an attempt before the call that cannot be learned, and expects the call itself', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const { examples, skipped } = made('failure-injection', example(parser), seed);
      expect(skipped).toEqual([]);
      const [of] = examples as [Example];
      expect(of.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant']);
      expect([of.expected, [...(of.context_only ?? [])]]).toEqual([4, [2]]);
      expect(of.messages[4]).toEqual(example(parser).messages[2]);
      const [failing] = of.messages[2]?.parts ?? [];
      const [result] = of.messages[3]?.parts ?? [];
      if (failing?.type !== 'tool_call' || result?.type !== 'tool_result') throw new Error('no attempt');
      expect([result.tool_call_id, result.is_error]).toEqual([failing.id, true]);
      expect(failing.id).not.toBe('c1');
    }
  });

  it('reaches every kind of fault', () => {
    const seen = new Set<unknown>();
    for (let seed = 0; seed < 200; seed += 1)
      seen.add(made('failure-injection', example(parser), seed).examples[0]?.derived?.[0]?.details.fault);
    expect(seen).toEqual(new Set(faults.map(({ id }) => id)));
  });

  it.each<[string, Example, string]>([
    [
      'an answer in words',
      { ...example(parser), messages: [{ role: 'assistant', parts: [{ type: 'text', text: 'x' }] }], expected: 0 },
      'the expected output is not one tool call',
    ],
    ['a call that failed', example(parser, { tool_calls: [] }), 'the expected tool call did not work itself'],
  ])('makes nothing of %s', (_, of, reason) => {
    expect(made('failure-injection', of)).toEqual({ examples: [], skipped: [reason] });
  });
});

describe('faults', () => {
  it('misspell a path by two letters, and never leave it as it is', () => {
    const fault = faults.find(({ id }) => id === 'wrong-name');
    for (let seed = 0; seed < 50; seed += 1) {
      const attempt = fault?.attempt('read_file', { path: 'src/parse.ts' }, dice(seed));
      const { path } = (attempt?.arguments ?? {}) as { path: string };
      expect([...path].sort()).toEqual([...'src/parse.ts'].sort());
      expect(path).not.toBe('src/parse.ts');
      expect(attempt?.result).toContain(path);
    }
    expect(fault?.attempt('bash', { command: 'ls' }, dice(1))).toBeNull();
    expect(fault?.attempt('x', { path: 'aaaa.ts' }, dice(1))).toBeNull();
  });

  it('leave out a field that the tool needs', () => {
    const fault = faults.find(({ id }) => id === 'missing-argument');
    const attempt = fault?.attempt('read_file', { path: 'a' }, dice(1));
    expect(attempt).toEqual({ arguments: {}, result: 'Error: invalid arguments for read_file: "path" is required' });
    expect(misfit(example(parser), 'read_file', attempt?.arguments ?? null)).toMatch(/path/);
    expect(fault?.attempt('read_file', {}, dice(1))).toBeNull();
  });
});

describe('annotations', () => {
  it('say how it ended, by whoever knows best', () => {
    const review = (label: 'accepted' | 'rejected') => ({
      trace_id: testId(1, 1),
      label,
      rating: null,
      tags: [],
      note: '',
      updated_at: null,
    });
    const outcome = (fields: Partial<Trace>) => made('outcome-annotation', example(parser, fields)).examples[0];
    expect(outcome({ review: review('rejected'), qa_results: { tests_passed: true } })).toMatchObject({
      label: false,
      derived: [{ details: { outcome: { source: 'review' } } }],
    });
    expect(outcome({ qa_results: { tests_passed: false } })).toMatchObject({ label: false });
    expect(outcome({})?.derived?.[0]?.details).toEqual({
      outcome: { success: true, reason: 'every tool that was asked for worked', source: 'tools' },
    });
    expect(
      made('outcome-annotation', example(parser, { tool_calls: [], completion_status: 'running' })).skipped,
    ).toEqual(['nothing says whether it worked']);
  });

  it('say what it took', () => {
    expect(made('performance-metrics', example(parser)).examples[0]?.derived?.[0]?.details).toEqual({
      performance: {
        duration_ms: 1200,
        ttft_ms: 300,
        cost_usd: 0.001,
        usage: { input_tokens: 100, output_tokens: 20 },
        tools_ms: 40,
      },
    });
  });

  it('add what held at that moment, and not what came later', () => {
    const later = { ...folder('working folder: /later'), step_id: testId(6, 3), seq: 3 };
    const own: Step = { ...folder('x'), step_id: testId(6, 2), seq: 2, call_id: callId };
    const of = example(parser, { steps: [folder('working folder: /repo'), own, later] });
    const [enriched] = made('context-enrichment', of).examples;
    expect(enriched?.messages[0]?.parts).toEqual([
      { type: 'text', text: 'Be careful.' },
      { type: 'text', text: '\n\nCurrent state:\n- folder: working folder: /repo' },
    ]);
    expect(enriched?.expected).toBe(2);
    expect(made('context-enrichment', example(parser)).skipped).toEqual(['nothing more is known of its context']);
  });

  it('count what makes it hard', () => {
    const level = (of: Example) => made('difficulty-levels', of).examples[0]?.derived?.[0]?.details.level;
    expect(level(example(parser))).toBe(1);
    const wide = { path: 'a', b: 1, c: 2, d: 3 };
    const many = Array.from({ length: 9 }, (_, index) => ({ name: `tool_${index}` }));
    expect(level(example(wide, {}, { call: testCall({ call_id: callId, tools_offered: many }) }))).toBe(3);
  });
});

describe('edge-cases', () => {
  it('add tools that do not help, or leave the needed ones, and the expected output stays', () => {
    const [among, alone] = made('edge-cases', example(parser)).examples as [Example, Example];
    expect(among.call.tools_offered.map(({ name }) => name).sort()).toEqual(
      ['bash', 'convert_currency', 'get_moon_phase', 'play_sound', 'read_file'].sort(),
    );
    expect(alone.call.tools_offered).toEqual([readFile]);
    for (const each of [among, alone]) expect(each.messages).toEqual(example(parser).messages);
  });
});

describe('reasoning-expansion', () => {
  const of = example(parser);
  const derivedOf = (from: Example, source: AugmenterSource) => [...derive('reasoning-expansion', from, 0, source)];
  const skipped = (reason: string) => [{ skipped: expect.stringContaining(reason) }];

  it('puts what is stored before what was said, in the place of its own, and says whose it is', () => {
    const [before, answer] = [of.messages.slice(0, -1), of.messages.at(-1) as Example['messages'][number]];
    const own = { ...answer, parts: [{ type: 'reasoning' as const, text: 'Hm.' }, ...answer.parts] };
    for (const [last, how] of [
      [answer, 'before what was said'],
      [own, 'in the place of its own'],
    ] as const) {
      const { examples } = made('reasoning-expansion', { ...of, messages: [...before, last] });
      expect(examples).toHaveLength(1);
      expect(examples[0]?.messages).toEqual([
        ...before,
        { ...answer, parts: [{ type: 'reasoning', text: expansion.reasoning }, ...answer.parts] },
      ]);
      expect(examples[0]?.derived).toEqual([
        {
          by: 'reasoning-expansion',
          from: { trace_id: testId(1, 1), call_id: callId },
          how: expect.stringContaining(how),
          details: { profile: 'writer', model: 'w-1', prompt_hash: expansion.prompt_hash },
        },
      ]);
    }
    expect(augmenters['reasoning-expansion'].kind).toBe('made');
  });

  it('makes nothing where none is stored, of another answer than the model was shown, nor beside a worse one', () => {
    const source = written(of);
    expect(derivedOf(of, { ...source, expansion: () => null })).toEqual(
      skipped('no reasoning was written of this call: sluice expand'),
    );
    const corrected = { ...of, messages: [...of.messages.slice(0, -1), { role: 'assistant' as const, parts: [] }] };
    expect(derivedOf(corrected, source)).toEqual(skipped('another answer'));
    expect(derivedOf({ ...of, rejected: of.messages.slice(-1) }, source)).toEqual(skipped('the worse answer'));
  });
});
