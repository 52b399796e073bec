import type { Random } from '../fuzz/random.js';
import { dot, luhnDigit, verhoeffDigit } from './checks.js';
import { characters } from './values.js';

type Maker = (random: Random) => [text: string, label: string];

const two = (value: number) => String(value).padStart(2, '0');
const day = (random: Random) => two(1 + random.below(28));
const month = (random: Random) => two(1 + random.below(12));

/** Tries bodies until one has a check digit. */
function until(make: () => string | null): string {
  for (;;) {
    const text = make();
    if (text !== null) return text;
  }
}

const group = (digits: string, sizes: readonly number[], mark: string): string => {
  let rest = digits;
  const groups = sizes.map((size) => {
    const head = rest.slice(0, size);
    rest = rest.slice(size);
    return head;
  });
  return groups.join(mark);
};

function eleven(random: Random, weights: readonly number[]): string {
  return until(() => {
    const body = characters('d', weights.length, random);
    const check = (11 - (dot(body, weights) % 11)) % 11;
    return check === 10 || body.startsWith('0') ? null : body + check;
  });
}

/** National numbers with check digits, by their issuers' rules. */
export const nationalMakers: Readonly<Record<string, Maker>> = {
  'gb-nhs': (random) => [
    group(eleven(random, [10, 9, 8, 7, 6, 5, 4, 3, 2]), [3, 3, 4], random.pick([' ', ''])),
    'NHS number',
  ],
  'in-aadhaar': (random) => {
    const body = `${2 + random.below(8)}${characters('d', 10, random)}`;
    return [group(body + verhoeffDigit(body), [4, 4, 4], random.pick([' ', ''])), 'Aadhaar'];
  },
  'br-cpf': (random) => {
    let digits = characters('d', 9, random);
    for (let from = 10; from < 12; from++) {
      const sum = [...digits].reduce((total, digit, i) => total + Number(digit) * (from - i), 0);
      digits += ((sum * 10) % 11) % 10;
    }
    const dotted = `${group(digits.slice(0, 9), [3, 3, 3], '.')}-${digits.slice(9)}`;
    return [random.pick([digits, dotted]), 'CPF'];
  },
  'es-dni': (random) => {
    const digits = characters('d', 8, random);
    return [digits + 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(digits) % 23), 'DNI'];
  },
  'fr-nir': (random) => {
    const body = `${1 + random.below(2)}${characters('d', 2, random)}${month(random)}${1 + random.below(9)}5${characters('d', 6, random)}`;
    const key = two(97 - Number(BigInt(body) % 97n));
    return [random.pick([body + key, `${group(body, [1, 2, 2, 2, 3, 3], ' ')} ${key}`]), 'numéro de sécurité sociale'];
  },
  'nl-bsn': (random) => [
    until(() => {
      const body = `${1 + random.below(9)}${characters('d', 7, random)}`;
      const check = dot(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
      return check === 10 ? null : body + check;
    }),
    'BSN',
  ],
  'pl-pesel': (random) => {
    const body = `${characters('d', 2, random)}${month(random)}${day(random)}${characters('d', 4, random)}`;
    return [body + ((10 - (dot(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10), 'PESEL'];
  },
  'ca-sin': (random) => {
    const body = `${1 + random.below(7)}${characters('d', 7, random)}`;
    return [group(body + luhnDigit(body), [3, 3, 3], random.pick([' ', '-'])), 'SIN'];
  },
  'za-id': (random) => {
    const body = `${characters('d', 2, random)}${month(random)}${day(random)}${characters('d', 4, random)}08`;
    return [body + luhnDigit(body), 'South African ID number'];
  },
  'se-personnummer': (random) => {
    const body = `${characters('d', 2, random)}${month(random)}${day(random)}${characters('d', 3, random)}`;
    return [`${body.slice(0, 6)}-${body.slice(6)}${luhnDigit(body)}`, 'personnummer'];
  },
  'cn-resident-id': (random) => {
    const body = `110105${19}${two(50 + random.below(49))}${month(random)}${day(random)}${characters('d', 3, random)}`;
    const sum = dot(body, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    return [body + '10X98765432'.charAt(sum % 11), 'resident ID'];
  },
  'tr-tckn': (random) => {
    const body = `${1 + random.below(9)}${characters('d', 8, random)}`;
    const digits = [...body].map(Number);
    const odd = digits.filter((_, i) => i % 2 === 0).reduce((a, b) => a + b, 0);
    const even = digits.filter((_, i) => i % 2 === 1).reduce((a, b) => a + b, 0);
    const tenth = (((odd * 7 - even) % 10) + 10) % 10;
    return [`${body}${tenth}${(odd + even + tenth) % 10}`, 'T.C. Kimlik No'];
  },
  'de-steuer-id': (random) => [
    until(() => {
      const pool = [...'0123456789'];
      const body: string[] = [];
      while (body.length < 9) body.push(pool.splice(random.below(pool.length), 1)[0] as string);
      body.splice(1 + random.below(7), 0, body[random.below(9)] as string);
      if (body[0] === '0' || body.some((digit, i) => digit === body[i + 1] && digit === body[i + 2])) return null;
      let product = 10;
      for (const digit of body) product = (((Number(digit) + product) % 10 || 10) * 2) % 11;
      return body.join('') + ((11 - product) % 10);
    }),
    'Steuer-ID',
  ],
  'ch-ahv': (random) => {
    const body = `756${characters('d', 9, random)}`;
    const check = (10 - (dot(body, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10;
    return [`${group(body, [3, 4, 4, 1], '.')}${check}`, 'AHV-Nr'];
  },
  'be-rijksregister': (random) => {
    const body = `${two(50 + random.below(49))}${month(random)}${day(random)}${characters('d', 3, random)}`;
    const check = two(97 - (Number(body) % 97));
    return [`${group(body.slice(0, 6), [2, 2, 2], '.')}-${body.slice(6)}.${check}`, 'Rijksregisternummer'];
  },
  'fi-hetu': (random) => {
    const born = `${day(random)}${month(random)}${two(random.below(100))}`;
    const serial = String(2 + random.below(897)).padStart(3, '0');
    return [
      `${born}-${serial}${'0123456789ABCDEFHJKLMNPRSTUVWXY'.charAt(Number(born + serial) % 31)}`,
      'henkilötunnus',
    ];
  },
  'il-id': (random) => {
    const body = characters('n', 8, random);
    // From the left with weights 1, 2: the same as Luhn over an even number of digits.
    return [body + luhnDigit(body), 'Teudat Zehut'];
  },
  'ro-cnp': (random) => {
    const body = `${1 + random.below(2)}${characters('d', 2, random)}${month(random)}${day(random)}12${characters('n', 3, random)}`;
    const rest = dot(body, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    return [body + (rest === 10 ? 1 : rest), 'CNP'];
  },
  'ar-cuit': (random) => [
    until(() => {
      const body = `20${characters('d', 8, random)}`;
      const check = (11 - (dot(body, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
      return check === 10 ? null : `20-${body.slice(2)}-${check}`;
    }),
    'CUIT',
  ],
  'pt-nif': (random) => [
    (() => {
      const body = `2${characters('d', 7, random)}`;
      const check = 11 - (dot(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
      return body + (check > 9 ? 0 : check);
    })(),
    'NIF',
  ],
  'gr-amka': (random) => {
    const body = `${day(random)}${month(random)}${characters('d', 6, random)}`;
    return [body + luhnDigit(body), 'AMKA'];
  },
  'gb-nino': (random) => [
    `AB${characters('d', 6, random)}${random.pick(['A', 'B', 'C', 'D'])}`,
    'National Insurance number',
  ],
  'us-itin': (random) => [
    `9${characters('d', 2, random)}-7${characters('d', 1, random)}-${characters('d', 4, random)}`,
    'ITIN',
  ],
  'sg-nric': (random) => {
    const body = characters('d', 7, random);
    return [`S${body}${'JZIHGFEDCBA'.charAt(dot(body, [2, 7, 6, 5, 4, 3, 2]) % 11)}`, 'NRIC'];
  },
};
