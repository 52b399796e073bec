import { describe, expect, it } from 'vitest';
import { chatTemplate } from '../../../../src/main/dataset/render/chat-template.js';

const render = (template: string, content = 'hi') =>
  chatTemplate(template).render({
    messages: [{ role: 'user', content }],
    tools: null,
    add_generation_prompt: false,
    variables: {},
  }).text;

const doubled = (start: string, twice: string) =>
  `{% set n = namespace(v=${start}) %}{% for i in range(30) %}{% set n.v = ${twice} %}{% endfor %}`;
const spaces = [...Array(30).keys()];

describe('a template that makes more than memory holds', () => {
  it.each([
    ['texts that double', `${doubled("'x'", 'n.v ~ n.v')}{{ n.v|length }}`],
    ['lists that double', `${doubled('[1]', 'n.v + n.v')}{{ n.v|length }}`],
    ['characters as a list', `${doubled("'x'", 'n.v ~ n.v')}{{ n.v.split('')|length }}`],
    ['lists of the same list', `${doubled('[1]', '[n.v, n.v]')}{{ n.v|tojson }}`],
    [
      'namespaces of the same namespace',
      `${spaces.map((i) => `{% set s${i} = namespace(v=1) %}`).join('')}${spaces
        .slice(1)
        .reverse()
        .map((i) => `{% set s${i}.a = s${i - 1} %}{% set s${i}.b = s${i - 1} %}`)
        .join('')}{{ [s29] }}`,
    ],
    ['a namespace of itself', '{% set n = namespace(v=1) %}{% set n.v = n %}{{ n }}'],
  ])('is refused: %s', (_, template) => {
    expect(() => render(template)).toThrow(expect.objectContaining({ code: 'template_failed' }));
  });

  it('is none that looks at a long message often', () => {
    const content = 'word '.repeat(400_000);
    const often = '{% for i in range(30) %}{{ messages[0].content|trim|length }} {% endfor %}{{ messages[0].content }}';
    expect(render(often, content).length).toBeGreaterThan(content.length);
  });
});
