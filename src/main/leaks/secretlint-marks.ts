import { unitsOf } from '../ground/units.js';

/** The version of the preset whose rules the marks were read from. */
const readFrom = '13.0.7';

/**
 * What stands in every text in which a rule of secretlint finds something, by the rule's name: the text's first three characters
 * there, and a form that goes on from them. A rule that is not listed always runs. Where nothing is listed, the rule goes by the
 * name of a file, of which it is told none.
 */
const marks: { [rule: string]: [begins: string, form: RegExp][] } = {
  aws: [
    ['A3T', /A3T[A-Z0-9]{17}/y],
    ...['AKIA', 'AGPA', 'AIDA', 'AROA', 'AIPA', 'ANPA', 'ANVA', 'ASIA'].map((id): [string, RegExp] => [
      id.slice(0, 3),
      new RegExp(`${id}[A-Z0-9]{16}`, 'y'),
    ]),
    ['cco', /ccount_?(?:ID|id|Id)?["']?\s*(?::|=>|=)\s*["']?\d{4}/y],
    ['CCO', /CCOUNT_?(?:ID|id|Id)?["']?\s*(?::|=>|=)\s*["']?\d{4}/y],
    ['cce', /ccess_?(?:KEY|key|Key)["']?\s*(?::|=>|=)/y],
    ['CCE', /CCESS_?(?:KEY|key|Key)["']?\s*(?::|=>|=)/y],
  ],
  gcp: [],
  privatekey: [['BEG', /BEGIN[ A-Z]{0,9}PRIVATE KEY/y]],
  npm: [['npm', /npm_\w{36}/y]],
  basicauth: [['://', /:\/\/[-\w]{1,256}:[-\w]{1,256}@/y]],
  slack: [
    ['xox', /xox[bpaor]-/y],
    ['xap', /xapp-/y],
    ['://', /:\/\/hooks\.slack\.com\//iy],
  ],
  sendgrid: [['SG.', /SG\.\w{1,128}\.\w/y]],
  shopify: [['shp', /shp(?:pa|ca|at|ss)_/y]],
  stripe: [
    ['sk_', /sk_(?:live|test)_/y],
    ['rk_', /rk_(?:live|test)_/y],
  ],
  github: [
    ['ghp', /ghp_\w{36}/y],
    ['gho', /gho_\w{36}/y],
    ['ghu', /ghu_\w{36}/y],
    ['ghr', /ghr_\w{36}/y],
    ['ghs', /ghs_/y],
    ['git', /github_pat_/y],
  ],
  gitlab: [['glp', /glpat-/y]],
  grafana: [
    ['glc', /glc_/y],
    ['gls', /glsa_/y],
  ],
  openai: [['T3B', /T3BlbkFJ/y]],
  anthropic: [['sk-', /sk-ant-api/y]],
  groq: [['gsk', /gsk_/y]],
  huggingface: [['hf_', /hf_[a-zA-Z]{34}/y]],
  linear: [['lin', /lin_api_/y]],
  notion: [['ntn', /ntn_\d/y]],
  '1password': [['ops', /ops_ey/y]],
  'database-connection-string': [['://', /(?<=mongodb|srv|mysql|mysqlx|postgres|postgresql):\/\//iy]],
  'hashicorp-vault': [
    ['hvs', /hvs\./y],
    ['hvb', /hvb\./y],
    ['hvr', /hvr\./y],
  ],
  vercel: [
    ['vcp', /vcp_/y],
    ['vci', /vci_/y],
    ['vca', /vca_/y],
    ['vcr', /vcr_/y],
    ['vck', /vck_/y],
  ],
  databricks: [['dap', /dapi[A-Fa-f0-9]{32}/y]],
  docker: [['dck', /dckr_pat_/y]],
  figma: [['fig', /figd_/y]],
  cloudflare: [
    ['cfk', /cfk_/y],
    ['cfu', /cfut_/y],
    ['cfa', /cfat_/y],
  ],
  tailscale: [['tsk', /tskey-/y]],
};

const known = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.:/';
const digit = known.length + 1;
/** A number below 64 for each ASCII character that stands in a beginning, 0 for all others. */
const classes = Uint8Array.from({ length: 128 }, (_, code) =>
  code >= 48 && code <= 57 ? digit : known.indexOf(String.fromCharCode(code)) + 1,
);
const classOf = (unit: number) => (unit < 128 ? (classes[unit] as number) : 0);

/**
 * Which of these rules may find something in a text: told in one pass over it, where most texts concern none of them. Of rules of
 * another `version` nothing is known: all of them may.
 */
export function createMarks(rules: readonly string[], version: string): (text: string) => ReadonlySet<string> {
  if (version !== readFrom) return () => new Set(rules);
  const always = rules.filter((rule) => marks[rule] === undefined);
  const forms: { rule: string; form: RegExp }[][] = [[]];
  /** Places in `forms` by three characters, and the two pairs in these. */
  const begins = new Uint8Array(1 << 18);
  const pairs = new Uint8Array(1 << 12);
  for (const rule of rules)
    for (const [start, form] of marks[rule] ?? []) {
      const slot = [...start].reduce((slot, character) => (slot << 6) | classOf(character.charCodeAt(0)), 0);
      if (begins[slot] === 0) begins[slot] = forms.push([]) - 1;
      pairs[slot >> 6] = 1;
      pairs[slot & 0xfff] = 1;
      (forms[begins[slot] as number] as (typeof forms)[number]).push({ rule, form });
    }
  return (text) => {
    const found = new Set(always);
    const units = unitsOf(text);
    const { length } = text;
    // Of three characters, the first two or the last two stand at an even place: every other place is enough.
    for (let at = 0; at + 1 < length; at += 2) {
      const pair = (classOf(units[at] as number) << 6) | classOf(units[at + 1] as number);
      if (pairs[pair] === 0) continue;
      for (let start = Math.max(0, at - 1); start <= at && start + 2 < length; start++) {
        const slot =
          (classOf(units[start] as number) << 12) |
          (classOf(units[start + 1] as number) << 6) |
          classOf(units[start + 2] as number);
        if (begins[slot] === 0) continue;
        for (const { rule, form } of forms[begins[slot] as number] as (typeof forms)[number]) {
          if (found.has(rule)) continue;
          form.lastIndex = start;
          if (form.test(text)) found.add(rule);
        }
      }
    }
    return found;
  };
}
