import type { Finding, ReadExchange, RedactedExchange } from '../../../shared/model/index.js';
import { isStricter } from '../../../shared/policy.js';
import { redactExchange } from '../carriers/exchange.js';
import { createPseudonyms } from '../keys/pseudonyms.js';
import { type Entity, entities, mask } from '../policy/entities.js';
import { actionFor, type RedactionPolicy } from '../policy/policy.js';
import { createTextRedactor, type Redactor } from '../redactor.js';
import { applyEdits } from '../scan/edits.js';
import { createFindingSink } from '../scan/findings.js';
import { createSurrogates } from './surrogates/index.js';

/** How stored texts are rewritten; the store asks for it in these words. */
export interface Rewriting {
  exchange(read: ReadExchange): RedactedExchange;
  text(text: string): { text: string; findings: Finding[] };
  convert(text: string): string;
  actionOf(entity: string): 'mask' | 'drop';
  holds: ((bytes: Buffer) => boolean) | null;
}

/** A pseudonym in any syntax: what stands around it is its own spelling of `<` and `>`. */
const pseudonymPattern = new RegExp(
  `(?<![A-Z_])(${[...new Set(entities)].sort((a, b) => b.length - a.length).join('|')})_([0-9a-f]{8})(?=>|%3[Ee]|&gt;|\\\\u003[Ee])`,
  'g',
);
const maybePseudonym = /_[0-9a-f]{8}(?:>|%3[Ee]|&gt;|\\u003[Ee])/;

/** What is stored, by the policy that holds now. Where it masks what was a pseudonym, that becomes a mask as well. */
export function rescanRewriting(redactor: Redactor, policy: RedactionPolicy): Rewriting {
  const masked = new Set(entities.filter((entity) => isStricter('pseudonym', actionFor(policy, entity))));
  return {
    exchange: (read) => redactor.exchange(read),
    text: (text) => redactor.text(text),
    convert: (text) =>
      masked.size === 0 || !maybePseudonym.test(text)
        ? text
        : text.replace(pseudonymPattern, (whole, entity: Entity) => (masked.has(entity) ? `${entity}_MASKED` : whole)),
    actionOf: (entity) => (actionFor(policy, entity as Entity) === 'drop' ? 'drop' : 'mask'),
    holds: null,
  };
}

/**
 * Takes exact values out, and what stands for them under the project's key: their pseudonyms, and their surrogates where the
 * policy makes any. Nothing else is looked for or changed. What was there reads `<CUSTOM_MASKED>` or `<EMAIL_MASKED>` after.
 */
export function erasureRewriting({
  policy,
  key,
  values,
}: {
  policy: RedactionPolicy;
  key: Uint8Array;
  values: readonly string[];
}): Rewriting {
  const spellings = [...new Set(values.flatMap(spellingsOf))];
  const pseudonym = createPseudonyms(key);
  const surrogates = createSurrogates(key);
  const marks = new Set(spellings.flatMap((value) => entities.map((entity) => pseudonym(entity, value).slice(1, -1))));
  const invented = spellings.flatMap((value) =>
    entities.flatMap((entity) =>
      actionFor(policy, entity) === 'surrogate' ? (surrogates.make(entity, value) ?? []) : [],
    ),
  );
  const all = [...new Set([...spellings, ...invented])].filter((value) => value.length > 0);
  const gone = Object.fromEntries(entities.map((entity) => [entity, 'keep'])) as RedactionPolicy['actions'];
  const erased = { text: mask('CUSTOM'), action: 'mask' } as const;
  const { json, names } = createTextRedactor(
    {
      policy: { ...policy, actions: { ...gone, CUSTOM: 'mask' }, allow: [], allow_pseudonyms: [], deny: [] },
      values: all.map((value) => ({ value, entity: 'CUSTOM' })),
      detectors: [],
    },
    { of: () => erased, pseudonym: () => erased.text, named: () => erased.text, stays: () => false },
    () => {},
  );
  const needles = all.flatMap((value) => [Buffer.from(value, 'utf8'), Buffer.from(value, 'utf16le')]);
  return {
    exchange: (read) => redactExchange(read, json, names),
    text(text) {
      const sink = createFindingSink();
      const edits = json.text(text);
      sink.add('', edits);
      return { text: applyEdits(text, edits), findings: sink.findings };
    },
    convert: (text) =>
      maybePseudonym.test(text)
        ? text.replace(pseudonymPattern, (whole, entity: string) => (marks.has(whole) ? `${entity}_MASKED` : whole))
        : text,
    actionOf: () => 'mask',
    holds: (bytes) => needles.some((needle) => bytes.includes(needle)),
  };
}

/** A name is the same in capitals, an address in small letters. */
function spellingsOf(value: string): string[] {
  const text = value.trim();
  const words = text
    .toLowerCase()
    .replace(/(^|[\s'-])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
  return [text, text.toLowerCase(), text.toUpperCase(), words];
}
