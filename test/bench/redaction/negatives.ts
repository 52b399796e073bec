import type { CapturedExchange } from '../../../src/shared/model/index.js';
import type { Random } from '../fuzz/random.js';
import { luhnDigit } from './checks.js';
import { carried } from './placements.js';
import { characters, fill } from './values.js';
import { argumentWires, exchangeOf, pieces, resultWires, streamWires } from './wires.js';

/** Something that looks like a finding and is none, in the text around it. */
export interface Negative {
  kind: string;
  text: string;
}

type Maker = (random: Random) => string;
const uuid = (random: Random) => fill('{h8}-{h4}-4{h3}-a{h3}-{h12}', random);

/** A digit that is not the right one. */
const wrong = (digit: string, random: Random) => String((Number(digit) + 1 + random.below(9)) % 10);

const dollar = '$';

/** Whole texts: what stands in them is to come out as it went in. */
export const negativeMakers: Readonly<Record<string, Maker>> = {
  uuid: (random) => `Session ${uuid(random)} resumed; parent ${uuid(random).toUpperCase()}`,
  'git hash': (random) =>
    `commit ${characters('h', 40, random)}\nMerge: ${characters('h', 7, random)} ${characters('h', 9, random)}\n`,
  'git diff': (random) => `index ${characters('h', 10, random)}..${characters('h', 10, random)} 100644`,
  'tool call id': (random) =>
    random.pick(
      [
        'call_{w24}',
        'toolu_01{w22}',
        'chatcmpl-{w29}',
        'resp_{h48}',
        'msg_01{w22}',
        'fc_{h48}',
        'rs_{h48}',
        'req_011{w21}',
        'run_{w24}',
        'thread_{w24}',
        'asst_{w24}',
        'file-{w22}',
        'batch_{h32}',
        'srvtoolu_01{w22}',
        'gen-17637{d5}-{w20}',
        'call_{h8}-{h4}-4{h3}-a{h3}-{h12}',
        'functions.run:{d2}',
        'toolu_bdrk_01{w22}',
      ].map((form) => `see ${fill(form, random)} above`),
    ),
  integrity: (random) =>
    `    "node_modules/left": {\n      "version": "1.${random.below(20)}.${random.below(20)}",\n      "resolved": "https://registry.npmjs.org/left/-/left-1.3.0.tgz",\n      "integrity": "sha512-${fill('{b86}', random)}==",\n`,
  'go.sum': (random) => `github.com/pkg/errors v0.9.1 h1:${fill('{b43}', random)}=`,
  'cargo lock': (random) => `name = "serde"\nversion = "1.0.2"\nchecksum = "${characters('h', 64, random)}"`,
  digest: (random) => `FROM node@sha256:${characters('h', 64, random)}\nETag: "${characters('h', 32, random)}"`,
  usage: (random) =>
    `{"usage":{"prompt_tokens":${characters('n', 9, random)},"completion_tokens":${characters('n', 4, random)},"total_tokens":${characters('n', 10, random)},"cached_tokens":${characters('n', 8, random)}},"max_tokens":${characters('n', 5, random)}}`,
  version: (random) =>
    `node v${random.below(30)}.${random.below(30)}.${random.below(30)}, Chrome/1${characters('n', 2, random)}.0.${characters('n', 4, random)}.${characters('n', 3, random)}, python ${3}.${random.below(14)}.${random.below(9)}`,
  timestamp: (random) =>
    `2026-0${1 + random.below(9)}-1${random.below(9)}T0${random.below(9)}:1${random.below(9)}:22.${characters('d', 6, random)}Z 17637${characters('d', 5, random)} 17637${characters('d', 8, random)} 17637${characters('d', 11, random)}`,
  date: (random) =>
    `due on 2026-0${1 + random.below(9)}-1${random.below(9)}, paid 0${1 + random.below(9)}/1${random.below(9)}/2025, next 1${random.below(9)}.0${1 + random.below(9)}.2026`,
  'card that fails': (random) => {
    const body = `4${characters('d', 14, random)}`;
    const digits = body + wrong(luhnDigit(body), random);
    return `Order number ${random.pick([digits, (digits.match(/.{4}/g) as string[]).join(' ')])} shipped`;
  },
  'iban that fails': (random) => `Reference DE00${characters('d', 18, random)} booked`,
  'order number': (random) =>
    `order ${characters('n', 1, random)}${characters('d', 9, random)}, invoice INV-2026-${characters('d', 6, random)}, ticket #${characters('n', 8, random)}, sku ${fill('{U3}-{d5}-{U2}', random)}`,
  'id number': (random) =>
    `{"id":${characters('n', 10, random)},"parent_id":${characters('n', 11, random)},"account_id":"${characters('n', 12, random)}","size":${characters('n', 9, random)}}`,
  'image in base64': (random) => `data:image/png;base64,iVBORw0KGgo${fill('{b96}{b96}{b96}{b96}', random)}`,
  'font in base64': (random) =>
    `src:url(data:font/woff2;base64,d09GMgABAAAAA${fill('{b99}{b99}{b99}', random)}) format("woff2")`,
  'minified code': (random) =>
    `!function(e,t){"object"==typeof exports?module.exports=t():e.${characters('a', 2, random)}=t()}(this,(()=>{var e={${characters('n', 3, random)}:(e,t,n)=>{"use strict";n.d(t,{A:()=>r});var r=n(${characters('n', 4, random)}).token;const s=e.password||t.secret,key=a?b:c;return s&&key.apiKey}}}))`,
  placeholder: (random) =>
    random.pick([
      'OPENAI_API_KEY=YOUR_API_KEY',
      'api_key: <your-api-key>',
      'password = "changeme"',
      'Authorization: Bearer $TOKEN',
      `token=${dollar}{TOKEN}`,
      'SECRET_KEY=xxxxxxxxxxxxxxxx',
      'key: sk-...',
      'OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
      'password: "{{ db_password }}"',
      `DB_PASSWORD=${dollar}{DB_PASSWORD}`,
      'Bearer <access_token>',
      'curl -u user:$PASSWORD https://api.example.com',
      'api_key="YOUR_API_KEY_HERE"',
      'AWS_SECRET_ACCESS_KEY=AKIAIOSFODNN7EXAMPLE'.replace(/=.*/, '=<secret>'),
      'token: process.env.GITHUB_TOKEN',
      'api_key=os.environ["API_KEY"]',
      'password: !secret db_password',
      `GITHUB_TOKEN: ${dollar}{{ secrets.GITHUB_TOKEN }}`,
    ]),
  css: (random) =>
    `.card{color:#${characters('h', 6, random)};background:#${characters('h', 8, random)};margin:0 ${random.below(20)}px;background-image:url(/a.png?v=${characters('h', 8, random)})}`,
  identifiers: (random) =>
    random.pick([
      'function login(user: string, password: string, token?: string | null): Promise<Session> {',
      'const token = await getToken(request.headers.authorization);',
      'if (!secret || secret.length < minimumSecretLength) throw new SecretError();',
      'self.access_token = response.json()["access_token"]',
      'password = getpass.getpass("Password: ")',
      'tokenizer = AutoTokenizer.from_pretrained(model_name); tokens = tokenizer(text)',
      'private readonly secretKey: Buffer;',
      'export interface Credentials { apiKey: string; apiSecret: string; }',
      'const { password, ...rest } = user;',
      'cookies.set("session", value, { httpOnly: true });',
      'token := r.Header.Get("X-Auth-Token")',
      'let key = derive_key(password.as_bytes(), &salt);',
      'props.authToken = useContext(AuthContext).token;',
      'return next_page_token, nil',
      'SELECT password_hash, token_expires_at FROM users WHERE email = $1',
      'dataLoader.next(key => cache[key])',
      'type Props = { cvv: string; cardNumber: string };',
    ]),
  schema: () =>
    '{"type":"object","properties":{"email":{"type":"string","format":"email"},"phone":{"type":"string","description":"E.164 phone number"},"password":{"type":"string","minLength":8},"ssn":{"type":"string","pattern":"^[0-9-]+$"},"date_of_birth":{"type":"string","format":"date"},"passport_number":{"type":"string"}},"required":["email","password"]}',
  'private address': (random) =>
    `listening on 127.0.0.1:${3000 + random.below(6000)}, 0.0.0.0, 192.168.${random.below(255)}.${random.below(255)}, 10.${random.below(255)}.${random.below(255)}.4, [::1]:8080, fe80::1`,
  matrix: (random) =>
    `[[0.${characters('d', 5, random)}, -0.${characters('d', 5, random)}, 1.${characters('d', 5, random)}], [2.${characters('d', 4, random)}, 3.${characters('d', 4, random)}, 4.${characters('d', 4, random)}]]`,
  'test output': (random) =>
    `PASS  test/unit/a.test.ts (12 tests) ${characters('n', 3, random)}ms\n Tests  ${characters('n', 4, random)} passed (${characters('n', 4, random)})\n Duration  12.${characters('d', 2, random)}s (transform 412ms, setup 0ms)\n::error file=src/a.ts,line=${characters('n', 2, random)},col=7::x`,
  listing: (random) =>
    `-rw-r--r-- 1 root root ${characters('n', 7, random)} Nov 21 09:1${random.below(9)} index.js\ndrwxr-xr-x 2 node node 4096 Nov 20 11:12 src\n/usr/lib/node_modules /home/user/app /var/log/nginx/access.log`,
  'package names': () =>
    'npm i @types/node@24.1.0 @scope/name@latest; git clone git@github.com:org/repo.git; pip install foo==1.2.3; logo@2x.png',
  'model names': () =>
    'gpt-4o-2024-08-06 claude-sonnet-4-5-20250929 gemini-3-pro-preview-11-2025 text-embedding-3-small sk-learn pk-fields',
  'x509 public': (random) =>
    `-----BEGIN CERTIFICATE-----\n${fill('{b64}', random)}\n${fill('{b64}', random)}\n-----END CERTIFICATE-----`,
  'ssh public key': (random) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${fill('{b43}', random)} deploy`,
  fingerprint: (random) =>
    `SHA256:${fill('{b43}', random)} MD5:${Array.from({ length: 16 }, () => characters('h', 2, random)).join(':')}`,
  'trace context': (random) => `traceparent: 00-${characters('h', 32, random)}-${characters('h', 16, random)}-01`,
  'asset names': (random) =>
    `dist/assets/index-${fill('{u8}', random)}.js  ${characters('n', 3, random)}.12 kB │ gzip: ${characters('n', 2, random)}.31 kB\nchunk-${fill('{U8}', random)}.mjs`,
  prose: () =>
    'Use bearer authentication and a basic understanding of tokens. The password must have at least 12 characters, one digit and a symbol. Your session token expires after 15 minutes; the secret is to keep the key safe.',
  'phone-like': (random) =>
    `range 100-${characters('n', 3, random)}-${random.below(9)}, ISBN 978-3-16-14841${random.below(9)}-0, build 2026.11.${characters('n', 4, random)}, 555 ms, 1,${characters('n', 3, random)},${characters('n', 3, random)} rows`,
  'hash field': (random) =>
    `{"sha256":"${characters('h', 64, random)}","md5":"${characters('h', 32, random)}","nonce":"${characters('h', 24, random)}","cursor":"${fill('{b30}', random)}==","next_page_token":"${fill('{w40}', random)}"}`,
};

/** The exchange that carries a negative: in a message, a result, arguments or a stream. */
export function negativeExchange(negative: Negative, random: Random, place: number): CapturedExchange {
  const { text } = negative;
  switch (random.below(4)) {
    case 0: {
      const [id, wire] = random.pick(Object.entries(streamWires));
      const content = id.includes('arguments') ? JSON.stringify({ content: text }) : text;
      return exchangeOf(wire(pieces(content, place, random), random), random);
    }
    case 1:
      return exchangeOf(random.pick(Object.values(argumentWires))({ new_string: text }, random), random);
    case 2:
      return exchangeOf(random.pick(Object.values(resultWires))(text, random), random);
    default:
      return exchangeOf(carried(text, random), random);
  }
}
