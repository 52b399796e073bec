import { createHash, generateKeyPairSync } from 'node:crypto';

/** Values that no export may hold, made when a test runs: no file of the repository holds one. */

/** Letters and digits that look random and are the same each time. */
export function noise(length: number, seed: string): string {
  let text = '';
  for (let i = 0; text.length < length; i++) {
    text += createHash('sha512')
      .update(`${seed} ${i}`)
      .digest('base64')
      .replace(/[^A-Za-z0-9]/g, '');
  }
  return text.slice(0, length);
}

/** The number with its Luhn digit. */
export function card(first: string): string {
  for (let last = 0; last < 10; last++) {
    const digits = `${first}${last}`;
    const sum = [...digits].reverse().reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
    if (sum % 10 === 0) return digits;
  }
  throw new Error('unreachable');
}

/** The account with its check digits. */
export function iban(country: string, account: string): string {
  const digits = [...`${account}${country}00`].map((each) => String(Number.parseInt(each, 36))).join('');
  return `${country}${String(98n - (BigInt(digits) % 97n)).padStart(2, '0')}${account}`;
}

const upper = (length: number, seed: string) =>
  noise(length * 3, seed)
    .toUpperCase()
    .slice(0, length);

export const planted: { [rule: string]: string[] } = {
  'secretlint/github': [`ghp_${noise(36, 'github')}`],
  'secretlint/openai': [`sk-proj-${noise(74, 'openai a')}T3BlbkFJ${noise(74, 'openai b')}`],
  'secretlint/anthropic': [`sk-ant-api03-${noise(93, 'anthropic')}AA`.replace(/(.{108}).*/, '$1')],
  'secretlint/slack': [`xoxb-${'1'.repeat(12)}-${'2'.repeat(12)}-${noise(24, 'slack')}`],
  'secretlint/npm': [`npm_${noise(36, 'npm')}`],
  'secretlint/sendgrid': [`SG.${noise(22, 'sendgrid a')}.${noise(43, 'sendgrid b')}`],
  'secretlint/aws': [`AKIA${upper(16, 'aws')}`],
  'secretlint/privatekey': [
    String(
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    ).trim(),
  ],
  'secretlint/basicauth': [`https://deploy:${noise(16, 'basic')}@build.internal.net/path`],
  'secretlint/database-connection-string': [`postgres://app:${noise(20, 'db')}@db.internal.net:5432/app`],
  'personal/email': ['jane.roe@internal.net', 'Jürgen.Groß@bücher-laden.de'],
  'personal/card': [card('411111111111111'), card('37828224631000').replace(/(.{4})(.{6})/, '$1 $2 ')],
  'personal/iban': [
    iban('DE', '370400440532013000'),
    iban('GB', 'NWBK60161331926819')
      .replace(/(.{4})/g, '$1 ')
      .trim(),
  ],
  'personal/ssn': [['536', '22', '8726'].join('-')],
  'personal/phone': [`+49 ${'30 901820'} 17`, `(415) ${'555'}-2671`],
};
