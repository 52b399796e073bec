import { describe, expect, it } from 'vitest';
import { redactor } from '../support.js';

const redact = redactor();
const shown = (text: string, by = redact) => by.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');

describe('numbers beside numbers', () => {
  it.each([
    'Order number 4602 2085 5194 4505 shipped',
    'Order number 4732 0012 6022 6702 shipped',
    'Reference DE00675039600552362438 booked',
    'parent 86F782FC-8D33-4249-AE19-0BB953CB1A1D',
    '[[0.78090, -0.59277], [1.11748, 0.30228]]',
  ])('are longer numbers, or none: %s', (text) => expect(shown(text)).toBe(text));
});

describe('phones and cards that are named', () => {
  it.each([
    ['Phone:\n60-56-85-91', 'Phone:\n<PHONE>'],
    ['They are not answering at 78 651 450', 'They are not answering at <PHONE>'],
    ['416 60 039 office', '<PHONE> office'],
    ['my card 180016070420458.', 'my card <CREDIT_CARD>.'],
  ])('%s', (text, expected) => expect(shown(text)).toBe(expected));

  it.each(['order 180016070420458', 'row 60-56-85-91 of it', '416 60 039 rows'])('leaves alone: %s', (text) =>
    expect(shown(text)).toBe(text),
  );
});
