import { generateKeyPairSync } from 'node:crypto';
import { lintSource } from '@secretlint/core';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { expect, it } from 'vitest';
import { secretlint } from '../../../src/main/leaks/secretlint.js';
import { createMarks } from '../../../src/main/leaks/secretlint-marks.js';
import { noise } from './planted.js';

const prefix = '@secretlint/secretlint-rule-';
const hex = (length: number) => 'a0b1c2d3'.repeat(20).slice(0, length);
const upper = (length: number) => noise(200, 'upper').toUpperCase().slice(0, length);
const letters = (length: number) =>
  noise(300, 'letters')
    .replace(/[^A-Za-z]/g, '')
    .slice(0, length);
const pem = String(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
);

/** What each rule finds, in each of its forms. */
const samples: { [rule: string]: string[] } = {
  aws: [
    ...['A3TX', 'AKIA', 'AGPA', 'AIDA', 'AROA', 'AIPA', 'ANPA', 'ANVA', 'ASIA'].map((start) => start + upper(16)),
    ...['ACCOUNT_ID=', 'aws_account_id: "', "Account => '", 'AWS_ACCOUNT = '].map((start) => `${start}1234-5678-9012 `),
    ...['AWS_SECRET_ACCESS_KEY=', '"secret_access_key": "', 'awsSecretAccessKey => ', 'secretaccesskey: '].map(
      (start) => `${start}${noise(40, 'aws')} `,
    ),
  ],
  gcp: [],
  privatekey: ['', 'EC ', 'OPENSSH '].map((kind) => pem.replaceAll('PRIVATE', `${kind}PRIVATE`)),
  npm: [`npm_${noise(36, 'npm')}`],
  basicauth: [`ftp://deploy-1:${noise(16, 'basic')}@build.internal.net/path`],
  slack: [
    ...['xoxb', 'xoxp', 'xapp', 'xoxa', 'xoxo', 'xoxr'].map(
      (start) => `${start}-1-${'2'.repeat(12)}-${noise(24, start)}`,
    ),
    `HTTPS://Hooks.Slack.com/services/T${upper(8)}/B${upper(8)}/${noise(24, 'hook')}`,
  ],
  sendgrid: [`SG.${noise(22, 'sendgrid a')}.${noise(43, 'sendgrid b')}`],
  shopify: ['shppa', 'shpca', 'shpat', 'shpss'].map((start) => `${start}_${hex(32)}`),
  stripe: ['sk_live', 'sk_test', 'rk_live', 'rk_test'].map((start) => `${start}_${noise(24, start)}`),
  github: [
    ...['ghp', 'gho', 'ghu', 'ghs', 'ghr'].map((start) => `${start}_${noise(36, start)}`),
    `github_pat_${noise(82, 'pat')}`,
    `ghs_1234_${noise(30, 'head')}.${noise(60, 'body')}.${noise(43, 'mac')}`,
  ],
  gitlab: [`glpat-${noise(20, 'gitlab')}`],
  grafana: [`glc_eyJ${noise(60, 'cloud')}`, `glsa_${noise(32, 'service')}_${hex(8)}`],
  openai: [
    `sk-proj-${noise(74, 'openai a')}T3BlbkFJ${noise(74, 'openai b')}`,
    `sk-${noise(20, 'openai c')}T3BlbkFJ${noise(20, 'openai d')}`,
  ],
  anthropic: [`sk-ant-api03-${noise(93, 'anthropic')}AA`],
  groq: [`gsk_${noise(52, 'groq')}`],
  huggingface: [`hf_${letters(34)}`],
  linear: [`lin_api_${noise(40, 'linear')}`],
  notion: [`ntn_12345678901${noise(35, 'notion')}`],
  '1password': [0, 1, 2]
    .map((pad) => Buffer.from(JSON.stringify({ email: 'a@1passwordserviceaccounts.com', key: upper(60 + pad) })))
    .filter(({ length }) => length % 3 === 1)
    .map((json) => `ops_${json.toString('base64')}`),
  'database-connection-string': ['MongoDB+srv', 'mongodb', 'mysql', 'jdbc:mysqlx', 'postgres', 'postgresql'].map(
    (start) => `${start}://app:${noise(20, start)}@db.internal.net:5432/app?ssl=1`,
  ),
  'hashicorp-vault': [`hvs.${noise(95, 'vault')}`, `hvb.${noise(138, 'vault')}`, `hvr.${noise(95, 'vault')}`],
  vercel: ['vcp', 'vci', 'vca', 'vcr', 'vck'].map((start) => `${start}_${noise(56, start)}`),
  databricks: [`dapi${hex(32)}-2`],
  docker: [`dckr_pat_${noise(27, 'docker')}`],
  figma: [`figd_${noise(40, 'figma')}`],
  cloudflare: ['cfk', 'cfut', 'cfat'].map((start) => `${start}_${noise(40, start)}${hex(8)}`),
  tailscale: [`tskey-auth-${noise(12, 'key')}-${noise(32, 'tail')}`],
};
const all = rules.filter(({ meta }) => meta.id !== `${prefix}filter-comments`);
const marksIn = createMarks(
  all.map(({ meta }) => meta.id.replace(prefix, '')),
  secretlint.version,
);

/** What the rules find where none of them is left out. */
async function foundByAll(content: string): Promise<string[]> {
  const options = { [`${prefix}aws`]: { enableIDScanRule: true } } as { [rule: string]: object };
  const config = { rules: all.map((rule) => ({ id: rule.meta.id, rule, options: options[rule.meta.id] ?? {} })) };
  const source = { filePath: 'row', content, contentType: 'text' as const };
  const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: true } });
  return messages.map(({ ruleId, range }) => `${ruleId.replace(prefix, 'secretlint/')} ${range.join(' ')}`).sort();
}
const foundBy = async (text: string) =>
  (await secretlint.find(text)).map(({ rule, start, end }) => `${rule} ${start} ${end}`).sort();

it('the marks are those of the version that is installed: of a newer one every rule is to be read again', () => {
  expect(secretlint.version).toBe('13.0.7');
  expect(all.map(({ meta }) => meta.id.replace(prefix, '')).sort()).toEqual(Object.keys(samples).sort());
});

it.each(Object.entries(samples))('%s finds what it finds where every rule runs', async (rule, texts) => {
  for (const text of texts)
    for (const written of [
      text,
      `x = "${text}"\n`,
      `日本 ${text}\n${'word '.repeat(30)}`,
      `msg.a ://b ${text} ${text}`,
    ]) {
      const expected = await foundByAll(written);
      expect(expected.join(), text).toContain(`secretlint/${rule} `);
      expect([...marksIn(written)]).toContain(rule);
      expect(await foundBy(written)).toEqual(expected);
    }
});

it('runs no rule over texts that concern none', async () => {
  const text =
    'the account: access keys, https://host/a:b, msg.send(), task-force, making around git_hub postgres at 12:30\n';
  expect([...marksIn(text)]).toEqual([]);
  expect(await foundByAll(text)).toEqual([]);
});

it('a rule that nothing is known of always runs', () => {
  expect([...createMarks(['aws', 'brand-new'], secretlint.version)('nothing here')]).toEqual(['brand-new']);
});

it.each(['13.0.8', '13.1.0', '14.0.0'])(
  'rules of another version, %s, all run: the marks are not theirs',
  (version) => {
    expect([...createMarks(['aws', 'npm'], version)('nothing here')]).toEqual(['aws', 'npm']);
  },
);
