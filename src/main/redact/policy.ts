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

/** `policy.json` in the data folder. */
export const policySchema = z.strictObject({
  version: z.literal(1).default(1),
  /** What happens to each entity; one that is not named is replaced by its pseudonym. */
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
  ]),
  /** Keys of JSON, forms, queries, environment lines and options whose value is a secret. */
  keys: namePatterns.default(defaultKeys),
  /** Keys that `keys` would catch and should not. */
  not_keys: namePatterns.default(defaultNotKeys),
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
  return policy.actions[entity] ?? 'pseudonym';
}
