import { describe, expect, it } from 'vitest';
import { redactor } from './support.js';

const redact = redactor();
const shown = (text: string) => redact.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');

describe('values that their words tell', () => {
  it.each([
    ['Date of birth: 1984-03-07', 'Date of birth: <DATE_OF_BIRTH>'],
    ['DOB 03/07/1984, male', 'DOB <DATE_OF_BIRTH>, male'],
    ['she was born on 7 March 1984 in Ulm', 'she was born on <DATE_OF_BIRTH> in Ulm'],
    ['born March 7, 1984.', 'born <DATE_OF_BIRTH>.'],
    ['{\\"date_of_birth\\": \\"1984-03-07\\"}', '{\\"date_of_birth\\": \\"<DATE_OF_BIRTH>\\"}'],
    ['<dob>1984-03-07</dob>', '<dob><DATE_OF_BIRTH></dob>'],
    ['passport number C01X00T47', 'passport number <PASSPORT>'],
    ['Passport no.: 563214987', 'Passport no.: <PASSPORT>'],
    ["driver's license number D123-4567-8901", "driver's license number <DRIVING_LICENCE>"],
    ['Driving licence: MORGA657054SM9IJ', 'Driving licence: <DRIVING_LICENCE>'],
    ['MRN: 00482913', 'MRN: <HEALTH_ID>'],
    ['Patient ID = P4829134', 'Patient ID = <HEALTH_ID>'],
    ['medical record number 48291-', 'medical record number <HEALTH_ID>-'],
  ])('%s', (text, expected) => expect(shown(text)).toBe(expected));

  it.each([
    'released on 2026-11-21, born ready, birthday party at 10',
    'passport.authenticate("local") and passport 2.0',
    'the driver version 470 and license MIT 2024',
    'patient in 3 of 12 cases; member id pending',
  ])('leaves alone: %s', (text) => expect(shown(text)).toBe(text));
});

describe('places on earth', () => {
  it.each([
    ['at 48.40841, 9.99155 now', 'at <GPS> now'],
    ['"lat": 48.40841, "lng": 9.99155', '"lat": <GPS>, "lng": <GPS>'],
    ['48°24′30.3″N 9°59′29.6″E', '<GPS>'],
  ])('%s', (text, expected) => expect(shown(text)).toBe(expected));

  it.each(['[0.12345, 0.23456, 0.34567, 0.45678]', 'took 12.3456, 200.1234 ms', 'version 1.2345.6, 7.8901.2'])(
    'leaves alone: %s',
    (text) => expect(shown(text)).not.toContain('GPS'),
  );
});

describe('user names in paths', () => {
  it.each([
    ['cd /home/ines.weber/src/app', 'cd /home/<USER_NAME>/src/app'],
    ['/Users/jdoe/Library', '/Users/<USER_NAME>/Library'],
    ['C:\\Users\\Jane Doe\\file.txt', 'C:\\Users\\<USER_NAME>\\file.txt'],
    ['"C:\\\\Users\\\\jdoe\\\\x"', '"C:\\\\Users\\\\<USER_NAME>\\\\x"'],
    ['file:///home/jdoe/x.md', 'file:///home/<USER_NAME>/x.md'],
    ['~/.claude/projects/-home-jdoe-src', '~/.claude/projects/-home-<USER_NAME>-src'],
  ])('%s', (text, expected) => expect(shown(text)).toBe(expected));

  it.each([
    '/home/user/app /home/runner/work /Users/Shared/x /home/ubuntu',
    'GET https://api.example.com/users/42/posts and src/home/index.tsx',
    'home/components and /usr/home',
  ])('leaves alone: %s', (text) => expect(shown(text)).toBe(text));

  it('has one pseudonym for one name, wherever the path goes', () => {
    const [first, second] = ['/home/jdoe/a', '/Users/jdoe/b'].map(
      (path) => /<[^>]+>/.exec(redact.text(path).text)?.[0],
    );
    expect(first).toBe(second);
  });
});
