import type { Action, Entity, PersonalEntity } from './policy.js';

/** An identifier that a law or rule names, and what finds it here: no entity where nothing does. */
export interface CoveredIdentifier {
  identifier: string;
  entities: readonly Entity[];
  note: string;
}

/** Policy fields that a law or rule suggests, over the defaults; what the user sets himself wins. */
export interface PolicyPreset {
  id: string;
  title: string;
  /** The text that it goes by, and what it sets. */
  summary: string;
  actions: Readonly<Partial<Record<Entity, Action>>>;
  /** Names that are added to those of the defaults. */
  personal: Readonly<Partial<Record<PersonalEntity, readonly string[]>>>;
  consent_required: boolean;
  covers: readonly CoveredIdentifier[];
  /** What it does not do, a sentence each. */
  limits: readonly string[];
}

/** Numbers that identify a person by what stands before them. */
const numbersOfAPerson = [
  ...['*accountnumber', '*accountno', '*accountnum', '*accountid', 'acctnumber', 'acctno'],
  ...['*memberid', '*membernumber', '*customerid', '*customernumber', '*employeeid', '*employeenumber', '*studentid'],
  ...['*certificatenumber', '*certificateno', '*licenceid', '*licenseid'],
  ...['vin', '*vehicleid', '*vehicleidentificationnumber', '*licenseplate', '*licenceplate', '*numberplate'],
  ...[
    '*deviceid',
    '*deviceserial',
    '*deviceserialnumber',
    '*serialnumber',
    '*serialno',
    'imei',
    'imsi',
    'iccid',
    'udid',
  ],
  ...['idfa', 'gaid', '*advertisingid'],
];

/** Dates that belong to a person, besides the birthday. */
const datesOfAPerson = [
  ...['*admissiondate', '*admitdate', '*dischargedate', '*dateofdeath', '*deathdate', 'dod', '*dateofservice'],
  ...['*servicedate', '*appointmentdate', '*visitdate', '*encounterdate', '*diagnosisdate', '*onsetdate'],
  ...['*proceduredate', '*surgerydate', '*prescriptiondate', '*enrollmentdate', '*hiredate', '*weddingdate'],
];

const noAdvice = 'It is a starting point for your own judgement and no legal advice.';
const unseen =
  'Images, audio and other files are stored encrypted as they are, not read: faces, voices and writing in them stay.';
const byDetector =
  'Names, organisations and places are found by word lists and context; some are missed. `sluice bench redaction` shows how many.';

export const policyPresets = [
  {
    id: 'gdpr',
    title: 'GDPR',
    summary:
      'Regulation (EU) 2016/679. Masks ids, health numbers, bank data and exact places; keeps people apart by pseudonyms; exports need a consent.',
    actions: {
      PERSON: 'pseudonym',
      ORGANISATION: 'pseudonym',
      EMAIL: 'pseudonym',
      PHONE: 'pseudonym',
      USER_NAME: 'pseudonym',
      ADDRESS: 'pseudonym',
      LOCATION: 'pseudonym',
      IP_ADDRESS: 'pseudonym',
      MAC_ADDRESS: 'pseudonym',
      NRP: 'mask',
      DATE: 'mask',
      DATE_OF_BIRTH: 'mask',
      SSN: 'mask',
      NATIONAL_ID: 'mask',
      PASSPORT: 'mask',
      DRIVING_LICENCE: 'mask',
      ID_NUMBER: 'mask',
      HEALTH_ID: 'mask',
      CREDIT_CARD: 'mask',
      IBAN: 'mask',
      CRYPTO_ADDRESS: 'mask',
      GPS: 'mask',
    },
    personal: { ID_NUMBER: numbersOfAPerson, DATE: datesOfAPerson },
    consent_required: true,
    covers: [
      { identifier: 'Name (Art. 4(1))', entities: ['PERSON', 'USER_NAME'], note: '' },
      {
        identifier: 'Identification number (Art. 4(1), Art. 87)',
        entities: ['NATIONAL_ID', 'SSN', 'PASSPORT', 'DRIVING_LICENCE', 'ID_NUMBER'],
        note: 'Masked, so that records cannot be joined by them.',
      },
      { identifier: 'Location data (Art. 4(1))', entities: ['ADDRESS', 'LOCATION', 'GPS'], note: '' },
      {
        identifier: 'Online identifier (Art. 4(1), recital 30)',
        entities: ['EMAIL', 'IP_ADDRESS', 'MAC_ADDRESS', 'COOKIE'],
        note: 'Advertising and device ids under names that say so are ID_NUMBER.',
      },
      { identifier: 'Contact data', entities: ['EMAIL', 'PHONE', 'ADDRESS'], note: '' },
      { identifier: 'Financial data', entities: ['CREDIT_CARD', 'IBAN', 'CRYPTO_ADDRESS'], note: '' },
      {
        identifier: 'Data concerning health (Art. 9)',
        entities: ['HEALTH_ID'],
        note: 'Numbers only. What somebody suffers from, said in words, stays.',
      },
      {
        identifier: 'Origin, opinions and beliefs (Art. 9)',
        entities: ['NRP'],
        note: 'Words for nationalities, religions and parties. What is said otherwise stays.',
      },
      {
        identifier: 'Union membership, genetics, sex life (Art. 9)',
        entities: [],
        note: 'Not found: they are said in words.',
      },
    ],
    limits: [
      'Pseudonymised data are still personal data (Art. 4(5), recital 26): the data folder falls under the GDPR.',
      'It gives no legal basis, no information to the people concerned and no impact assessment; those are yours.',
      'What identifies a person by what is told about them is not found.',
      byDetector,
      unseen,
      noAdvice,
    ],
  },
  {
    id: 'ccpa',
    title: 'CCPA',
    summary:
      'California Civil Code §1798.140, with the CPRA’s changes. Masks sensitive personal information, keeps the rest apart by pseudonyms.',
    actions: {
      PERSON: 'pseudonym',
      EMAIL: 'pseudonym',
      PHONE: 'pseudonym',
      USER_NAME: 'pseudonym',
      ADDRESS: 'pseudonym',
      IP_ADDRESS: 'pseudonym',
      MAC_ADDRESS: 'pseudonym',
      NRP: 'mask',
      PASSWORD: 'mask',
      SSN: 'mask',
      NATIONAL_ID: 'mask',
      PASSPORT: 'mask',
      DRIVING_LICENCE: 'mask',
      ID_NUMBER: 'mask',
      HEALTH_ID: 'mask',
      CREDIT_CARD: 'mask',
      IBAN: 'mask',
      DATE_OF_BIRTH: 'mask',
      GPS: 'mask',
    },
    personal: { ID_NUMBER: numbersOfAPerson },
    consent_required: false,
    covers: [
      {
        identifier: 'Identifiers: name, alias, postal and email address, account name, IP address (v)(1)(A)',
        entities: ['PERSON', 'USER_NAME', 'ADDRESS', 'EMAIL', 'PHONE', 'IP_ADDRESS', 'MAC_ADDRESS'],
        note: '',
      },
      {
        identifier: 'Social security, driver’s licence, state id and passport numbers (ae)(1)(A)',
        entities: ['SSN', 'DRIVING_LICENCE', 'NATIONAL_ID', 'PASSPORT'],
        note: '',
      },
      {
        identifier: 'Account log-in and financial account with what opens it (ae)(1)(B)',
        entities: ['CREDIT_CARD', 'IBAN', 'ID_NUMBER', 'PASSWORD', 'TOKEN', 'API_KEY'],
        note: '',
      },
      { identifier: 'Precise geolocation (ae)(1)(C)', entities: ['GPS'], note: '' },
      { identifier: 'Health information (ae)(2)(B)', entities: ['HEALTH_ID'], note: 'Numbers only.' },
      {
        identifier: 'Origin and beliefs (ae)(1)(D)',
        entities: ['NRP'],
        note: 'Words for nationalities, religions and parties. What is said otherwise stays.',
      },
      {
        identifier: 'Union membership, contents of mail and messages, genetic data (ae)(1)(D)–(G)',
        entities: [],
        note: 'Not found as such: only the values named above are replaced in them.',
      },
      { identifier: 'Biometric information (v)(1)(E)', entities: [], note: 'Not found.' },
      {
        identifier: 'Browsing history, purchases and inferences (v)(1)(D), (F), (K)',
        entities: [],
        note: 'Not found.',
      },
    ],
    limits: [
      '“Deidentified” (m) also asks for a public commitment and for contracts with those who receive the data; no setting can give them.',
      'Requests to know, delete and correct are answered by you; the data tab helps to find and to erase.',
      'Households are not told from people.',
      byDetector,
      unseen,
      noAdvice,
    ],
  },
  {
    id: 'hipaa',
    title: 'HIPAA Safe Harbor',
    summary:
      '45 CFR §164.514(b)(2). Masks what is found of the 18 identifiers. Pseudonyms would be codes derived from the identifiers, which (c) does not allow.',
    actions: {
      PERSON: 'mask',
      ORGANISATION: 'mask',
      AGE: 'mask',
      DATE_TIME: 'mask',
      USER_NAME: 'mask',
      ADDRESS: 'mask',
      LOCATION: 'mask',
      GPS: 'mask',
      DATE: 'mask',
      DATE_OF_BIRTH: 'mask',
      PHONE: 'mask',
      EMAIL: 'mask',
      SSN: 'mask',
      NATIONAL_ID: 'mask',
      PASSPORT: 'mask',
      DRIVING_LICENCE: 'mask',
      ID_NUMBER: 'mask',
      HEALTH_ID: 'mask',
      CREDIT_CARD: 'mask',
      IBAN: 'mask',
      CRYPTO_ADDRESS: 'mask',
      IP_ADDRESS: 'mask',
      MAC_ADDRESS: 'mask',
      URL: 'mask',
    },
    personal: { ID_NUMBER: numbersOfAPerson, DATE: datesOfAPerson },
    consent_required: false,
    covers: [
      {
        identifier: '(A) Names',
        entities: ['PERSON', 'USER_NAME', 'ORGANISATION'],
        note: 'Of relatives and employers too. Some are missed.',
      },
      {
        identifier: '(B) Geographic subdivisions smaller than a state',
        entities: ['ADDRESS', 'LOCATION', 'GPS'],
        note: 'States and countries too. Places that no list knows are missed.',
      },
      {
        identifier: '(C) Dates of a person except the year, and ages over 89',
        entities: ['DATE_OF_BIRTH', 'DATE', 'DATE_TIME', 'AGE'],
        note: 'Dates are masked whole, those of logs and files too, and ages of any size. Spans such as “two weeks later” stay.',
      },
      { identifier: '(D) Telephone numbers', entities: ['PHONE'], note: '' },
      { identifier: '(E) Fax numbers', entities: ['PHONE'], note: '' },
      { identifier: '(F) Email addresses', entities: ['EMAIL'], note: '' },
      { identifier: '(G) Social security numbers', entities: ['SSN'], note: '' },
      { identifier: '(H) Medical record numbers', entities: ['HEALTH_ID'], note: 'By words or names beside them.' },
      {
        identifier: '(I) Health plan beneficiary numbers',
        entities: ['HEALTH_ID'],
        note: 'By words or names beside them.',
      },
      {
        identifier: '(J) Account numbers',
        entities: ['IBAN', 'CREDIT_CARD', 'CRYPTO_ADDRESS', 'ID_NUMBER'],
        note: 'Others than IBANs, cards and wallets only under names that say so.',
      },
      {
        identifier: '(K) Certificate and licence numbers',
        entities: ['DRIVING_LICENCE', 'PASSPORT', 'NATIONAL_ID', 'ID_NUMBER'],
        note: 'By words or names beside them.',
      },
      {
        identifier: '(L) Vehicle identifiers, licence plates',
        entities: ['ID_NUMBER'],
        note: 'Only under names that say so.',
      },
      {
        identifier: '(M) Device identifiers and serial numbers',
        entities: ['MAC_ADDRESS', 'ID_NUMBER'],
        note: 'Others than MAC addresses only under names that say so.',
      },
      { identifier: '(N) Web URLs', entities: ['URL'], note: 'Addresses in what agents read become masks.' },
      { identifier: '(O) IP addresses', entities: ['IP_ADDRESS'], note: '' },
      { identifier: '(P) Biometric identifiers', entities: [], note: 'Not found.' },
      {
        identifier: '(Q) Full-face photographs',
        entities: [],
        note: 'Not found: images are stored encrypted as they are, and are not looked into.',
      },
      {
        identifier: '(R) Any other unique identifying number, characteristic or code',
        entities: ['CUSTOM'],
        note: 'Not found, unless you add the values to the known values.',
      },
    ],
    limits: [
      'Safe Harbor holds only if all 18 identifiers are gone; the notes beside them say which are found in part or not at all.',
      'It also asks that you have no actual knowledge that what is left could identify a person (b)(2)(ii); no program can know that.',
      'What was stored as a pseudonym before needs a re-scan: changing the policy starts one.',
      byDetector,
      unseen,
      noAdvice,
    ],
  },
] as const satisfies readonly PolicyPreset[];
export type PresetId = (typeof policyPresets)[number]['id'];
export const presetIds: readonly PresetId[] = policyPresets.map(({ id }) => id);

/** The preset of this id; null for none. */
export function presetOf(id: PresetId | null): PolicyPreset | null {
  return policyPresets.find((preset) => preset.id === id) ?? null;
}
