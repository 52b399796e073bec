import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../../../src/main/redact/index.js';
import { exchange, redactor } from '../support.js';

const redact = redactor();
const shown = (text: string, by = redact) => by.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');

describe('what keys say of a person', () => {
  it.each([
    ['{"dob":"1984-03-07"}', '{"dob":"<DATE_OF_BIRTH>"}'],
    ['{"dob":"28.01.1967"}', '{"dob":"<DATE_OF_BIRTH>"}'],
    ['{"ssn":"536228726"}', '{"ssn":"<SSN>"}'],
    ['{"ssn":536228726}', '{"ssn":"<SSN>"}'],
    ['{"passport_number":"751988237"}', '{"passport_number":"<PASSPORT>"}'],
    ['{"driversLicense":"D1234567"}', '{"driversLicense":"<DRIVING_LICENCE>"}'],
    ['{"mrn":"P8416425"}', '{"mrn":"<HEALTH_ID>"}'],
    ['{"nhs_number":"9434765919"}', '{"nhs_number":"<NATIONAL_ID>"}'],
    ['{"mobile":"3079164181"}', '{"mobile":"<PHONE>"}'],
    ['{"first_name":"Mireille","last_name":"O’Neil"}', '{"first_name":"<PERSON>","last_name":"<PERSON>"}'],
    ['{"street":"Lange Gasse 12","zip":"89073"}', '{"street":"<ADDRESS>","zip":"<ADDRESS>"}'],
    ['{"a":"{\\"dob\\":\\"1984-03-07\\"}"}', '{"a":"{\\"dob\\":\\"<DATE_OF_BIRTH>\\"}"}'],
  ])('%s', (text, expected) => expect(shown(text)).toBe(expected));

  it.each([
    '{"dob":"string","passport_number":"required","first_name":"string"}',
    '{"phone":"E.164 phone number","ssn":"^[0-9-]+$"}',
    '{"name":"run","address":"0.0.0.0","mobile":true,"fax":null,"zip":"yes"}',
    '{"first_name":{"type":"string","description":"First name of the customer"}}',
  ])('leaves alone: %s', (text) => expect(shown(text)).toBe(text));

  it('is the policy’s to decide', () => {
    const own = redactor({ policy: loadPolicy({ personal: { HEALTH_ID: ['chartno'] } }) });
    expect(shown('{"chart_no":"99123","dob":"1984-03-07"}', own)).toBe('{"chart_no":"<HEALTH_ID>","dob":"1984-03-07"}');
  });

  it('counts in forms, queries and headers', () => {
    const out = redact.exchange(
      exchange({
        url: 'https://api.example.com/v2/people?dob=1984-03-07&page=2',
        requestHeaders: [['x-passport-number', '751988237']],
        request: { kind: 'form', text: 'step=2&drivers_license=D1234567' },
      }),
    );
    expect(out.url).toMatch(/\?dob=<DATE_OF_BIRTH_[0-9a-f]{8}>&page=2$/);
    expect(out.request.headers[0]?.[1]).toMatch(/^<PASSPORT_/);
    expect(out.request.body).toMatchObject({
      text: expect.stringMatching(/^step=2&drivers_license=<DRIVING_LICENCE_/),
    });
  });
});

describe('a secret under a key that holds JSON or base64', () => {
  it.each([
    '{"token":"{\\"620020\\":-394416439,\\"telephone\\":\\"+49 30 4244 0601\\"}"}',
    `{"cookie":"${btoa(`-----BEGIN PRIVATE ${'KEY'}-----\n${'lLkwsLgZqfwAoDPp7MLZLPd2'.repeat(2)}\n-----END PRIVATE ${'KEY'}-----`)}"}`,
    '{"token":"\\"id;phone_number\\\\n1;+91 90991 09444\\\\n\\""}',
  ])('is the same when redacted again: %s', (text) => {
    const once = redact.text(text).text;
    expect(once).not.toBe(text);
    expect(redact.text(once).text).toBe(once);
  });
});
