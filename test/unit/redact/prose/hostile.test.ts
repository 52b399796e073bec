import { expect, it } from 'vitest';
import { createRedactor, entities, loadPolicy } from '../../../../src/main/redact/index.js';
import { key } from '../support.js';

const redact = createRedactor({
  policy: loadPolicy({ actions: Object.fromEntries(entities.map((entity) => [entity, 'mask'])) }),
  key,
});

/** What each of the prose detectors likes, so often that work beyond linear would not end. */
const units = [
  ...['Jane ', 'Jane, ', 'Jane\n', 'J. ', "O'", 'Aa-', 'jane roe ', 'Roe Inc ', 'St. ', '``` A ', 'Engineer\n'],
  ...['12 Elm Street\n', '1 Ab 2 Suite 1\n', 'lives at 1 ', 'corner of A and ', '20789 Allika\n', 'Norway\n12345\n'],
  ...['in 1999 ', ', the a ', ' Jan ', ': "aB3dE5gH7jK9mN1pQ4sT6vW8xY2z'],
];

it.each(units)('%j a hundred thousand characters long ends, and a second time changes nothing', (unit) => {
  const once = redact.text(unit.repeat(100_000 / unit.length)).text;
  expect(redact.text(once).text).toBe(once);
  expect(redact.warnings()).toEqual({});
});
