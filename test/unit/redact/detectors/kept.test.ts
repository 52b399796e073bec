import { describe, expect, it } from 'vitest';
import { redactor } from '../support.js';
import { found } from './support.js';

describe('what tells who someone is only together with more', () => {
  it.each([
    ['LOCATION', 'We moved here from Kenosha, and Norway was fun to visit.', ['Kenosha', 'Norway']],
    ['LOCATION', 'I live in SEINÄJOKI near New York City.', ['SEINÄJOKI', 'New York City']],
    ['AGE', 'This 79 year old patient, aged 3 then, just turned 80.', ['79', '3', '80']],
    ['TITLE', 'Mrs. Labrie and Dr. Kuefer', ['Mrs.', 'Dr.']],
    ['TITLE', 'Marie Langrová, the bus driver, said so.', ['bus driver']],
    ['NRP', 'He is a Norwegian who lives among Greeks; i am cambodian.', ['Norwegian', 'Greeks', 'cambodian']],
    [
      'DATE_TIME',
      'On 12 March 2024, in 1977 and at 2006-04-07 09:00:27',
      ['12 March 2024', '1977', '2006-04-07 09:00:27'],
    ],
  ])('%s: %s', (entity, text, values) => expect(found(text, entity)).toEqual(values));

  it.each([
    ['LOCATION', 'Built in Python, deployed to Docker; see Section 3 in React.'],
    ['AGE', 'page 12, aged cheese, the stage is 3, max-age=3600, age: 120 minutes'],
    ['TITLE', 'drop the dr and mrs columns'],
    ['NRP', 'The European Union and American Airlines'],
    ['DATE_TIME', 'version 2024.1.3, port 8080, 1/2 of it'],
  ])('no %s in: %s', (entity, text) => expect(found(text, entity)).toEqual([]));

  it('is left alone unless a policy says otherwise', () => {
    const text = 'We live in Norway since 12 March 2024; the dog is 9 years old.';
    expect(redactor().text(text)).toEqual({ text, findings: [] });
  });
});
