import { describe, expect, it } from 'vitest';
import { nationalIds } from '../../../../src/main/redact/detectors/national-ids/index.js';
import { redactor } from '../support.js';

const redact = redactor();
const shown = (text: string) => redact.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');

/** Numbers that the issuers or their documentation give as examples, and a word that names them there. */
const examples: Record<string, { numbers: string[]; named: string }> = {
  'ar-cuit': { numbers: ['20-05536168-2'], named: 'CUIT' },
  'au-medicare': { numbers: ['2123 45670 1'], named: 'Medicare no' },
  'au-tfn': { numbers: ['123 456 782'], named: 'TFN' },
  'be-rijksregister': { numbers: ['85.07.30-033.28'], named: 'Rijksregisternummer' },
  'br-cpf': { numbers: ['111.444.777-35', '11144477735'], named: 'CPF' },
  'ca-sin': { numbers: ['123 456 782', '123-456-782'], named: 'SIN' },
  'ch-ahv': { numbers: ['756.9217.0769.85', '7569217076985'], named: 'AHV-Nr' },
  'cl-rut': { numbers: ['12.531.909-2'], named: 'RUT' },
  'cn-resident-id': { numbers: ['11010519491231002X'], named: 'resident ID' },
  'cz-rodne-cislo': { numbers: ['710319/2745', '7103192745'], named: 'rodné číslo' },
  'de-steuer-id': { numbers: ['86095742719', '86 095 742 719'], named: 'Steuer-ID' },
  'dk-cpr': { numbers: ['211062-5629'], named: 'CPR-nummer' },
  'es-dni': { numbers: ['12345678Z', 'X1234567L'], named: 'DNI' },
  'fi-hetu': { numbers: ['131052-308T'], named: 'henkilötunnus' },
  'fr-nir': { numbers: ['2 55 08 14 168 025 38', '255081416802538'], named: 'Sécurité sociale' },
  'gb-nhs': { numbers: ['943 476 5919', '9434765919'], named: 'NHS number' },
  'gb-nino': { numbers: ['AB 12 34 56 C', 'AB123456C'], named: 'National Insurance number' },
  'gr-amka': { numbers: ['01013099997'], named: 'AMKA' },
  'hk-id': { numbers: ['A123456(3)'], named: 'HKID' },
  'ie-pps': { numbers: ['6433435F'], named: 'PPSN' },
  'il-id': { numbers: ['039337423'], named: 'Teudat Zehut' },
  'in-aadhaar': { numbers: ['2341 2341 2346', '234123412346'], named: 'Aadhaar' },
  'in-pan': { numbers: ['ABCPE1234F'], named: 'PAN' },
  'it-codice-fiscale': { numbers: ['RSSMRA85T10A562S'], named: 'Codice fiscale' },
  'jp-my-number': { numbers: ['123456789018'], named: 'My Number' },
  'kr-rrn': { numbers: ['971013-1019901'], named: 'RRN' },
  'mx-curp': { numbers: ['BOXW310820HNERXN09'], named: 'CURP' },
  'nl-bsn': { numbers: ['111222333', '1112.22.333'], named: 'BSN' },
  'no-fodselsnummer': { numbers: ['15108695088'], named: 'Fødselsnummer' },
  'pl-pesel': { numbers: ['44051401359'], named: 'PESEL' },
  'pt-nif': { numbers: ['501964843'], named: 'NIF' },
  'ro-cnp': { numbers: ['1630615123457'], named: 'CNP' },
  'se-personnummer': { numbers: ['811228-9874', '198112289874'], named: 'personnummer' },
  'sg-nric': { numbers: ['S1234567D'], named: 'NRIC' },
  'tr-tckn': { numbers: ['10000000146'], named: 'T.C. Kimlik No' },
  'tw-id': { numbers: ['A123456789'], named: '身分證字號' },
  'us-itin': { numbers: ['912-90-3456'], named: 'ITIN' },
  'za-id': { numbers: ['8001015009087'], named: 'ID number' },
};
/** Not checked by digits: a number changed at one place may be another person's. */
const unchecked = new Set(['gb-nino', 'in-pan', 'dk-cpr', 'us-itin']);

describe('national numbers', () => {
  it('have an example each', () => {
    expect(Object.keys(examples).sort()).toEqual(nationalIds.map(({ id }) => id).sort());
  });

  for (const kind of nationalIds) {
    const { numbers, named } = examples[kind.id] as (typeof examples)[string];
    it(`${kind.id}: found where it is named, in prose, JSON and after an escape`, () => {
      for (const number of numbers) {
        expect(kind.valid(number.replace(/[ ./-]/g, '').toUpperCase()), number).toBe(true);
        expect(shown(`${named}: ${number}.`)).toBe(`${named}: <NATIONAL_ID>.`);
        expect(shown(JSON.stringify({ text: `${named} ${number}` }))).toBe(`{"text":"${named} <NATIONAL_ID>"}`);
      }
    });

    it(`${kind.id}: ${kind.alone ? 'stands for itself' : 'is a plain number without its name'}`, () => {
      const [number = ''] = numbers;
      const alone =
        kind.alone !== undefined ||
        (kind.punctuated !== undefined && new RegExp(`^(?:${kind.punctuated})$`).test(number));
      const text = `row ${number} end`;
      if (alone) expect(shown(text)).toBe('row <NATIONAL_ID> end');
      else expect(shown(text)).not.toContain('NATIONAL_ID');
    });

    if (!unchecked.has(kind.id)) {
      it(`${kind.id}: one digit wrong is no such number`, () => {
        const [number = ''] = numbers;
        const value = number.replace(/[ ./-]/g, '').toUpperCase();
        let passed = 0;
        let tried = 0;
        for (let at = 0; at < value.length; at++) {
          if (!/\d/.test(value.charAt(at))) continue;
          for (let other = 0; other < 10; other++) {
            if (String(other) === value.charAt(at)) continue;
            tried += 1;
            if (kind.valid(value.slice(0, at) + other + value.slice(at + 1))) passed += 1;
          }
        }
        // Some places are beside the check (a card's issue number, a century's digit): most must fail.
        expect(passed / tried).toBeLessThan(0.2);
      });
    }
  }
});
