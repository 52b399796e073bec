import { generateKeyPairSync } from 'node:crypto';
import type { Entity } from '../../../src/main/redact/index.js';
import type { Random } from '../fuzz/random.js';
import { crcSuffix } from './checks.js';
import { characters, fill, type Value } from './values.js';

/** Forms of keys that stand for themselves, as their vendors and public scanners document them. */
const keyForms: readonly [entity: Entity, kind: string, form: string][] = [
  ['API_KEY', 'openai', 'sk-{w20}T3BlbkFJ{w20}'],
  ['API_KEY', 'openai project', 'sk-proj-{u74}T3BlbkFJ{u73}A'],
  ['API_KEY', 'openai service', 'sk-svcacct-{u58}T3BlbkFJ{u57}A'],
  ['API_KEY', 'openai admin', 'sk-admin-{u58}T3BlbkFJ{u57}A'],
  ['API_KEY', 'anthropic', 'sk-ant-api03-{u93}AA'],
  ['API_KEY', 'anthropic admin', 'sk-ant-admin01-{u93}AA'],
  ['API_KEY', 'anthropic oauth', 'sk-ant-oat01-{u86}AA'],
  ['API_KEY', 'openrouter', 'sk-or-v1-{h64}'],
  ['API_KEY', 'deepseek', 'sk-{h32}'],
  ['API_KEY', 'groq', 'gsk_{w52}'],
  ['API_KEY', 'xai', 'xai-{w80}'],
  ['API_KEY', 'perplexity', 'pplx-{w48}'],
  ['API_KEY', 'huggingface', 'hf_{a17}{A17}'],
  ['API_KEY', 'huggingface organisation', 'api_org_{a34}'],
  ['API_KEY', 'replicate', 'r8_{w37}'],
  ['API_KEY', 'nvidia', 'nvapi-{u64}'],
  ['API_KEY', 'langsmith', 'lsv2_pt_{h32}_{h10}'],
  ['API_KEY', 'langfuse', 'sk-lf-{h8}-{h4}-{h4}-{h4}-{h12}'],
  ['API_KEY', 'tavily', 'tvly-dev-{w32}'],
  ['API_KEY', 'fireworks', 'fw_{w24}'],
  ['API_KEY', 'cerebras', 'csk-{l48}'],
  ['API_KEY', 'firecrawl', 'fc-{h32}'],
  ['API_KEY', 'pinecone', 'pcsk_{w6}_{w63}'],
  ['API_KEY', 'jina', 'jina_{w60}'],
  ['API_KEY', 'resend', 're_{w8}_{w24}'],
  ['API_KEY', 'posthog', 'phx_{w43}'],
  ['CLOUD_KEY', 'google', 'AIza{u35}'],
  ['CLOUD_KEY', 'google oauth secret', 'GOCSPX-{u28}'],
  ['TOKEN', 'google access', 'ya29.{u120}'],
  ['TOKEN', 'google refresh', '1//0{u60}'],
  ['CLOUD_KEY', 'aws', 'AKIA{T16}'],
  ['CLOUD_KEY', 'aws temporary', 'ASIA{T16}'],
  ['CLOUD_KEY', 'aws legacy', 'A3TX{T16}'],
  ['CLOUD_KEY', 'bedrock', 'ABSK{b110}'],
  ['CLOUD_KEY', 'alibaba', 'LTAI{w20}'],
  ['CLOUD_KEY', 'tencent', 'AKID{w32}'],
  ['CLOUD_KEY', 'yandex', 'AQVN{u36}'],
  ['TOKEN', 'azure secret', '{w3}8Q~{u34}'],
  ['TOKEN', 'github fine-grained', 'github_pat_{w22}_{w59}'],
  ['TOKEN', 'gitlab', 'glpat-{u19}A'],
  ['TOKEN', 'gitlab routable', 'glpat-{w30}.0{l1}{l7}'],
  ['TOKEN', 'gitlab runner', 'glrt-{u19}A'],
  ['TOKEN', 'gitlab old runner', 'GR1348941{u19}A'],
  ['TOKEN', 'gitlab deploy', 'gldt-{u19}A'],
  ['TOKEN', 'gitlab trigger', 'glptt-{h40}'],
  ['TOKEN', 'gitlab feed', 'glft-{u19}A'],
  ['TOKEN', 'gitlab mail', 'glimt-{u24}A'],
  ['TOKEN', 'gitlab agent', 'glagent-{u49}A'],
  ['TOKEN', 'gitlab oauth', 'gloas-{u63}A'],
  ['TOKEN', 'gitlab scim', 'glsoat-{u19}A'],
  ['TOKEN', 'gitlab feature flags', 'glffct-{u19}A'],
  ['TOKEN', 'gitlab job', 'glcbt-{w2}_{u19}A'],
  ['TOKEN', 'slack bot', 'xoxb-{n1}{d11}-{n1}{d12}-{w24}'],
  ['TOKEN', 'slack user', 'xoxp-{n1}{d11}-{n1}{d11}-{n1}{d12}-{h32}'],
  ['TOKEN', 'slack app', 'xapp-1-A{U10}-{n1}{d12}-{h64}'],
  ['TOKEN', 'slack config', 'xoxe.xoxp-1-{U163}'],
  ['TOKEN', 'slack legacy', 'xoxo-{n1}{d9}-{n1}{d9}-{n1}{d9}-{h10}'],
  ['TOKEN', 'slack webhook', 'hooks.slack.com/services/T{U9}/B{U9}/{w24}'],
  ['API_KEY', 'stripe', 'sk_live_{w24}'],
  ['API_KEY', 'stripe test', 'sk_test_{w99}'],
  ['API_KEY', 'stripe restricted', 'rk_live_{w24}'],
  ['API_KEY', 'stripe prod', 'sk_prod_{w24}'],
  ['API_KEY', 'stripe webhook', 'whsec_{w32}'],
  ['TOKEN', 'square', 'sq0atp-{u21}A'],
  ['TOKEN', 'square sandbox', 'EAAA{u59}A'],
  ['TOKEN', 'pypi', 'pypi-AgEIcHlwaS5vcmc{u80}'],
  ['TOKEN', 'rubygems', 'rubygems_{h48}'],
  ['TOKEN', 'crates', 'cio{w32}'],
  ['TOKEN', 'clojars', 'CLOJARS_{l60}'],
  ['TOKEN', 'docker', 'dckr_pat_{u27}'],
  ['TOKEN', 'digitalocean', 'dop_v1_{h64}'],
  ['TOKEN', 'digitalocean oauth', 'doo_v1_{h64}'],
  ['TOKEN', 'digitalocean refresh', 'dor_v1_{h64}'],
  ['TOKEN', 'databricks', 'dapi{h32}'],
  ['API_KEY', 'mailgun', 'key-{h32}'],
  ['API_KEY', 'mailchimp', '{h32}-us{n1}{d1}'],
  ['API_KEY', 'sendinblue', 'xkeysib-{h64}-{w16}'],
  ['TOKEN', 'sendgrid', 'SG.{w22}.{w43}'],
  ['API_KEY', 'twilio', 'SK{h32}'],
  ['API_KEY', 'linear', 'lin_api_{w40}'],
  ['API_KEY', 'notion', 'ntn_{d11}{w35}'],
  ['TOKEN', 'shopify', 'shpat_{h32}'],
  ['TOKEN', 'shopify shared', 'shpss_{h32}'],
  ['TOKEN', 'planetscale', 'pscale_tkn_{u42}A'],
  ['PASSWORD', 'planetscale password', 'pscale_pw_{u42}A'],
  ['API_KEY', 'postman', 'PMAK-{h24}-{h34}'],
  ['API_KEY', 'new relic', 'NRAK-{U27}'],
  ['API_KEY', 'new relic browser', 'NRJS-{h19}'],
  ['API_KEY', 'new relic insert', 'NRII-{u31}A'],
  ['TOKEN', 'grafana', 'glsa_{w32}_{h8}'],
  ['TOKEN', 'grafana cloud', 'glc_{b60}'],
  ['TOKEN', 'grafana old', 'eyJrIjoi{w90}'],
  ['TOKEN', 'sentry user', 'sntryu_{h64}'],
  ['TOKEN', 'sentry organisation', 'sntrys_eyJpYXQiO{w80}_{w43}'],
  ['TOKEN', 'atlassian', 'ATATT3{u185}A'],
  ['TOKEN', 'dropbox', 'sl.{u134}A'],
  ['TOKEN', 'figma', 'figd_{u40}'],
  ['API_KEY', 'heroku', 'HRKU-AA{u57}A'],
  ['TOKEN', 'fly', 'fo1_{u42}A'],
  ['TOKEN', 'fly macaroon', 'fm2_{b120}'],
  ['TOKEN', 'supabase', 'sbp_{h40}'],
  ['TOKEN', 'doppler', 'dp.pt.{w43}'],
  ['TOKEN', 'vault', 'hvs.{u94}A'],
  ['TOKEN', 'vault old', 's.{w24}'],
  ['TOKEN', 'vault batch', 'hvb.{u140}A'],
  ['TOKEN', 'terraform', '{w14}.atlasv1.{u66}A'],
  ['PRIVATE_KEY', 'age', 'AGE-SECRET-KEY-1{U58}'],
  ['API_KEY', 'artifactory', 'AKCp{w69}'],
  ['TOKEN', 'artifactory reference', 'cmVmd{w59}'],
  ['TOKEN', 'buildkite', 'bkua_{h40}'],
  ['TOKEN', 'circleci', 'CCIPAT_{w22}_{h40}'],
  ['TOKEN', 'facebook', 'EAAM{w110}'],
  ['API_KEY', 'prefect', 'pnu_{w36}'],
  ['API_KEY', 'readme', 'rdme_{l70}'],
  ['TOKEN', 'typeform', 'tfp_{w59}'],
  ['TOKEN', 'pulumi', 'pul-{h40}'],
  ['TOKEN', '1password service', 'ops_eyJ{w260}'],
  ['PRIVATE_KEY', '1password secret', 'A3-{U6}-{U6}-{U5}-{U5}-{U5}-{U5}'],
  ['API_KEY', 'easypost', 'EZAK{w54}'],
  ['API_KEY', 'easypost test', 'EZTK{w54}'],
  ['API_KEY', 'duffel', 'duffel_test_{u42}A'],
  ['TOKEN', 'dynatrace', 'dt0c01.{U24}.{U64}'],
  ['API_KEY', 'flutterwave', 'FLWSECK_TEST-{h32}-X'],
  ['API_KEY', 'frame.io', 'fio-u-{u63}A'],
  ['API_KEY', 'infracost', 'ico-{w32}'],
  ['API_KEY', 'lob', 'live_{h35}'],
  ['API_KEY', 'adobe', 'p8e-{h32}'],
  ['TOKEN', 'harness', 'pat.{u22}.{w24}.{w20}'],
  ['TOKEN', 'airtable', 'pat{w14}.{h64}'],
  ['API_KEY', 'shippo', 'shippo_test_{h40}'],
  ['TOKEN', 'openshift', 'sha256~{u42}A'],
  ['API_KEY', 'octopus', 'API-{U26}'],
  ['API_KEY', 'maxmind', '{w6}_{w29}_mmk'],
  ['TOKEN', 'settlemint', 'sm_pat_{w16}'],
  ['TOKEN', 'sourcegraph', 'sgp_{h16}_{h40}'],
  ['TOKEN', 'scalingo', 'tk-us-{u47}A'],
  ['TOKEN', 'intra42', 's-s4t2ud-{h64}'],
  ['TOKEN', 'cloudflare origin', 'v1.0-{h24}-{h146}'],
  ['API_KEY', 'clickhouse', '4b1d{w38}'],
  ['TOKEN', 'plaid', 'access-production-{h8}-{h4}-{h4}-{h4}-{h12}'],
  ['TOKEN', 'authress', 'sc_{l12}.{l5}.acc_{l16}.{w40}'],
  ['TOKEN', 'defined networking', 'dnkey-{w26}-{w52}'],
  ['TOKEN', 'sonar', 'squ_{h40}'],
  ['TOKEN', 'mapbox', 'sk.{l60}.{l22}'],
  ['TOKEN', 'telegram', '{n1}{d9}:AA{u32}A'],
  ['TOKEN', 'discord', 'MT{w22}.{w6}.{u37}A'],
  ['TOKEN', 'contentful', 'CFPAT-{u42}A'],
];

/** Secrets that only their vendor's name tells: hex or letters of a length. */
const vendorForms: readonly [vendor: string, name: string, form: string][] = [
  ['adafruit', 'adafruit_io', '{l32}'],
  ['algolia', 'algolia_admin', '{l32}'],
  ['asana', 'asana_client', '{l32}'],
  ['bitbucket', 'bitbucket_client', '{l32}'],
  ['codecov', 'codecov_upload', '{l32}'],
  ['cloudflare', 'cloudflare_api', '{u39}A'],
  ['cohere', 'cohere_prod', '{w40}'],
  ['confluent', 'confluent_cluster', '{l64}'],
  ['datadog', 'datadog_app', '{l40}'],
  ['discord', 'discord_client', '{h64}'],
  ['droneci', 'droneci_main', '{l32}'],
  ['etsy', 'etsy_shop', '{l24}'],
  ['fastly', 'fastly_service', '{l32}'],
  ['finnhub', 'finnhub_io', '{l20}'],
  ['gitter', 'gitter_room', '{l40}'],
  ['intercom', 'intercom_app', '{l60}'],
  ['jira', 'jira_cloud', '{l20}{h4}'],
  ['kraken', 'kraken_trading', '{b86}=='],
  ['launchdarkly', 'launchdarkly_sdk', '{l40}'],
  ['mattermost', 'mattermost_bot', '{l26}'],
  ['netlify', 'netlify_site', '{l43}'],
  ['okta', 'okta_org', '00{u39}A'],
  ['rapidapi', 'rapidapi_hub', '{l50}'],
  ['sendbird', 'sendbird_app', '{h40}'],
  ['sentry', 'sentry_project', '{h64}'],
  ['sumo', 'sumo_logic', '{l64}'],
  ['travis', 'travis_ci', '{w22}'],
  ['twitch', 'twitch_client', '{l30}'],
  ['twitter', 'twitter_consumer', '{w50}'],
  ['zendesk', 'zendesk_support', '{l40}'],
];

function key(random: Random): Value {
  if (random.below(12) === 0) {
    const prefix = random.pick(['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'npm_']);
    const body = characters('w', 30, random);
    const kind = prefix === 'npm_' ? 'npm' : 'github';
    return bareSecret('TOKEN', kind, prefix + body + crcSuffix(body));
  }
  return form(random.pick(keyForms), random);
}

const form = ([entity, kind, pattern]: (typeof keyForms)[number], random: Random): Value =>
  bareSecret(entity, kind, fill(pattern, random));

const others: Readonly<Partial<Record<Entity, readonly Entity[]>>> = {
  API_KEY: ['CLOUD_KEY', 'TOKEN', 'SECRET'],
  CLOUD_KEY: ['API_KEY', 'TOKEN', 'SECRET'],
  TOKEN: ['API_KEY', 'CLOUD_KEY', 'SECRET', 'JWT'],
  SECRET: ['TOKEN', 'API_KEY', 'CLOUD_KEY', 'PASSWORD'],
  PASSWORD: ['SECRET', 'TOKEN'],
  JWT: ['TOKEN', 'SECRET'],
  PRIVATE_KEY: ['SECRET', 'API_KEY', 'TOKEN'],
  COOKIE: ['TOKEN', 'SECRET', 'JWT'],
};

function bareSecret(entity: Entity, kind: string, text: string): Value {
  return { entity, kind, text, written: text, label: 'key', key: 'value', bare: true, also: others[entity] ?? [] };
}

function named(entity: Entity, kind: string, text: string, label: string, name: string): Value {
  return { entity, kind, text, written: text, label, key: name, bare: false, also: others[entity] ?? [] };
}

function jwt(random: Random): Value {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = part({ alg: random.pick(['HS256', 'RS256', 'ES256']), typ: 'JWT' });
  const body = part({ sub: characters('d', 10, random), name: characters('a', 8, random), iat: 1_700_000_000 });
  return bareSecret('JWT', 'jwt', `${head}.${body}.${characters('u', 42, random)}A`);
}

/** Made once a run: generating one takes long, and its text is what counts. */
const pem = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;

function privateKey(random: Random): Value {
  const type = random.pick(['RSA ', 'EC ', '', 'OPENSSH ', 'ENCRYPTED ']);
  const lines = Array.from({ length: 3 + random.below(8) }, () => characters('b', 64, random));
  const last = (pem.split('\n').at(-3) as string).slice(0, 24);
  const text = [`-----BEGIN ${type}PRIVATE KEY-----`, ...lines, last, `-----END ${type}PRIVATE KEY-----`].join('\n');
  return bareSecret('PRIVATE_KEY', 'pem', text);
}

const words = ['correct', 'horse', 'Battery', 'staple', 'Winter', 'sommer', 'Rosebud', 'falcon', 'Zephyr', 'lantern'];

function password(random: Random): Value {
  const text = random.pick([
    () => `${random.pick(words)}${characters('d', 3, random)}${random.pick(['!', '$', '#', '?', '*'])}`,
    () => characters('w', 12, random),
    () => `${random.pick(words)}-${random.pick(words)}-${characters('d', 4, random)}`,
    () => `${characters('a', 3, random)}${characters('d', 2, random)}@${characters('w', 5, random)}`,
  ])();
  const name = random.pick(['password', 'db_password', 'passwd', 'POSTGRES_PASSWORD', 'userPassword', 'smtp_pwd']);
  return named('PASSWORD', 'password', text, 'password', name);
}

function connection(random: Random): Value {
  const text = characters('w', 14, random);
  const scheme = random.pick(['postgres', 'mysql', 'redis', 'mongodb+srv', 'amqp', 'https']);
  return {
    ...bareSecret('PASSWORD', 'connection string', text),
    written: `${scheme}://app:${text}@db.internal:5432/main`,
    label: 'database url',
    key: 'DATABASE_URL',
  };
}

function secretField(random: Random): Value {
  const name = random.pick([
    'client_secret',
    'api_key',
    'access_token',
    'JWT_SECRET',
    'signing_key',
    'webhook_secret',
    'encryptionKey',
    'refresh_token',
    'auth_token',
    'secretKey',
  ]);
  return named('SECRET', 'named field', fill(random.pick(['{w32}', '{h40}', '{u43}A', '{b42}0=']), random), name, name);
}

function vendor(random: Random): Value {
  const [id, name, pattern] = random.pick(vendorForms);
  const spelled = random.pick([name, name.toUpperCase(), `${name}_key`, `${name.toUpperCase()}_TOKEN`]);
  return named('SECRET', `vendor ${id}`, fill(pattern, random), `${id} key`, spelled);
}

function cookie(random: Random): Value {
  const name = random.pick(['session', 'sid', 'connect.sid', '_gitlab_session', 'PHPSESSID', 'auth']);
  const text = fill('{l32}', random);
  return { ...named('COOKIE', 'cookie', text, 'Cookie', 'cookie'), written: `${name}=${text}` };
}

/** Every secret that can be planted; keys come most, by the number of their forms. */
export const secretMakers: readonly [(random: Random) => Value, share: number][] = [
  [key, 40],
  [jwt, 5],
  [privateKey, 4],
  [password, 8],
  [connection, 4],
  [secretField, 8],
  [vendor, 6],
  [cookie, 3],
];

/** Every key form once: so that none is left to chance. */
export const everyKey = (random: Random): Value[] => keyForms.map((each) => form(each, random));
