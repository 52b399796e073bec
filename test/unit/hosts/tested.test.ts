import { describe, expect, it } from 'vitest';
import { allPassed, repeatOf } from '../../../src/main/hosts/commands/qa.js';
import { printable } from '../../../src/main/hosts/printable.js';

describe('sluice qa', () => {
  it('ends well where every run passed, also those that the job does not name', () => {
    expect(allPassed({ verdicts: { passed: 3 } })).toBe(true);
    expect(allPassed({ verdicts: {} })).toBe(false);
    expect(allPassed({ verdicts: { passed: 1000, failed: 1 } })).toBe(false);
    expect(allPassed({ verdicts: { passed: 1, none: 1 } })).toBe(false);
  });

  it('takes of --repeat two whole numbers from 1 on', () => {
    expect(repeatOf('2,3')).toEqual({ base: 2, fixed: 3 });
    expect(repeatOf(' 1 , 20')).toEqual({ base: 1, fixed: 20 });
    for (const text of ['', '2', '2,', ',3', '2,3,4', '0,3', '-1,3', '1.5,3', '2;3', 'two,3', 'Infinity,1', '1e400,2'])
      expect(() => repeatOf(text), text).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('shows what tests wrote without letting them move the cursor or fill the clipboard', () => {
    expect(printable('a\u001b]52;c;aGk=\u0007b\u009b2Jc\r\td')).toBe('a\\x1b]52;c;aGk=\\x07b\\x9b2Jc\\x0d\td');
  });
});
