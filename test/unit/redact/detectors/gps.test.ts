import { describe, expect, it } from 'vitest';
import { redactor } from '../support.js';

const redact = redactor();
const shown = (text: string) => redact.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');

describe('places on earth', () => {
  it.each([
    ['at 48.40841, 9.99155 now', 'at <GPS> now'],
    ['"lat": 48.40841, "lng": 9.99155', '"lat": "<GPS>", "lng": "<GPS>"'],
    ['48°24′30.3″N 9°59′29.6″E', '<GPS>'],
  ])('%s', (text, expected) => expect(shown(text)).toBe(expected));

  it.each(['[0.12345, 0.23456, 0.34567, 0.45678]', 'took 12.3456, 200.1234 ms', 'version 1.2345.6, 7.8901.2'])(
    'leaves alone: %s',
    (text) => expect(shown(text)).not.toContain('GPS'),
  );
});
