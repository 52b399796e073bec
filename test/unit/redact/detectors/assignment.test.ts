import { describe, expect, it } from 'vitest';
import { characters, redactor } from '../support.js';

const redact = redactor();
const shown = (text: string, by = redact) => by.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');

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
