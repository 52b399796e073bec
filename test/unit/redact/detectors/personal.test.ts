import { describe, expect, it } from 'vitest';
import { redactor } from '../support.js';

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
