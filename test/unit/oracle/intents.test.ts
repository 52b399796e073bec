import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCatalogue } from '../../../src/main/oracle/catalogue.js';
import { intentOf } from '../../../src/main/oracle/intents/intent.js';
import { intentMapper } from '../../../src/main/oracle/intents/intent-of-lines.js';
import { lexiconsOf } from '../../../src/main/oracle/intents/lexicon.js';
import { defaultShapes, sampleTrace } from '../../../src/main/oracle/sampler/sample.js';

const catalogue = openCatalogue([join(import.meta.dirname, '../../../resources/oracle/domains')]);
const lexicons = lexiconsOf(catalogue.all());
const asked = (text: string, tools?: string[]) =>
  intentOf(lexicons, { text, ...(tools === undefined ? {} : { tools }) });

it('says what sampled requests ask for, in domains and with seeds of which nothing was looked at', () => {
  const mapper = intentMapper(catalogue.all());
  for (const [place, domain] of catalogue.all().entries()) {
    if (place % 2 === 0) continue;
    for (let index = 0; index < 12; index += 1) {
      const worlds = (number: number) => catalogue.world(domain, number);
      const of = { seed: 4711, index, shapes: defaultShapes, worlds, worldCount: 2 };
      const { shape: _shape, ...trace } = sampleTrace(domain, of);
      mapper.map(JSON.stringify(trace));
    }
  }
  const { asked: all, unknown, right } = mapper.accuracy;
  expect(all).toBe(26 * 12);
  expect(unknown / all).toBeLessThan(0.1);
  const share = (hits: number) => hits / (all - unknown);
  expect(share(right.domain)).toBeGreaterThan(0.97);
  expect(share(right.intent_category)).toBeGreaterThan(0.9);
  expect(share(right.rows_requested)).toBeGreaterThan(0.92);
  expect(share(right.sensitivity_tier)).toBeGreaterThan(0.95);
});

it.each([
  ["Which of our invoices haven't been paid yet?", 'finance', 'retrieve', null],
  ["I'd like to see the last five deployments that failed.", 'devops', 'retrieve', 5],
  ['Please cancel the payment PAY-0007, we sent the goods back.', 'finance', 'update', 1],
  ['approve invoice INV-0031 and schedule the payment for Friday', 'finance', 'approve', 1],
  ['give me the ten largest budget lines', 'finance', 'retrieve', 10],
  ['move the meeting with the design team to 3 pm', 'calendar', 'schedule', 1],
] as const)('reads what a person wrote: %s', (text, domain, category, rows) => {
  const mapping = asked(text);
  expect(mapping).toMatchObject({ domain, intent_category: category, unknown: null });
  expect(mapping.expected_scope).toMatchObject({ rows_requested: rows, all_that_fit: rows === null });
});

it.each([
  'Fix the failing test in src/parser.ts and open a pull request.',
  'Write a haiku about autumn.',
  'Add pagination to the /users endpoint',
  'List all files in the current directory',
  'Delete the branch feature/foo',
  'Create a new React component for the login form',
  'What is the capital of France?',
  'Hello, how are you?',
  '12 34',
  '',
])('guesses nothing of what no domain has words for: %s', (text) => {
  const mapping = asked(text);
  expect(mapping).toMatchObject({ domain: null, intent: null, tools: [], fit: null });
  expect(mapping.unknown).toMatch(/\w/);
});

it('holds the tools that were offered: they have to be the domain’s, whatever stands before their names', () => {
  const text = 'Show me the three most recent unpaid invoices.';
  const found = asked(text, ['mcp__erp__list_invoices', 'mcp__erp__get_invoice', 'Bash']);
  expect(found).toMatchObject({ domain: 'finance', tools: ['finance.list_invoices'] });
  expect(found.expected_scope).toEqual({
    rows_requested: 3,
    all_that_fit: false,
    sensitivity_tier: 'confidential',
  });
  expect(asked(text, ['Bash', 'Read']).unknown).toContain('None of the tools that were offered');
  // The tool that it takes was not there.
  expect(asked(text, ['cancel_payment']).domain).toBeNull();
});

it('takes as long for a long text as for its beginning', () => {
  const text = `Show me the three most recent unpaid invoices. ${'and the invoices of the supplier, '.repeat(20_000)}`;
  const begun = performance.now();
  expect(asked(text).domain).toBe('finance');
  expect(performance.now() - begun).toBeLessThan(1000);
});
