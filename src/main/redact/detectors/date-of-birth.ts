import { namedValue } from './named-value.js';

const month =
  '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|januar|februar|märz|mai|juni|juli|okt|dez)[\\p{L}]{0,8}\\.?';
const date = [
  '(?:19|20)\\d{2}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\\d|3[01])',
  '(?:0?[1-9]|[12]\\d|3[01])[-/.](?:0?[1-9]|[12]\\d|3[01])[-/.](?:(?:19|20)\\d{2}|\\d{2})',
  `(?:0?[1-9]|[12]\\d|3[01])(?:st|nd|rd|th)?[ .]{1,2}(?:of )?${month}[ ,]{1,2}(?:19|20)\\d{2}`,
  `${month} (?:0?[1-9]|[12]\\d|3[01])(?:st|nd|rd|th)?,? (?:19|20)\\d{2}`,
].join('|');

/** Dates of birth: any usual form of a date after a word that says so; other dates are nobody's. */
export const dateOfBirthDetector = namedValue({
  id: 'date-of-birth',
  entity: 'DATE_OF_BIRTH',
  anchors: [
    'date of birth',
    'date_of_birth',
    'dateofbirth',
    'date-of-birth',
    'dob',
    'd.o.b',
    'born',
    'birth',
    'geboren',
    'geburtsdatum',
    'naissance',
    'nacimiento',
    'nascita',
  ],
  words:
    'date[ _-]?of[ _-]?birth|d\\.?o\\.?b\\.?|born(?: on)?|birth[ _-]?(?:day|date)|geboren(?: am)?|geburtsdatum|naissance|nacimiento|nascita',
  value: date,
});
