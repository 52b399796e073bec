import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderRow, templateOf } from '../../../../src/main/dataset/render/index.js';
import type { Json } from '../../../../src/shared/model/index.js';

/** One token a character: sums are easy to see. */
const counter = { name: 'characters', count: (text: string) => text.length };
const chatml =
  '{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';
const tagged =
  "{% for m in messages %}{% if m.role == 'assistant' %}[A]{% generation %}{{ m.content }}[/A]{% endgeneration %}{% else %}[U]{{ m.content }}[/U]{% endif %}{% endfor %}";

const talk = [
  { role: 'user', content: 'one' },
  { role: 'assistant', content: 'two' },
  { role: 'user', content: 'three' },
  { role: 'assistant', content: 'four' },
];
const learned = (row: Json, template: string, side?: 'chosen' | 'rejected') =>
  renderRow(row, templateOf(template), { counter, ...(side ? { side } : {}) })
    .segments.filter(({ trained }) => trained)
    .map(({ text }) => text);

describe('a rendered row', () => {
  it('marks each answer by what it adds, where the template has no tags', () => {
    const { basis, problems, segments, tokens } = renderRow({ messages: talk }, templateOf(chatml), { counter });
    expect({ basis, problems }).toEqual({ basis: 'prefix', problems: [] });
    expect(segments.filter(({ trained }) => trained).map(({ text }) => text)).toEqual([
      'two<|im_end|>\n',
      'four<|im_end|>\n',
    ]);
    expect(tokens).toEqual({
      tokenizer: 'characters',
      total: segments.map(({ text }) => text).join('').length,
      trained: 'two<|im_end|>\nfour<|im_end|>\n'.length,
    });
  });

  it('marks by the template’s tags where it has them', () => {
    expect(learned({ messages: talk }, tagged)).toEqual(['two[/A]', 'four[/A]']);
  });

  it.each([
    ['train', false],
    ['loss', false],
    ['loss_weight', 0],
    ['weight', 0],
  ])('leaves out a turn whose %s is %s', (field, value) => {
    const messages = talk.map((message, index) => (index === 1 ? { ...message, [field]: value } : message));
    expect(learned({ messages }, tagged)).toEqual(['four[/A]']);
    expect(learned({ messages }, chatml)).toEqual(['four<|im_end|>\n']);
  });

  it('learns the completion of a prompt alone, and the side asked for', () => {
    const prompt = talk.slice(0, 3);
    expect(learned({ prompt, completion: talk.slice(3) }, tagged)).toEqual(['four[/A]']);
    const pair = { prompt, chosen: [talk[3] as Json], rejected: [{ role: 'assistant', content: 'five' }] };
    expect(learned(pair, tagged)).toEqual(['four[/A]']);
    expect(learned(pair, tagged, 'rejected')).toEqual(['five[/A]']);
    expect(learned({ prompt: 'one', completion: 'two' }, chatml)).toEqual(['two<|im_end|>\n']);
  });

  it('reads ShareGPT’s names', () => {
    const conversations = [
      { from: 'human', value: 'one' },
      { from: 'gpt', value: 'two' },
    ];
    expect(learned({ conversations }, tagged)).toEqual(['two[/A]']);
  });

  it.each([
    ['nothing', { messages: talk.slice(0, 1) }, 'mask_empty'],
    ['an excluded answer alone', { messages: [talk[0], { ...talk[1], train: false }] as Json }, 'mask_empty'],
  ])('says that %s would be learned', (_, row, code) => {
    expect(renderRow(row as Json, templateOf(chatml), { counter }).problems.map((problem) => problem.code)).toEqual([
      code,
    ]);
  });

  it('says that everything would be learned', () => {
    const { problems } = renderRow(
      { messages: talk },
      templateOf('{% generation %}{{ messages[1].content }}{% endgeneration %}'),
      {
        counter,
      },
    );
    expect(problems.filter(({ level }) => level === 'error').map(({ code }) => code)).toContain('mask_full');
  });

  it('says where a later message changes how earlier ones are written', () => {
    const last = '{% for m in messages %}{{ m.role }}{% if loop.last %}!{% endif %}:{{ m.content }};{% endfor %}';
    expect(renderRow({ messages: talk }, templateOf(last), { counter }).problems).toContainEqual(
      expect.objectContaining({ code: 'prefix_unstable', level: 'error' }),
    );
  });

  it('says where tags leave an answer out', () => {
    const onlyLast =
      '{% for m in messages %}[{{ m.role }}]{% if loop.last %}{% generation %}{{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}';
    expect(renderRow({ messages: talk }, templateOf(onlyLast), { counter }).problems).toContainEqual(
      expect.objectContaining({ code: 'tags_differ' }),
    );
  });

  it('never takes characters of the row for marks', () => {
    const content = fc.string({ unit: fc.constantFrom('\ue000', '\ue001', '\uf8ff', 'a', '{%', '\n') });
    fc.assert(
      fc.property(content, content, (asked, answered) => {
        const row = {
          messages: [
            { role: 'user', content: asked },
            { role: 'assistant', content: answered },
          ],
        };
        const { segments } = renderRow(row, templateOf(tagged), { counter });
        expect(segments).toEqual([
          { text: `[U]${asked}[/U][A]`, trained: false },
          { text: `${answered}[/A]`, trained: true },
        ]);
      }),
    );
  });

  it.each([
    ['{% for %}', 'template_invalid'],
    ['{{ messages | no_such_filter }}', 'template_failed'],
    ["{{ raise_exception('Only two roles') }}", 'template_failed'],
    ['{% for i in range(100000000) %}x{% endfor %}', 'template_failed'],
  ])('refuses the template %s', (template, code) => {
    expect(() => renderRow({ messages: talk }, templateOf(template), { counter })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it.each([[1], [{ text: 'x' }], [{ messages: ['x'] }], [{ messages: [{ content: 'x' }] }], [{ prompt: 'a' }]])(
    'refuses a row without a conversation: %j',
    (row) => {
      expect(() => renderRow(row as Json, templateOf(chatml), { counter })).toThrow(
        expect.objectContaining({ code: 'row_unreadable' }),
      );
    },
  );

  it('strips what it is told to, as Python does', () => {
    const { segments } = renderRow(
      {
        messages: [
          { role: 'user', content: '\n\n  x\n' },
          { role: 'assistant', content: 'xxaxx' },
        ],
      },
      templateOf("{% for m in messages %}{{ m.content.lstrip('\\n') }}|{{ m.content.strip('x') }};{% endfor %}"),
      { counter },
    );
    expect(segments.map(({ text }) => text).join('')).toBe('  x\n|\n\n  x\n;xxaxx|a;');
  });
});
