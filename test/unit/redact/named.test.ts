import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../../src/main/redact/index.js';
import { characters, exchange, redactor } from './support.js';

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

describe('what columns say', () => {
  const password = ['Tr0ub', '4dor'].join('');
  it.each([
    [`id,password,state\n1,${password},open\n`, 'id,password,state\n1,<PASSWORD>,open\n'],
    [`id;"password"\n1;"${password}"\n2;\n`, 'id;"password"\n1;"<PASSWORD>"\n2;\n'],
    ['id\tdob\r\n1\t1984-03-07\r\n', 'id\tdob\r\n1\t<DATE_OF_BIRTH>\r\n'],
    ['see:\nid,mrn\n7,P8416425\n\nend', 'see:\nid,mrn\n7,<HEALTH_ID>\n\nend'],
    ['| id | dob |\n|---|---|\n| 1 | 1984-03-07 |\n', '| id | dob |\n|---|---|\n| 1 | <DATE_OF_BIRTH> |\n'],
    ['id,first_name\n1,"Roe, ""J"" Jane"\n2,Ana\n', 'id,first_name\n1,"Roe, ""J"" Jane"\n2,<PERSON>\n'],
  ])('%j', (text, expected) => expect(shown(text)).toBe(expected));

  it.each([
    'username, password\nplease, now\n',
    'import {\n  password,\n  token,\n} from "x";\n',
    '| password | state |\n| a | b |\n',
    'id,dob\n1,2,3\n',
  ])('leaves alone: %j', (text) => expect(shown(text)).toBe(text));
});

describe('what vendors’ names say', () => {
  const hex = characters('hex', 40);
  const lower = characters('hex', 32);
  it.each([
    [`MERAKI_DASHBOARD=${hex}`, 'MERAKI_DASHBOARD=<SECRET>'],
    [`{"algolia_admin":"${lower}"}`, '{"algolia_admin":"<SECRET>"}'],
    [`algolia_admin: "${lower}"`, 'algolia_admin: "<SECRET>"'],
    [`./deploy --algolia-admin ${lower} -f`, './deploy --algolia-admin <SECRET> -f'],
  ])('%s', (text, expected) => expect(shown(text)).toBe(expected));

  it.each([
    `SENTRY_RELEASE_HASH=${characters('hex', 64)}`,
    `cloudflare commit ${hex.slice(0, 39)}`,
    `algolia: ${lower.slice(0, 31)}`,
    'heroku create my-app',
  ])('leaves alone: %s', (text) => expect(shown(text)).toBe(text));
});

describe('checksums of tokens', () => {
  const confidence = (text: string) => redact.spans(text).findings[0]?.confidence;

  it('pass to certain, fail to low', () => {
    // CRC-32 of thirty zeros is c30f5e8f: in base 62, six characters.
    const body = '0'.repeat(30);
    let crc = 0xffffffff;
    for (const letter of body) {
      crc ^= letter.charCodeAt(0);
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    let rest = (crc ^ 0xffffffff) >>> 0;
    let suffix = '';
    for (let i = 0; i < 6; i++) {
      suffix = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.charAt(rest % 62) + suffix;
      rest = Math.floor(rest / 62);
    }
    expect(confidence(`ghp_${body}${suffix}`)).toBe(1);
    expect(confidence(`ghp_${body}${suffix.slice(0, -1)}${suffix.endsWith('0') ? '1' : '0'}`)).toBe(0.7);
  });
});

describe('web addresses', () => {
  const all = redactor({ policy: loadPolicy({ actions: { URL: 'pseudonym' } }) });

  it('stay unless the policy says otherwise', () => {
    const text = 'see https://www.Smellology.be/ and www.wvlyxc.com/x?y=1.';
    expect(redact.text(text)).toEqual({ text, findings: [] });
    expect(shown(text, all)).toBe('see <URL> and <URL>.');
    expect(shown('(http://stellar.es/a_(b))', all)).toBe('(<URL>)');
    expect(shown('http://localhost:3000/x and https://example.com', all)).toBe(
      'http://localhost:3000/x and https://example.com',
    );
  });

  it('yield to what is more exact in them', () => {
    const key = `sk-${characters('base62', 48)}`;
    expect(shown(`https://host.dev/a?k=${key}`, all)).toContain('<API_KEY>');
  });
});

describe('passwords of commands and files', () => {
  const password = ['Hunter', '22x'].join('');
  it.each([
    [`mysql -u root -p${password} db`, 'mysql -u root -p<PASSWORD> db'],
    [`sshpass -p '${password}' ssh host`, "sshpass -p '<PASSWORD>' ssh host"],
    [`machine api.dev login bob password ${password}`, 'machine api.dev login bob password <PASSWORD>'],
    [`Kennwort: ${password}`, 'Kennwort: <PASSWORD>'],
    [`{"auths":{"x.io":{"auth":"${btoa(`bob:${password}`)}"}}}`, '{"auths":{"x.io":{"auth":"<TOKEN>"}}}'],
    [`| password | ${password} |`, '| password | <PASSWORD> |'],
    [`- **password**: ${password}`, '- **password**: <PASSWORD>'],
    [`<input name="password" value="${password}">`, '<input name="password" value="<PASSWORD>">'],
    [`the client_secret is ${characters('base62', 32)}.`, 'the client_secret is <SECRET>.'],
  ])('%s', (text, expected) => expect(shown(text)).toBe(expected));

  it.each([
    'docker run -p 8080:80 mysql -p 3306:3306',
    'password = getpass.getpass("Password: ")',
    'props.authToken = useContext(AuthContext).token;',
    'password: !secret db_password',
    `OPENAI_API_KEY=sk-${'x'.repeat(32)}`,
    'the token is invalid, the secretKey next',
    '{"auth":"required","dependencies":{"cookie":"^0.7.1"}}',
    'function open(masterKey: Uint8Array, secretKey: Buffer) {',
  ])('leaves alone: %s', (text) => expect(shown(text)).toBe(text));
});

describe('numbers beside numbers', () => {
  it.each([
    'Order number 4602 2085 5194 4505 shipped',
    'Order number 4732 0012 6022 6702 shipped',
    'Reference DE00675039600552362438 booked',
    'parent 86F782FC-8D33-4249-AE19-0BB953CB1A1D',
    '[[0.78090, -0.59277], [1.11748, 0.30228]]',
  ])('are longer numbers, or none: %s', (text) => expect(shown(text)).toBe(text));
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
