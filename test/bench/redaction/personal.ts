import type { Entity } from '../../../src/main/redact/index.js';
import type { Random } from '../fuzz/random.js';
import { base58Address, bech32Address, ibanDigits, luhnDigit } from './checks.js';
import { nationalMakers } from './national.js';
import { characters, fill, type Value } from './values.js';

const first = ['nadia', 'oskar', 'Mireille', 'tomas', 'yuki', 'Fatou', 'henrik', 'Ana', 'luca', 'Sinead', 'ravi'];
const last = ['kowalczyk', 'brandt', 'Okafor', 'lindqvist', 'Moreau', 'tanaka', 'Vasquez', 'oneil', 'haddad', 'Szabo'];
const hosts = ['corpmail.net', 'posteo.example.de', 'uni-ulmen.ac.uk', 'mailbox.dev', 'startup.io', 'kommune.dk'];

function value(entity: Entity, kind: string, text: string, label: string, key: string, bare: boolean): Value {
  return { entity, kind, text, written: text, label, key, bare };
}

const person = (random: Random) => `${random.pick(first)}.${random.pick(last)}`;

function email(random: Random): Value {
  const tag = random.pick(['', '', '+work', '_2', characters('d', 2, random)]);
  const text = `${person(random)}${tag}@${random.pick(hosts)}`;
  return value('EMAIL', 'email', text, 'e-mail', random.pick(['email', 'user_email', 'contactEmail']), true);
}

function phone(random: Random): Value {
  const area = () => `${2 + random.below(7)}${characters('d', 2, random)}`;
  const line = () => `${2 + random.below(8)}${characters('d', 2, random)}`;
  const [text, bare] = random.pick<() => [string, boolean]>([
    () => [`+1 ${area()} ${line()} ${characters('d', 4, random)}`, true],
    () => [`+1${area()}${line()}${characters('d', 4, random)}`, true],
    () => [`(${area()}) ${line()}-${characters('d', 4, random)}`, true],
    () => [`${area()}-${line()}-${characters('d', 4, random)}`, true],
    () => [`+49 30 ${characters('n', 4, random)} ${characters('d', 4, random)}`, true],
    () => [`+44 20 7${characters('d', 3, random)} ${characters('d', 4, random)}`, true],
    () => [`+33 6 ${[1, 2, 3, 4].map(() => characters('d', 2, random)).join(' ')}`, true],
    () => [`+91 9${characters('d', 4, random)} ${characters('d', 5, random)}`, true],
    () => [`${area()}${line()}${characters('d', 4, random)}`, false],
    () => [
      `0${2 + random.below(7)}${characters('d', 2, random)} ${characters('n', 3, random)} ${characters('d', 4, random)}`,
      false,
    ],
  ])();
  return value('PHONE', 'phone', text, 'phone', random.pick(['phone', 'mobile', 'phone_number', 'telephone']), bare);
}

function card(random: Random): Value {
  const [range, length] = random.pick<[string, number]>([
    ['4', 16],
    ['51', 16],
    ['55', 16],
    ['2221', 16],
    ['37', 15],
    ['6011', 16],
    ['3528', 16],
    ['62', 16],
    ['36', 14],
  ]);
  const body = range + characters('d', length - range.length - 1, random);
  const digits = body + luhnDigit(body);
  const mark = random.pick(['', '', ' ', '-']);
  const text =
    length === 15
      ? [digits.slice(0, 4), digits.slice(4, 10), digits.slice(10)].join(mark)
      : length === 14
        ? digits
        : (digits.match(/.{4}/g) as string[]).join(mark);
  return value('CREDIT_CARD', 'card', text, 'card', random.pick(['card_number', 'pan', 'creditCard']), true);
}

const ibanForms: readonly [string, string][] = [
  ['DE', '{d18}'],
  ['GB', '{A4}{d14}'],
  ['FR', '{d10}{U11}{d2}'],
  ['NL', '{A4}{d10}'],
  ['ES', '{d20}'],
  ['IT', '{A1}{d10}{U12}'],
  ['CH', '{d5}{U12}'],
  ['PL', '{d24}'],
  ['SE', '{d20}'],
  ['NO', '{d11}'],
  ['BE', '{d12}'],
  ['AT', '{d16}'],
];

function iban(random: Random): Value {
  const [country, pattern] = random.pick(ibanForms);
  const account = fill(pattern, random);
  const plain = country + ibanDigits(country, account) + account;
  const text = random.below(2) === 0 ? plain : (plain.match(/.{1,4}/g) as string[]).join(' ');
  return value('IBAN', `iban ${country}`, text, 'IBAN', 'iban', true);
}

function ssn(random: Random): Value {
  const area = String(1 + random.below(665)).padStart(3, '0');
  const parts = [area, characters('n', 2, random), `${1 + random.below(9)}${characters('d', 3, random)}`];
  const dashed = random.below(3) > 0;
  return value('SSN', dashed ? 'ssn' : 'ssn bare', parts.join(dashed ? '-' : ''), 'SSN', 'ssn', dashed);
}

function national(random: Random): Value {
  const kind = random.pick(Object.keys(nationalMakers));
  const [text, label] = (nationalMakers[kind] as (typeof nationalMakers)[string])(random);
  const key = label
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, '_')
    .replace(/_$/, '');
  return { ...value('NATIONAL_ID', kind, text, label, key, false), also: ['SSN', 'HEALTH_ID'] };
}

function ip(random: Random): Value {
  if (random.below(3) === 0) {
    const groups = Array.from({ length: 6 }, () => characters('h', 4, random).replace(/^0+(?=.)/, ''));
    return value(
      'IP_ADDRESS',
      'ipv6',
      `2a02:${random.pick(['8070', '1210', 'c7f'])}:${groups.join(':')}`,
      'ip',
      'client_ip',
      true,
    );
  }
  const parts = [
    random.pick([34, 52, 81, 91, 109, 146, 185, 217]),
    20 + random.below(200),
    random.below(256),
    1 + random.below(254),
  ];
  return value('IP_ADDRESS', 'ipv4', parts.join('.'), 'ip', 'client_ip', true);
}

function mac(random: Random): Value {
  const bytes = ['3c', ...Array.from({ length: 5 }, () => characters('h', 2, random))];
  return value('MAC_ADDRESS', 'mac', bytes.join(random.pick([':', '-'])), 'hardware address', 'mac', true);
}

function crypto(random: Random): Value {
  const hash = Buffer.from(characters('h', 40, random), 'hex');
  const [kind, text] = random.pick<() => [string, string]>([
    () => ['p2pkh', base58Address(0, hash)],
    () => ['p2sh', base58Address(5, hash)],
    () => ['bech32', bech32Address('bc', hash)],
    () => ['ethereum', `0x${hash.toString('hex')}`],
  ])();
  return value('CRYPTO_ADDRESS', kind, text, 'wallet', 'wallet', true);
}

function birth(random: Random): Value {
  const [y, m, d] = [1940 + random.below(65), 1 + random.below(12), 1 + random.below(28)];
  const pad = (part: number) => String(part).padStart(2, '0');
  const text = random.pick([`${y}-${pad(m)}-${pad(d)}`, `${pad(m)}/${pad(d)}/${y}`, `${pad(d)}.${pad(m)}.${y}`]);
  const key = random.pick(['date_of_birth', 'dob', 'birthDate']);
  return value('DATE_OF_BIRTH', 'date of birth', text, random.pick(['date of birth', 'DOB']), key, false);
}

function passport(random: Random): Value {
  const text = fill(random.pick(['C{d8}', '{d9}', 'L{d7}', 'X{d7}A']), random);
  return value('PASSPORT', 'passport', text, 'passport number', random.pick(['passport_number', 'passportNo']), false);
}

function licence(random: Random): Value {
  const text = fill(random.pick(['{A1}{d7}', '{A1}{d3}-{d4}-{d4}', '{d8}', '{A1}{d12}']), random);
  return value('DRIVING_LICENCE', 'driving licence', text, "driver's license number", 'drivers_license', false);
}

function health(random: Random): Value {
  const [label, key] = random.pick([
    ['MRN', 'mrn'],
    ['patient ID', 'patient_id'],
    ['medical record number', 'medical_record_number'],
    ['health insurance ID', 'health_insurance_id'],
  ] as const);
  return value('HEALTH_ID', label, fill(random.pick(['{n1}{d7}', 'P{d7}']), random), label, key, false);
}

function gps(random: Random): Value {
  const text = `${35 + random.below(20)}.${characters('d', 5, random)}7, ${2 + random.below(30)}.${characters('d', 5, random)}3`;
  return value('GPS', 'pair', text, 'position', 'position', true);
}

function user(random: Random): Value {
  const name = `${random.pick(first).toLowerCase()}${random.pick(['', '.', '_'])}${random.pick(last).toLowerCase()}${random.below(90)}`;
  const written = random.pick([
    `/home/${name}/src/app.py`,
    `/Users/${name}/Library/x.json`,
    `C:\\Users\\${name}\\notes.txt`,
  ]);
  return { ...value('USER_NAME', 'home folder', name, 'home folder', 'cwd', true), written };
}

/** Every kind of personal data that can be planted. */
export const personalMakers: readonly [(random: Random) => Value, share: number][] = [
  [email, 10],
  [phone, 10],
  [card, 10],
  [iban, 8],
  [ssn, 6],
  [national, 14],
  [ip, 6],
  [mac, 4],
  [crypto, 5],
  [birth, 4],
  [passport, 3],
  [licence, 3],
  [health, 3],
  [gps, 3],
  [user, 4],
];
