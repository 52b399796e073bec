import { describe, expect, it } from 'vitest';
import { defaultPolicy, loadPolicy } from '../../../src/main/redact/index.js';
import { Random } from '../../bench/fuzz/random.js';
import { agentTexts } from '../../bench/redaction/agent-texts.js';
import { nationalMakers } from '../../bench/redaction/national.js';
import { negativeMakers } from '../../bench/redaction/negatives.js';
import { personalMakers } from '../../bench/redaction/personal.js';
import { secretMakers } from '../../bench/redaction/secrets.js';
import { textPlacements } from '../../bench/redaction/texts.js';
import { randomTexts } from '../../support/random-texts.js';
import { redactor } from './support.js';

const makers = [...secretMakers, ...personalMakers].map(([make]) => make);
const placements = Object.values(textPlacements);
const invitations = [
  'Bitte rufen Sie Frau Müller an unter ',
  'Appelez Jean Dupont au ',
  'Llame a María García al ',
  '请联系张伟，电话 ',
  'Позвоните Ивану Петрову по ',
  'Chiama il dottor Rossi al numero ',
  '連絡先: ',
  'Proszę o kontakt z Anną Kowalską: ',
];

/** Values, look-alikes, ids, numbers, prose of several languages, code and logs, side by side and wrapped in JSON or base64. */
function mixtures(seed: number): () => string {
  const random = new Random(seed);
  const { kinds, ids } = randomTexts(seed);
  const chance = Object.values({ ...kinds, ...ids });
  const pieces: (() => string)[] = [
    () => {
      const value = random.pick(makers)(random);
      const { takes, text } = random.pick(placements);
      return takes === undefined || takes(value) ? text(value, random) : `${value.label}: ${value.written}`;
    },
    () => random.pick(Object.values(nationalMakers))(random)[0],
    () => random.pick(Object.values(negativeMakers))(random),
    () => random.pick(Object.values(agentTexts))(random).slice(0, 1500),
    () => random.pick(chance)(),
    () => random.pick(invitations) + random.pick(makers)(random).written,
  ];
  const wrappings: ((text: string) => string)[] = [
    (text) => text,
    (text) => JSON.stringify({ a: text, n: random.below(1e9) }),
    (text) => JSON.stringify({ b: JSON.stringify({ content: [text] }) }),
    (text) => `log: ${JSON.stringify(text)}`,
    (text) => `data ${Buffer.from(text).toString('base64')} end`,
  ];
  return () => {
    const some = Array.from({ length: 1 + random.below(6) }, () => random.pick(pieces)());
    return random.pick(wrappings)(some.join(random.pick([' ', '\n', ', ', '\n\n', ' | ', '\t', '; ', ''])));
  };
}

const invented = ['EMAIL', 'PHONE', 'PERSON', 'IBAN', 'CREDIT_CARD', 'API_KEY', 'PASSWORD', 'TOKEN', 'IP_ADDRESS'];

/** In what was redacted nothing is found any more: it is stored, validated and exported as it is. */
describe('a redacted text is clean', () => {
  it.each([
    ['with pseudonyms', defaultPolicy, 500],
    [
      'with invented values',
      loadPolicy({ actions: Object.fromEntries(invented.map((each) => [each, 'surrogate'])) }),
      120,
    ],
    ['under the strictest preset', loadPolicy({ preset: 'hipaa' }), 120],
  ])('%s', (_, policy, count) => {
    const { text, spans } = redactor({ policy });
    const next = mixtures(29);
    for (let index = 0; index < count; index++) {
      const once = text(next()).text;
      expect(spans(once).findings, once).toEqual([]);
      expect(text(once).text).toBe(once);
    }
  });
});
