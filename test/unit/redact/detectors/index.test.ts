import { describe, expect, it } from 'vitest';
import { keyFormats } from '../../../../src/main/redact/detectors/api-keys.js';
import { detectors } from '../../../../src/main/redact/detectors/index.js';
import { characters, redactor } from '../support.js';

const redact = redactor();
const at = '@';

/** The text with its placeholders' pseudonyms left out: `<EMAIL>`. */
function shown(text: string): string {
  return redact.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');
}

describe('key formats', () => {
  for (const { id, entity, prefix, chars, min } of keyFormats) {
    it(`${id}: found alone, in quotes, in an URL and after an escape; not when short or inside a word`, () => {
      const value = prefix + characters(chars, min);
      expect(shown(value)).toBe(`<${entity}>`);
      expect(shown(`x = "${value}";`)).toBe(`x = "<${entity}>";`);
      expect(shown(`say ${value}, then`)).toBe(`say <${entity}>, then`);
      expect(shown(`a\\n${value}\\nb`)).toBe(`a\\n<${entity}>\\nb`);
      expect(shown(`word${value}`)).toContain('word');
      expect(shown(`${prefix}abc`)).toBe(`${prefix}abc`);
    });
  }

  it('has unique ids', () => {
    expect(new Set(detectors.map(({ id }) => id)).size).toBe(detectors.length);
  });
});

const b62 = (length: number) => characters('base62', length);
const pem = (label: string, body: string) => `-----BEGIN ${label}-----${body}-----END ${label}-----`;
const cut = `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${b62(64)}\n${b62(30)}`;

const positives: [string, string, string][] = [
  ['bearer in a header line', `Authorization: Bearer ${b62(20)}`, 'Authorization: Bearer <TOKEN>'],
  [
    'basic in a curl command',
    `curl -H 'Authorization: Basic ${btoa('user:secret99')}'`,
    "curl -H 'Authorization: Basic <TOKEN>'",
  ],
  ['other schemes', `Authorization: Token ${b62(24)}`, 'Authorization: Token <TOKEN>'],
  ['JWT', `t=eyJ${b62(20)}.eyJ${b62(30)}.${b62(43)};`, 't=<JWT>;'],
  ['JWT without signature', `(eyJ${b62(20)}.eyJ${b62(30)})`, '(<JWT>)'],
  ['SendGrid', `SG.${b62(22)}.${b62(43)}`, '<TOKEN>'],
  ['Telegram', `1234567890:AA${b62(33)}`, '<TOKEN>'],
  ['Discord', `M${b62(23)}.${b62(6)}.${b62(30)}`, '<TOKEN>'],
  ['Azure client secret', `abc8Q~${b62(34)}`, '<TOKEN>'],
  ['Slack webhook', `https://hooks.slack.com/services/T${b62(8)}/B${b62(8)}/${b62(24)}`, 'https://<TOKEN>'],
  ['private key', `k = ${pem('EC PRIVATE KEY', `\n${b62(64)}\n`)}!`, 'k = <PRIVATE_KEY>!'],
  ['private key with escaped line ends', `"${pem('PRIVATE KEY', `\\n${b62(64)}\\n`)}\\n"`, '"<PRIVATE_KEY>\\n"'],
  ['PGP private key', pem('PGP PRIVATE KEY BLOCK', `\nVersion: 1\n\n${b62(64)}\n=${b62(4)}\n`), '<PRIVATE_KEY>'],
  ['private key cut before its END', `${cut}\n\nThat was it.`, '<PRIVATE_KEY>\n\nThat was it.'],
  ['AWS secret after its id', `AKIA${characters('upper', 16)} ${b62(39)}+ ok`, '<CLOUD_KEY> <CLOUD_KEY> ok'],
  ['AWS secret by name', `aws_secret_access_key = ${b62(39)}/`, 'aws_secret_access_key = <SECRET>'],
  ['Azure storage', `AccountName=x;AccountKey=${b62(86)}==;End=y`, 'AccountName=x;AccountKey=<SECRET>;End=y'],
  [
    'SAS',
    `https://a.blob.core.windows.net/c?sv=2024-01-01&sig=${b62(40)}%3D&se=1`,
    'https://a.blob.core.windows.net/c?sv=2024-01-01&sig=<SECRET>&se=1',
  ],
  [
    'connection string',
    'postgres://app:s3cr3t!x@db.internal:5432/main',
    'postgres://app:<PASSWORD>@db.internal:5432/main',
  ],
  ['connection string with an @ in it', `redis://:p${at}ss${at}cache:6379`, 'redis://:<PASSWORD>@cache:6379'],
  ['escaped connection string', '"mysql:\\/\\/root:t0psecret@h\\/db"', '"mysql:\\/\\/root:<PASSWORD>@h\\/db"'],
  ['token as user', `git clone https://${b62(30)}@git.example.com/x`, 'git clone https://<TOKEN>@git.example.com/x'],
  ['.env', 'DB_PASSWORD=correcthorse\nPORT=80', 'DB_PASSWORD=<PASSWORD>\nPORT=80'],
  ['export', `export FOO_TOKEN='${b62(12)}'`, "export FOO_TOKEN='<TOKEN>'"],
  ['option', 'mysql --password hunter2x -u root', 'mysql --password <PASSWORD> -u root'],
  ['option with =', 'tool --api-key=abcd1234efgh', 'tool --api-key=<API_KEY>'],
  ['YAML', 'password: hunter2x\nuser: bob', 'password: <PASSWORD>\nuser: bob'],
  ['quoted in code', 'const dbPassword = "correct horse";', 'const dbPassword = "<PASSWORD>";'],
  [
    'escaped JSON in text',
    'log {\\"password\\": \\"hunter2x\\", \\"a\\": 1}',
    'log {\\"password\\": \\"<PASSWORD>\\", \\"a\\": 1}',
  ],
  ['XML', '<password>hunter2x</password>', '<password><PASSWORD></password>'],
  [
    'multipart',
    '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunter2x\r\n--b--',
    '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n<PASSWORD>\r\n--b--',
  ],
  ['characters of all kinds', 'Password: Tr0ub4dor&3),x\nUser: bob', 'Password: <PASSWORD>\nUser: bob'],
  ['environment without digits', 'AWS_SECRET_ACCESS_KEY=abc/def+ghi', 'AWS_SECRET_ACCESS_KEY=<SECRET>'],
  ['curl user', 'curl -u admin:hunter2 https://x', 'curl -u admin:<PASSWORD> https://x'],
  ['sentence', 'My password is hunter2x, ok?', 'My password is <PASSWORD>, ok?'],
  ['query in text', `see https://x.io/a?access_token=${b62(20)}&b=1`, 'see https://x.io/a?access_token=<TOKEN>&b=1'],
  ['cookie line', 'Cookie: sid=abc123def; theme=dark\nHost: x', 'Cookie: sid=<COOKIE>\nHost: x'],
  ['e-mail', `Write to Jane.Roe+x${at}mail.example.co.uk.`, 'Write to <EMAIL>.'],
  ['e-mail in angle brackets', `Jane <jane${at}example.org>`, '<PERSON> <<EMAIL>>'],
  ['e-mail percent-encoded', 'https://x.io/?m=jane%40example.org&x=1', 'https://x.io/?m=<EMAIL>&x=1'],
  ['e-mail with escapes', 'j\\u0061ne\\u0040example.org', '<EMAIL>'],
  ['e-mail in a mailto', `mailto:jane${at}example.org?subject=x`, 'mailto:<EMAIL>?subject=x'],
  ['card', 'card 5555 5555 5555 4444.', 'card <CREDIT_CARD>.'],
  ['card without separators', 'pay 4242424242424242', 'pay <CREDIT_CARD>'],
  ['card and code', '4111 1111 1111 1111 123', '<CREDIT_CARD> 123'],
  ['IBAN', 'to GB29NWBK60161331926819 now', 'to <IBAN> now'],
  ['IBAN with spaces', 'FR14 2004 1010 0505 0001 3M02 606 is mine', '<IBAN> is mine'],
  ['SSN', 'ssn 536-22-8726', 'ssn <SSN>'],
  ['SSN bare with context', 'Social Security number: 536228726', 'Social Security number: <SSN>'],
  ['phone, international', 'ring +49 30 1234 5678 or +14155552671', 'ring <PHONE> or <PHONE>'],
  ['phone, US', '(415) 555-2671, 415-555-2671, 415.555.2671', '<PHONE>, <PHONE>, <PHONE>'],
  ['phone, UK and France', 'UK 020 7946 0958; FR 06 12 34 56 78', 'UK <PHONE>; FR <PHONE>'],
  ['phone, bare with context', 'phone: 4155552671', 'phone: <PHONE>'],
];

describe('found', () => {
  it.each(positives)('%s', (_name, text, expected) => {
    expect(shown(text)).toBe(expected);
  });
});

const negatives: [string, string][] = [
  ['UUID', '550e8400-e29b-41d4-a716-446655440000'],
  ['UUID of digits', '41111111-1111-1111-4111-111111111111'],
  ['git hashes', 'commit 9fceb02d0ae598e95dc970b74767f19372d61af8 (9fceb02)'],
  ['tool call ids', 'call_abc123DEF456ghi789JKL012 toolu_01A09q90qw90lq917835lq9'],
  [
    'response ids',
    'resp_67ccd2bed1ec8190b14f964abc054267 msg_01XFDUDYJgAACzvnptvVoYEL chatcmpl-9tYz2K3mQwErTyUiOp1234567890',
  ],
  ['request ids', 'req_011CSHoEeqs5C35K2UUqR7Fy'],
  ['lockfile hashes', `sha512-${characters('base62', 86)}== integrity`],
  ['timestamps', '2024-05-12T10:30:00.123Z 1716633600 1716633600123 1716633600123456 2024-01-15 10:30:00'],
  ['usage', '"prompt_tokens": 123456789, "max_tokens": 4096, "total_tokens": 1234567890'],
  ['model names', 'gpt-4o-2024-08-06 claude-3-5-sonnet-20241022 claude-opus-4-20250514'],
  ['versions and addresses', 'v1.2.3-beta.4 192.168.100.12:8080 10.0.0.1 node@24.21.0 foo@1.2.3'],
  ['scoped packages', 'npm i @types/node @scope/name@latest'],
  ['retina images', 'logo@2x.png'],
  ['ssh remotes', `git${at}gitea.example.org:org/repo.git`],
  ['matrix products', 'y = x@W.data; self.a@b.T'],
  ['base64 image', `data:image/png;base64,iVBORw0KGgo${characters('base64', 400)}`],
  ['variables', 'token = getToken(); f(token=token, api_key=self.api_key, password=None)'],
  ['docker user', 'docker run -u 1000:1000 -v a:b'],
  ['types', 'password: string; token?: string | null; apiKey: process.env.OPENAI_API_KEY'],
  [
    'stand-ins',
    `OPENAI_API_KEY=$KEY PASSWORD=${'$'}{PW} token: <your-token> password="********" API_KEY=your-api-key-here`,
  ],
  ['bearer words', 'Use bearer authentication, a basic understanding, Bearer <token>, Bearer $TOKEN'],
  ['log probabilities', '{"token":"Hello","logprob":-0.1,"bytes":[72]}'],
  ['numbers that fail Luhn', '4111 1111 1111 1112'],
  ['numbers outside issuer ranges', '1234567890123452'],
  ['IBAN with wrong check digits', 'GB29NWBK60161331926818'],
  ['SSN outside the ranges', '000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000'],
  ['undashed number without context', '536228726 4155552671'],
  ['dates', '01-02-2024 12/31/2023 2023.01.02'],
  ['columns of numbers', '234 567 8901 345 678 9012'],
  ['CSS and words with sk-', 'class="sk-toggleable__content sk-estimator-doc-link" task-runner-with-a-long-name'],
  ['public key', pem('PUBLIC KEY', `\n${characters('base62', 64)}\n`)],
  ['mention of a private key', 'A PEM file starts with -----BEGIN PRIVATE KEY----- and is secret.'],
  ['URL without credentials', 'http://localhost:3000/a:b@c'],
  [
    'JSON schema',
    '{"properties":{"password":{"type":"string","description":"Your password"}},"required":["password","token"]}',
  ],
  ['placeholders', '<EMAIL_7f3a9c21> <API_KEY_MASKED> password=<PASSWORD_12345678>'],
];

describe('left alone', () => {
  it.each(negatives)('%s', (_name, text) => {
    expect(redact.text(text)).toEqual({ text, findings: [] });
  });
});
