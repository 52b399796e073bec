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
const grown = (start: string, times: number) =>
  `{% set n = namespace(v=${start}) %}{% for i in range(${times}) %}{% set n.v = n.v ~ n.v %}{% endfor %}`;
const megabyte = grown("'x'", 20);
const ys = 'y'.repeat(1000);
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

  // What these would make is longer than any text: where it is made, that is what is said.
  it.each([
    ['indent', String.raw`{{ "a\nb\nc"|indent(600000000) }}`],
    ['indent by name, of a block', '{% filter indent(first=true, width=600000000) %}a{% endfilter %}'],
    ['indent with a list of arguments', String.raw`{% set n = [600000000] %}{{ "a\nb"|indent(*n) }}`],
    ['tojson, one step in', '{{ [[1]]|tojson(indent=600000000) }}'],
    ['tojson, between entries', `${megabyte}{{ range(1000)|tojson(separators=(n.v, n.v)) }}`],
    ['tojson, escapes', `${grown(String.raw`'\x00'`, 21)}{{ n.v|tojson }}`],
    ['join', `${megabyte}{{ range(1000)|join(n.v) }}`],
    ['join of a text', `${megabyte}{{ '${ys}'|join(separator=n.v) }}`],
    ['replace as a filter', `${megabyte}{{ '${ys}'|replace('y', n.v) }}`],
    ['replace as a method, under another name', `${megabyte}{% set r = '${ys}'.replace %}{{ r('', n.v) }}`],
    ['split', `${grown("'x.'", 20)}{{ n.v.split('.')|length }}`],
    ['lists that are written often', `${megabyte}{% set l = [n.v] %}{% for i in range(600) %}{{ l }}{% endfor %}`],
  ])('is refused before one piece of it is made: %s', (_, template) => {
    expect(() => render(template)).toThrow(/more text of the row than a template may/);
  });

  it('is none that calls these for as much as models need', () => {
    const template = `{{ messages[0].content|indent(2, true) }}|{{ [1, {'a': 'b'}]|tojson(indent=2) }}|{{ ['a', 'b']|join(', ') }}|{{
      'abcabc'|replace('b', '--', 1) }}|{{ 'abcabc'.replace('b', '--', count=1) }}|{{ 'a b'.split()|join('+') }}|{%
      filter indent(width=3, first=true) %}x{% endfilter %}|{{ 'a\nb'|indent(*[+1]) }}|{{ [1, 'x']|string }}`;
    expect(render(template, 'p\nq')).toBe(
      '  p\n  q|[\n  1,\n  {\n    "a": "b"\n  }\n]|a, b|a--cabc|a--cabc|a+b|   x|a\n b|[1, "x"]',
    );
  });

  it('is none that looks at a long message often', () => {
    const content = 'word '.repeat(400_000);
    const often = '{% for i in range(30) %}{{ messages[0].content|trim|length }} {% endfor %}{{ messages[0].content }}';
    expect(render(often, content).length).toBeGreaterThan(content.length);
  });
});
