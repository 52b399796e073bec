import { statedDomain, type TraceSummary } from '../../../shared/model/index.js';

/** What a trace is counted under, field by field; a trace may use several tools and models. */
export interface Groups {
  domain: string[];
  tool: string[];
  model: string[];
  language: string[];
  outcome: string[];
}
export const groupFields = ['domain', 'tool', 'model', 'language', 'outcome'] as const satisfies (keyof Groups)[];

const none = 'unknown';

/** `found`: the field of work by the rules. */
export function groupsOf(trace: TraceSummary, found: string | null): Groups {
  return {
    domain: [statedDomain(trace) ?? found ?? none],
    tool: trace.tool_names.length === 0 ? ['no tool'] : trace.tool_names,
    model: trace.models.length === 0 ? [none] : trace.models,
    language: [languageOf(trace.title)],
    outcome: [
      trace.completion_status === 'completed' && trace.error_count > 0
        ? 'completed with errors'
        : trace.completion_status,
    ],
  };
}

/** Scripts that are written for one language or a family of them. */
const scripts: readonly (readonly [language: string, letters: RegExp])[] = [
  ['japanese', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['korean', /\p{Script=Hangul}/u],
  ['chinese', /\p{Script=Han}/u],
  ['cyrillic', /\p{Script=Cyrillic}/u],
  ['arabic', /\p{Script=Arabic}/u],
  ['hebrew', /\p{Script=Hebrew}/u],
  ['greek', /\p{Script=Greek}/u],
  ['devanagari', /\p{Script=Devanagari}/u],
  ['thai', /\p{Script=Thai}/u],
];

/** Small words that one language has and the others do not. */
const words: { readonly [language: string]: ReadonlySet<string> } = {
  english: new Set(
    'the and of to is this that with for from what how please my you are in on it be can fix add'.split(' '),
  ),
  german: new Set('der das und ist nicht ein eine mit für auf den dem bitte wie ich wir sie zu im von'.split(' ')),
  french: new Set('le les des et est une pour dans avec sur que qui je nous vous pas du au ce cette'.split(' ')),
  spanish: new Set('el los las y es una para con por que del en como mi se lo al este esta'.split(' ')),
  portuguese: new Set('o os as e é uma para com por que do da em como meu não ao este esta no'.split(' ')),
  italian: new Set('il gli le e è una per con che del della in come mio non di questo questa nel'.split(' ')),
  dutch: new Set('de het een en is niet met voor op van dat dit zijn ik wij naar te hoe aan'.split(' ')),
};

/** The language of a title by its script and its small words; `unknown` where neither says it. */
export function languageOf(text: string): string {
  for (const [language, letters] of scripts) if (letters.test(text)) return language;
  const found = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  let best = none;
  let most = 0;
  for (const [language, small] of Object.entries(words)) {
    const hits = found.filter((word) => small.has(word)).length;
    if (hits > most) [best, most] = [language, hits];
  }
  return best;
}
