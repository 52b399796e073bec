import { describe, expect, it } from 'vitest';
import { redactor } from '../support.js';
import { found } from './support.js';

describe('people in prose', () => {
  it.each([
    ['My name is Siiri', ['Siiri']],
    ['Please ask Jane Roe about the invoice.', ['Jane Roe']],
    ['The meeting with Jürgen von der Heide was moved.', ['Jürgen von der Heide']],
    ["I'm Naomi Ryan, and I'm happy to help.", ['Naomi Ryan']],
    ['Mr. Leiva called again this morning.', ['Leiva']],
    ['Dear Krisztián,\nthank you for your letter.', ['Krisztián']],
    ['Yesterday Patrick O’Brien met Ana-Maria Sousa at lunch.', ['Patrick O’Brien', 'Ana-Maria Sousa']],
    ['Author: Matej Albin <matej.albin@example.org>', ['Matej Albin']],
    ["It was my brother Lukas who paid, and his wife's name is Grace.", ['Lukas', 'Grace']],
    ['They were six: Gaetane, Hannah, Anthony and Anna.', ['Gaetane', 'Hannah', 'Anthony', 'Anna']],
    ['my name is lena andersson and i have lost my card', ['lena andersson']],
  ])('%s', (text, names) => expect(found(text, 'PERSON')).toEqual(names));

  it('finds the parts of a sure name again', () => {
    const text = 'My name is Usha Murthy. When you call, ask for Usha; Murthy is on the door.';
    expect(found(text, 'PERSON')).toEqual(['Usha Murthy', 'Usha', 'Murthy']);
  });

  it('gives one person one pseudonym in an exchange of any length', () => {
    const { text } = redactor().text('Jane Roe wrote to Hannah Schmidt. Later Hannah Schmidt wrote to Jane Roe.');
    const [a, b, c, d] = text.match(/<PERSON_[0-9a-f]{8}>/g) ?? [];
    expect([a, b]).toEqual([d, c]);
    expect(a).not.toBe(b);
  });
});

describe('nobody', () => {
  it.each([
    ['models and products', 'Claude and Gemini are models; Julia, Ruby and Crystal are languages, Jenkins builds.'],
    ['days and months', 'We ship on Monday, May 5, or in August at the latest; April is too early.'],
    ['class names', 'The SessionStore is closed by UserService before AccountManager reads it.'],
    ['imports', "import { Jane } from './jane.js';\nfrom Grace import Hopper\nconst Marie = new Curie();"],
    ['headings', '# Martin Fowler\n\n## Jane Roe'],
    ['fenced code', '```\nJane Roe wrote this\n```'],
    ['inline code', 'Set `Jane Roe` as the value.'],
    ['a stack trace', 'Error: Bad\n    at Frank.next (/app/Maria.js:1:2)\n    at Object.Jane [as Roe]'],
    ['keys that name things', "{ name: 'Breadcrumbs', label: 'Mark' } and name: 'HMAC' in the config file"],
    ['words with a capital', 'Will it work? Mark it as done. Grant access, then Drew said so. Chase the flaky test.'],
    ['licences', 'THE SOFTWARE IS PROVIDED "AS IS", INCLUDING BUT NOT LIMITED TO THE WARRANTIES'],
    ['methods', 'Bayes, Dijkstra and Markov are in the docs of the library; Gauss too.'],
  ])('%s', (_name, text) => expect(found(text, 'PERSON')).toEqual([]));
});
