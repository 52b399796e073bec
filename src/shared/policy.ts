/**
 * The words of the redaction policy: what can be found, what is done with it. Both sides use them; detectors and walk
 * are in src/main/redact.
 */

/** What is done with a found value, from the laxest to the strictest. */
export const actionList = [
  { action: 'keep', title: 'Keep', description: 'Stored as it is.' },
  {
    action: 'surrogate',
    title: 'Surrogate',
    description: 'An invented value of the same shape; the same value always gets the same one.',
  },
  {
    action: 'pseudonym',
    title: 'Pseudonym',
    description: 'A name for it under this project’s key; the same value always gets the same one.',
  },
  { action: 'mask', title: 'Mask', description: 'Only its kind is stored; equal values cannot be told.' },
  {
    action: 'drop',
    title: 'Drop',
    description: 'Masked here, and exports leave out the example that held it.',
  },
] as const;
export type Action = (typeof actionList)[number]['action'];
export const actions: readonly Action[] = actionList.map(({ action }) => action);

/** Whether `after` lets less through than `before`. */
export function isStricter(before: Action, after: Action): boolean {
  return actions.indexOf(after) > actions.indexOf(before);
}

export const entityGroups = [
  { id: 'secrets', title: 'Secrets' },
  { id: 'personal', title: 'Person' },
  { id: 'documents', title: 'Numbers of a person' },
  { id: 'financial', title: 'Money' },
  { id: 'health', title: 'Health' },
  { id: 'network', title: 'Network and devices' },
  { id: 'location', title: 'Places' },
] as const;
export type EntityGroup = (typeof entityGroups)[number]['id'];

interface EntityInfo {
  entity: string;
  group: EntityGroup;
  title: string;
  description: string;
  /** What it looks like, and what a surrogate of it looks like. */
  example: string;
  /** Null where values are too short to tell ours from others: they get their pseudonym. */
  surrogate: string | null;
}

/** Everything redaction can name. Policy, findings and placeholders use these words. */
export const entityList = [
  {
    entity: 'API_KEY',
    group: 'secrets',
    title: 'API key',
    description: 'Keys of model vendors, code hosts, payment and other services, by their form.',
    example: 'sk-proj-4f9T…',
    surrogate: 'sk-proj-Qm2x…',
  },
  {
    entity: 'CLOUD_KEY',
    group: 'secrets',
    title: 'Cloud key',
    description: 'Access keys of cloud providers.',
    example: 'AKIA3X7Q…',
    surrogate: 'AKIAM5RD…',
  },
  {
    entity: 'TOKEN',
    group: 'secrets',
    title: 'Token',
    description: 'Bearer, session and access tokens.',
    example: 'ghp_7bQk…',
    surrogate: 'ghp_Vn3c…',
  },
  {
    entity: 'JWT',
    group: 'secrets',
    title: 'JSON Web Token',
    description: 'Signed tokens in three parts.',
    example: 'eyJhbGci….eyJzdWIi….dBjftJeZ…',
    surrogate: 'eyJhbGci….eyJyUGxi….Kq93hsVx…',
  },
  {
    entity: 'PRIVATE_KEY',
    group: 'secrets',
    title: 'Private key',
    description: 'PEM blocks, SSH and age keys.',
    example: '-----BEGIN … KEY-----',
    surrogate: '-----BEGIN … KEY-----',
  },
  {
    entity: 'PASSWORD',
    group: 'secrets',
    title: 'Password',
    description: 'By the name beside it, in connection strings and on command lines.',
    example: 'hunter2x',
    surrogate: 'kzpwtr7q',
  },
  {
    entity: 'SECRET',
    group: 'secrets',
    title: 'Other secret',
    description: 'Values under names that say so, and the secrets this machine holds.',
    example: 'q8Zt-1vLm',
    surrogate: 'x3Rb-7kWd',
  },
  {
    entity: 'COOKIE',
    group: 'secrets',
    title: 'Cookie',
    description: 'Cookies and session ids.',
    example: 'sid=8c1f…',
    surrogate: 'sid=2e7b…',
  },
  {
    entity: 'CUSTOM',
    group: 'secrets',
    title: 'Your own value',
    description: 'What you added to the known values.',
    example: 'Project Bluebird',
    surrogate: 'Kvqxnbt Wotmfrea',
  },
  {
    entity: 'PERSON',
    group: 'personal',
    title: 'Person',
    description: 'Names of people.',
    example: 'Jane Doe',
    surrogate: 'Mara Ashenwick',
  },
  {
    entity: 'ORGANISATION',
    group: 'personal',
    title: 'Organisation',
    description: 'Companies and institutions that prose names; makers of software are left alone.',
    example: 'Birchfield Ltd',
    surrogate: 'Norenwick Ltd',
  },
  {
    entity: 'EMAIL',
    group: 'personal',
    title: 'Email address',
    description: 'Addresses of mailboxes.',
    example: 'jane@example.com',
    surrogate: 'mara3f0c21a7@norwick.example',
  },
  {
    entity: 'PHONE',
    group: 'personal',
    title: 'Phone number',
    description: 'Phone and fax numbers of any country.',
    example: '+1 415 555 0132',
    surrogate: '+1 628 555 0178',
  },
  {
    entity: 'DATE_OF_BIRTH',
    group: 'personal',
    title: 'Date of birth',
    description: 'Dates that words or a name beside them make a birthday.',
    example: '1984-03-12',
    surrogate: null,
  },
  {
    entity: 'DATE',
    group: 'personal',
    title: 'Date of a person',
    description: 'Dates under names that the policy lists for it, such as an admission to hospital.',
    example: '2024-05-17',
    surrogate: null,
  },
  {
    entity: 'TITLE',
    group: 'personal',
    title: 'Title or occupation',
    description: 'What stands before a name, and what somebody works as; kept unless a policy says otherwise.',
    example: 'Dr.',
    surrogate: null,
  },
  {
    entity: 'AGE',
    group: 'personal',
    title: 'Age',
    description: 'How old someone is; kept unless a policy says otherwise.',
    example: '74 years old',
    surrogate: null,
  },
  {
    entity: 'NRP',
    group: 'personal',
    title: 'Nationality, religion, politics',
    description: 'What someone belongs to; kept unless a policy says otherwise.',
    example: 'Norwegian',
    surrogate: null,
  },
  {
    entity: 'DATE_TIME',
    group: 'personal',
    title: 'Date or time',
    description: 'Any date in prose; kept unless a policy says otherwise.',
    example: '1984-03-12T09:30:15Z',
    surrogate: '1979-11-02T18:40:07Z',
  },
  {
    entity: 'USER_NAME',
    group: 'personal',
    title: 'User name',
    description: 'Accounts in file paths, logins and command lines.',
    example: '/home/jdoe',
    surrogate: '/home/ashenwick',
  },
  {
    entity: 'SSN',
    group: 'documents',
    title: 'US social security number',
    description: 'Nine digits in valid ranges.',
    example: '536-22-1480',
    surrogate: '318-54-7096',
  },
  {
    entity: 'NATIONAL_ID',
    group: 'documents',
    title: 'National id',
    description: 'Ids of some thirty countries, by their check digits.',
    example: '123.456.789-09',
    surrogate: '907.215.348-60',
  },
  {
    entity: 'PASSPORT',
    group: 'documents',
    title: 'Passport number',
    description: 'By the words or the name beside it.',
    example: 'C01X00T47',
    surrogate: 'K74M92R05',
  },
  {
    entity: 'DRIVING_LICENCE',
    group: 'documents',
    title: 'Driving licence',
    description: 'By the words or the name beside it.',
    example: 'D1234567',
    surrogate: 'H8052913',
  },
  {
    entity: 'ID_NUMBER',
    group: 'documents',
    title: 'Other number of a person',
    description: 'Account, certificate, vehicle and device numbers under names that the policy lists for it.',
    example: 'ACC-4471-90',
    surrogate: 'ACC-8205-13',
  },
  {
    entity: 'CREDIT_CARD',
    group: 'financial',
    title: 'Card number',
    description: 'Payment cards, by issuer and check digit.',
    example: '4111 1111 1111 1111',
    surrogate: '4539 5787 6362 1486',
  },
  {
    entity: 'IBAN',
    group: 'financial',
    title: 'IBAN',
    description: 'Bank accounts, by country, length and check digits.',
    example: 'GB82 WEST 1234 5698 7654 32',
    surrogate: 'GB33 BUKB 2020 1555 5555 55',
  },
  {
    entity: 'CRYPTO_ADDRESS',
    group: 'financial',
    title: 'Crypto address',
    description: 'Wallets, by their checksums.',
    example: '1BoatSLR…',
    surrogate: '1KFHE7w8…',
  },
  {
    entity: 'HEALTH_ID',
    group: 'health',
    title: 'Health identifier',
    description: 'Numbers of medical records, patients and insurance, by the words or the name beside them.',
    example: 'MRN 00482913',
    surrogate: 'MRN 71930546',
  },
  {
    entity: 'IP_ADDRESS',
    group: 'network',
    title: 'IP address',
    description: 'Public and private, IPv4 and IPv6.',
    example: '203.0.113.42',
    surrogate: '198.18.44.7',
  },
  {
    entity: 'MAC_ADDRESS',
    group: 'network',
    title: 'MAC address',
    description: 'Hardware addresses of network devices.',
    example: '00:1b:44:11:3a:b7',
    surrogate: '02:7e:90:5c:d1:48',
  },
  {
    entity: 'URL',
    group: 'network',
    title: 'URL and host name',
    description: 'Addresses of sites. Secrets inside them are found either way.',
    example: 'https://intranet.example.com/wiki',
    surrogate: 'https://ashenwick-5d1c9e.example/abcd',
  },
  {
    entity: 'ADDRESS',
    group: 'location',
    title: 'Postal address',
    description: 'Streets, house numbers and postal codes.',
    example: '12 Elm Street',
    surrogate: '48 Ashenwick Street',
  },
  {
    entity: 'LOCATION',
    group: 'location',
    title: 'Place',
    description: 'Names of towns, regions and countries; kept unless a policy says otherwise.',
    example: 'Springfield',
    surrogate: 'Fairhaven',
  },
  {
    entity: 'GPS',
    group: 'location',
    title: 'Coordinates',
    description: 'Latitude and longitude with enough digits to name a house.',
    example: '52.52001, 13.40495',
    surrogate: '48.20917, 16.37244',
  },
] as const satisfies readonly EntityInfo[];
export type Entity = (typeof entityList)[number]['entity'];
export const entities: readonly Entity[] = entityList.map(({ entity }) => entity);

const secretEntities: ReadonlySet<Entity> = new Set(
  entityList.filter(({ group }) => group === 'secrets').map(({ entity }) => entity),
);

/** Entities that give access to something: their values are compared as they stand, never normalised. */
export function isSecret(entity: Entity): boolean {
  return secretEntities.has(entity);
}

/**
 * What is done with an entity that neither policy nor preset names, where it is not its pseudonym. The addresses that
 * agents read and write name sites, not people: without them a trajectory says little. Towns, dates, ages and the like tell
 * who someone is only together with more. A project that sees it otherwise sets `actions`; what is secret in an
 * address is found either way.
 */
const usualActions: { readonly [entity in Entity]?: Action } = {
  URL: 'keep',
  LOCATION: 'keep',
  DATE_TIME: 'keep',
  AGE: 'keep',
  TITLE: 'keep',
  NRP: 'keep',
};

/** The action of a policy whose `actions` hold what its preset and its user set. */
export function actionFor(policy: { actions: { [entity in Entity]?: Action | undefined } }, entity: Entity): Action {
  return policy.actions[entity] ?? usualActions[entity] ?? 'pseudonym';
}

/** What a name alone can tell of the value beside it. */
export const personalEntities = [
  'DATE_OF_BIRTH',
  'DATE',
  'SSN',
  'NATIONAL_ID',
  'PASSPORT',
  'DRIVING_LICENCE',
  'ID_NUMBER',
  'HEALTH_ID',
  'PHONE',
  'CREDIT_CARD',
  'PERSON',
  'ADDRESS',
] as const satisfies readonly Entity[];
export type PersonalEntity = (typeof personalEntities)[number];
