import { type Domain, valuesOf } from '../domains/domain.js';
import { waysToSay } from '../sampler/words.js';
import { tokensOf } from './words.js';

/** A way to ask for a tool: what stands beside each other in it, with whatever it is about between. */
export type Pattern = readonly (readonly string[])[];

/** How a noun is said, and whether of several. */
export interface Noun {
  entity: string;
  stems: readonly string[];
  plural: boolean;
  /** One and several have the same stems. */
  alike: boolean;
}

/** The words by which a domain is known, all of its own file: reasons that people give are no evidence. */
export interface Lexicon {
  domain: Domain;
  nouns: readonly Noun[];
  /** What entities are called, where the domain lists it. */
  called: readonly { entity: string; stems: readonly string[] }[];
  prefixes: ReadonlyMap<string, string>;
  patterns: ReadonlyMap<string, readonly Pattern[]>;
  /** Stems of names of tools, without those of nouns. */
  verbs: ReadonlyMap<string, ReadonlySet<string>>;
  /** All stems that it uses. */
  vocabulary: ReadonlySet<string>;
}

export interface Lexicons {
  all: readonly Lexicon[];
  /** How much a stem tells of a domain, 0 and up: one that all use tells nothing. */
  weightOf(stem: string): number;
}

export function lexiconsOf(domains: readonly Domain[]): Lexicons {
  const all = domains.map(lexiconOf);
  const count = new Map<string, number>();
  for (const { vocabulary } of all) for (const stem of vocabulary) count.set(stem, (count.get(stem) ?? 0) + 1);
  return {
    all,
    weightOf(stem) {
      const of = count.get(stem);
      return of === undefined || stem.length < 2 ? 0 : Math.log((all.length + 1) / of);
    },
  };
}

const stemsOf = (text: string): string[] => tokensOf(text).map(({ stem }) => stem);

function lexiconOf(domain: Domain): Lexicon {
  const nouns: Noun[] = [];
  const called: { entity: string; stems: string[] }[] = [];
  const prefixes = new Map<string, string>();
  const words: string[] = [];
  for (const [entity, { id, one, many, fields, called: name }] of Object.entries(domain.file.entities)) {
    prefixes.set(id, entity);
    const alike = stemsOf(one).join(' ') === stemsOf(many).join(' ');
    nouns.push({ entity, stems: stemsOf(one), plural: false, alike });
    nouns.push({ entity, stems: stemsOf(many), plural: true, alike });
    words.push(one, many);
    for (const [key, field] of Object.entries(fields)) {
      const { say } = field;
      words.push(...[say?.adjective, say?.after, say?.above, say?.below].filter((each) => each !== undefined));
      if ('one_of' in field && say !== undefined)
        for (const value of valuesOf(field.one_of)) words.push(...waysToSay(field, value));
      if ('text' in field && key === name)
        for (const value of field.text) {
          called.push({ entity, stems: stemsOf(value) });
          words.push(value);
        }
    }
  }
  const nounStems = new Set(nouns.flatMap(({ stems }) => stems));
  const patterns = new Map<string, Pattern[]>();
  const verbs = new Map<string, Set<string>>();
  for (const tool of domain.tools.values()) {
    const says = tool.file.says ?? [];
    patterns.set(tool.name, says.map(patternOf));
    verbs.set(tool.name, new Set(stemsOf(tool.name.replaceAll('_', ' ')).filter((stem) => !nounStems.has(stem))));
    words.push(tool.name.replaceAll('_', ' '), ...says.map((text) => text.replaceAll(/\{\w+\}/g, ' ')));
  }
  return { domain, nouns, called, prefixes, patterns, verbs, vocabulary: new Set(words.flatMap(stemsOf)) };
}

const patternOf = (text: string): Pattern =>
  text
    .split(/\{\w+\}/)
    .map(stemsOf)
    .filter(({ length }) => length > 0);

/** What anybody says who wants to see something; of one thing, and of whatever there is. */
export const readingVerbs: ReadonlyMap<string, 'one' | 'any'> = new Map([
  ...stemsOf('open read tell look check details everything have').map((stem) => [stem, 'one'] as const),
  ...stemsOf('show list pull get find bring give fetch dig see view display search need want which retrieve').map(
    (stem) => [stem, 'any'] as const,
  ),
]);
