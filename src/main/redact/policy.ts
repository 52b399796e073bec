import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { entities } from './entities.js';

/** What to do with a found entity: `<EMAIL_MASKED>`, `<EMAIL_7f3a9c21>`, or nothing. */
export const actions = ['mask', 'pseudonym', 'keep'] as const;
export type Action = (typeof actions)[number];

/** A name in lower case without separators; a leading `*` stands for any beginning. */
const namePattern = z
  .string()
  .max(128)
  .regex(/^\*?[a-z0-9]+\*?$/, 'lower-case letters and digits, with * before or after for any beginning or end');
const namePatterns = z.array(namePattern).max(10_000);
const exactValues = z.array(z.string().min(3).max(65_536)).max(100_000);

/** What a name alone can tell of the value beside it. */
export const personalEntities = [
  'DATE_OF_BIRTH',
  'SSN',
  'NATIONAL_ID',
  'PASSPORT',
  'DRIVING_LICENCE',
  'HEALTH_ID',
  'PHONE',
  'CREDIT_CARD',
  'PERSON',
  'ADDRESS',
] as const satisfies readonly (typeof entities)[number][];
export type PersonalEntity = (typeof personalEntities)[number];

/**
 * What is done with an entity that the policy does not name, where it is not its pseudonym. The addresses that agents
 * read and write name sites, not people: without them a trajectory says little. A project that sees it otherwise sets
 * `actions.URL`; what is secret in an address is found either way.
 */
const usualActions: { [entity in (typeof entities)[number]]?: Action } = { URL: 'keep' };

const defaultKeys = [
  '*password',
  '*passwd',
  '*passphrase',
  '*passcode',
  '*pwd',
  'pass',
  'dbpass',
  'userpass',
  'pgpass',
  '*sshpass',
  '*becomepass',
  '*sudopass',
  '*passwort',
  '*kennwort',
  '*motdepasse',
  '*secret',
  '*secrets',
  '*secretkey',
  '*secretaccesskey',
  '*apikey',
  '*apikeys',
  '*apitoken',
  '*accesskey',
  '*accountkey',
  '*privatekey',
  '*signingkey',
  '*encryptionkey',
  '*masterkey',
  '*servicekey',
  '*servicerolekey',
  '*authkey',
  '*token',
  '*tokens',
  '*accesstoken',
  '*passwordconfirmation',
  '*passwordconfirm',
  '*passwordhash',
  'authorization',
  'proxyauthorization',
  'xapikey',
  'xauth',
  '*credential',
  '*credentials',
  '*connectionstring',
  '*cookie',
  '*cookies',
  'sessionid',
  'phpsessid',
  'jsessionid',
  'aspnetsessionid',
  'connectsid',
  'sessionkey',
  'sharedaccesssignature',
  'xamzsignature',
  'xamzcredential',
  'xamzsecuritytoken',
  'cvv',
  'cvc',
];

/** Names that end like secrets and are none: counters, paging, special tokens of tokenizers. */
const defaultNotKeys = [
  '*pagetoken',
  '*nexttoken',
  '*continuationtoken',
  '*synctoken',
  '*cursortoken',
  '*padtoken',
  '*eostoken',
  '*bostoken',
  '*unktoken',
  '*septoken',
  '*clstoken',
  '*masktoken',
  '*stoptoken',
  '*starttoken',
  '*endtoken',
  '*specialtoken',
  '*specialtokens',
  'maxtokens',
  '*maxtokens',
  '*mintokens',
  'tokens',
  '*inputtokens',
  '*outputtokens',
  '*prompttokens',
  '*completiontokens',
  '*totaltokens',
  '*cachedtokens',
  '*reasoningtokens',
  '*audiotokens',
  '*newtokens',
  '*stoptokens',
  '*addedtokens',
  'tokencount',
  'tokencounts',
  'tokentype',
  'tokentypes',
  'tokenid',
  'tokenids',
  'tokenizer*',
  'tokenize*',
  'tokenization*',
  'tokenlimit',
  'tokenusage',
  'tokenbudget',
  'tokenlength',
  'tokenurl',
  'tokenuri',
  'tokenendpoint',
  'tokenname',
  'tokenclass*',
  'tokenembedding*',
  'tokensper*',
  'tokensused',
  'tokensremaining',
  'tokenlogprobs',
  'secretname',
  'secretnames',
  'secretid',
  'secretarn',
  'secretref',
  'secretkeyref',
  'secretary*',
  'csrftokenname',
];

/** Names of keys, columns, parameters and headers under which a person's data stand, by what stands there. */
const defaultPersonal: { [entity in PersonalEntity]?: string[] } = {
  DATE_OF_BIRTH: ['dob', '*dateofbirth', '*birthdate', '*birthday', 'birthdt', 'geburtsdatum', 'datenaissance'],
  SSN: ['ssn', 'ssnum', '*socialsecurity', '*socialsecuritynumber', '*socialsecurityno', 'ssnlast4', '*usssn'],
  NATIONAL_ID: [
    ...['*nationalid', '*nationalidnumber', '*nationalidentifier', '*personalid', '*identitynumber', '*taxid'],
    ...[
      '*taxidnumber',
      '*taxnumber',
      '*taxpayerid',
      'tin',
      'itin',
      '*nhsnumber',
      'nhsno',
      '*aadhaar',
      '*aadhaarnumber',
    ],
    ...[
      'cpf',
      'cuit',
      'cuil',
      'dni',
      'nie',
      'nif',
      'nir',
      'bsn',
      'pesel',
      'cnp',
      'curp',
      'nino',
      'ppsn',
      'hkid',
      'nric',
    ],
    ...['amka', 'ahvnr', 'ahvnummer', 'steuerid', 'steuernummer', '*personnummer', '*rijksregisternummer', 'hetu'],
    ...['henkilotunnus', 'henkiltunnus', 'teudatzehut', 'tckimlikno', 'tckn', 'codicefiscale', '*residentid', 'rrn'],
    ...['*nationalinsurancenumber', '*numerodesecuritesociale', 'numrodescuritsociale', '*southafricanidnumber'],
    ...[
      'sinnumber',
      '*socialinsurancenumber',
      'tfn',
      '*taxfilenumber',
      'rut',
      'cprnummer',
      'fodselsnummer',
      'sin',
      'pan',
    ],
  ],
  PASSPORT: ['*passport', '*passportnumber', '*passportno', '*passportnum', '*passportid', 'reisepassnummer'],
  DRIVING_LICENCE: ['*driverslicense', '*driverslicensenumber', '*driverlicense', '*driverlicensenumber']
    .concat(['*drivinglicence', '*drivinglicencenumber', '*drivinglicense', '*drivinglicensenumber'])
    .concat(['dlnumber', '*licensenumber', '*licencenumber', 'fuhrerscheinnummer']),
  HEALTH_ID: [
    'mrn',
    '*medicalrecordnumber',
    '*patientid',
    '*patientnumber',
    '*healthinsuranceid',
    '*healthplanid',
  ].concat(['*insurancememberid', '*beneficiaryid', '*medicareid', '*medicaidid', 'mbi', '*krankenversichertennummer']),
  PHONE: [
    '*phone',
    '*phonenumber',
    '*phoneno',
    '*telephone',
    '*mobile',
    '*mobilenumber',
    '*cellphone',
    'fax',
    '*faxnumber',
  ].concat(['tel', '*whatsapp', '*msisdn', 'telefon', 'handynummer', 'homephone', 'workphone']),
  CREDIT_CARD: [
    '*cardnumber',
    '*creditcard',
    '*creditcardnumber',
    '*debitcard',
    'ccnumber',
    'ccnum',
    'primaryaccountnumber',
  ],
  PERSON: [
    ...['firstname', 'lastname', 'fullname', 'middlename', 'givenname', 'familyname', 'maidenname', 'surname'],
    ...['*customername', '*patientname', '*employeename', '*contactname', '*cardholder', '*cardholdername'],
    ...[
      '*holdername',
      '*beneficiaryname',
      '*recipientname',
      '*passengername',
      '*guestname',
      '*legalname',
      '*spousename',
    ],
    ...['vorname', 'nachname', 'prenom', 'apellido', 'apellidos', 'cognome', '*mothersmaidenname'],
  ],
  ADDRESS: [
    ...['street', '*streetaddress', '*addressline', '*homeaddress', '*mailingaddress', '*postaladdress'],
    ...['*shippingaddress', '*billingaddress', '*residentialaddress', 'zip', 'zipcode', '*postalcode', 'postcode'],
    ...['plz', 'strasse', 'hausnummer', 'housenumber'],
  ],
};

/** `policy.json` in the data folder. */
export const policySchema = z.strictObject({
  version: z.literal(1).default(1),
  /** What happens to each entity; one that is not named is replaced by its pseudonym, URLs are kept. */
  actions: z.partialRecord(z.enum(entities), z.enum(actions)).default({}),
  /** Exact values that are never replaced, whatever finds them. */
  allow: exactValues.default([
    'noreply@anthropic.com',
    'git@github.com',
    'git@gitlab.com',
    'git@bitbucket.org',
    'git@ssh.dev.azure.com',
  ]),
  /** Exact values that are always replaced, wherever they stand. */
  deny: exactValues.default([]),
  /** Headers whose whole value is a secret, beside those whose name says so (token, secret, key, password, …). */
  headers: namePatterns.default([
    'authorization',
    'proxyauthorization',
    '*cookie',
    'cookie2',
    'xapikey',
    'apikey',
    'xgoogapikey',
    'xamzsecuritytoken',
    'xgoogiamauthorizationtoken',
    'xmsclientsecret',
    'cfaccessclientsecret',
    'xvaulttoken',
    'xforwardedaccesstoken',
  ]),
  /** Headers that are left to the detectors although their name sounds secret. */
  not_headers: namePatterns.default([
    '*idempotencykey',
    'secwebsocketkey',
    'surrogatekey',
    '*cachekey',
    'accesscontrol*',
    '*ratelimit*',
    '*tokens',
    '*tokencount',
    '*tokensremaining',
    '*tokenslimit',
    '*tokensreset',
    'publickeypins*',
    // How agents name a conversation; as a credential it would be a cookie.
    'sessionid',
    'xsessionid',
  ]),
  /** Keys of JSON, forms, queries, environment lines and options whose value is a secret. */
  keys: namePatterns.default(defaultKeys),
  /** Keys that `keys` would catch and should not. */
  not_keys: namePatterns.default(defaultNotKeys),
  /** Keys, columns, parameters and headers that say what of a person stands under them. */
  personal: z.partialRecord(z.enum(personalEntities), namePatterns).default(defaultPersonal),
});
export type RedactionPolicy = z.infer<typeof policySchema>;

export const defaultPolicy: RedactionPolicy = policySchema.parse({});

/** Checks a policy file's content; throws SluiceError `policy_invalid` that names the field. */
export function loadPolicy(json: unknown): RedactionPolicy {
  const result = policySchema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') || 'the file';
  throw new SluiceError('policy_invalid', `Redaction policy: ${field}: ${issue?.message ?? 'invalid'}`, { field });
}

export function actionFor(policy: RedactionPolicy, entity: (typeof entities)[number]): Action {
  return policy.actions[entity] ?? usualActions[entity] ?? 'pseudonym';
}
