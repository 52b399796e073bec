import { createRequire } from 'node:module';
import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules as preset } from '@secretlint/secretlint-rule-preset-recommend';
import type { Entity } from '../../shared/policy.js';
import type { Hit, RuleSet } from './rules/rule.js';
import { createMarks } from './secretlint-marks.js';

// It keeps a mark of every rule and text for as long as the process lives.
secretLintProfiler.setEnabled(false);

const prefix = '@secretlint/secretlint-rule-';

/** Ids of access keys open nothing by themselves, but they name an account: the preset leaves them out. */
const options: { [rule: string]: { [option: string]: boolean } } = { [`${prefix}aws`]: { enableIDScanRule: true } };

/** The preset without the rule that lets a text switch the others off by a comment: the text is captured content. */
const rules = preset
  .filter((rule) => rule.meta.id !== `${prefix}filter-comments`)
  .map((rule) => ({ id: rule.meta.id, rule, options: options[rule.meta.id] ?? {} }));

/** What redaction calls it, where that is not a token. */
const entities: { [rule: string]: Entity } = {
  aws: 'CLOUD_KEY',
  gcp: 'CLOUD_KEY',
  cloudflare: 'CLOUD_KEY',
  privatekey: 'PRIVATE_KEY',
  basicauth: 'PASSWORD',
  'database-connection-string': 'PASSWORD',
  openai: 'API_KEY',
  anthropic: 'API_KEY',
  groq: 'API_KEY',
  huggingface: 'API_KEY',
  notion: 'API_KEY',
  stripe: 'API_KEY',
  linear: 'API_KEY',
};

const ruleName = (id: string) => id.replace(prefix, '');
const { version } = createRequire(import.meta.url)('@secretlint/secretlint-rule-preset-recommend/package.json') as {
  version: string;
};
const marksIn = createMarks(
  rules.map(({ id }) => ruleName(id)),
  version,
);

/**
 * The recommended preset of secretlint (github.com/secretlint/secretlint). It is given text only, no file's name or path,
 * so that no rule goes by a name or opens a file.
 */
export const secretlint: RuleSet = {
  id: 'secretlint',
  version,
  async find(text) {
    const marked = marksIn(text);
    if (marked.size === 0) return [];
    const { messages } = await lintSource({
      source: { filePath: 'row', content: text, contentType: 'text' },
      options: { config: { rules: rules.filter(({ id }) => marked.has(ruleName(id))) }, noPhysicFilePath: true },
    });
    return messages.map(({ ruleId, range: [start, end] }): Hit => {
      const rule = ruleName(ruleId);
      return { rule: `secretlint/${rule}`, entity: entities[rule] ?? 'TOKEN', start, end };
    });
  },
};
