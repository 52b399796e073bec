import type { Tool } from '../domains/domain.js';
import { numbers } from '../sampler/words.js';
import { type Lexicon, type Pattern, readingVerbs } from './lexicon.js';
import { placeOf, type Said, type Token } from './words.js';

/** Something of a domain that a text speaks of. */
export interface Spoken {
  entity: string;
  at: number;
  /** How far it goes, in words. */
  length: number;
  by: 'noun' | 'id' | 'name';
  plural: boolean;
  /** The number that stands before it; `again`: what was spoken of before. */
  count: number | 'again' | null;
}

/** A place where a tool is asked for. */
export interface Mention {
  from: number;
  to: number;
  /** How clearly, 0 to 1: by a whole way to say it, by its verb alone, by a verb of all that read. */
  clear: number;
  /** What it is to be done to; null: it names nothing of the domain. */
  object: Spoken | null;
  /** "it", "them": of what was spoken of before. */
  pronoun: boolean;
}

/** What of a domain a text speaks of, in its order. */
export function spokenIn({ nouns, called, prefixes }: Lexicon, said: Said): Spoken[] {
  const { tokens } = said;
  const spoken: Omit<Spoken, 'count'>[] = [];
  for (const { entity, stems, plural, alike } of nouns)
    for (let at = placeOf(said, stems); at !== -1; at = placeOf(said, stems, at + 1))
      // One stem for both: the ending of what was said tells.
      if (!alike || plural === isPlural(tokens[at + stems.length - 1]?.word ?? ''))
        spoken.push({ entity, at, length: stems.length, by: 'noun', plural });
  for (const { entity, stems } of called) {
    const at = placeOf(said, stems);
    if (at !== -1) spoken.push({ entity, at, length: stems.length, by: 'name', plural: false });
  }
  for (const [at, { word }] of tokens.entries()) {
    const entity = /^[A-Z]/.test(word) ? prefixes.get(word.slice(0, word.indexOf('-'))) : undefined;
    if (entity !== undefined) spoken.push({ entity, at, length: 1, by: 'id', plural: false });
  }
  // Of two at one place the longer is meant: "budget line", not "budget".
  const within = (a: Omit<Spoken, 'count'>, b: Omit<Spoken, 'count'>) =>
    b.length > a.length && b.at <= a.at && b.at + b.length >= a.at + a.length;
  return spoken
    .filter((each) => !spoken.some((other) => within(each, other)))
    .sort((a, b) => a.at - b.at)
    .map((each) => ({ ...each, count: each.by === 'noun' ? countBefore(tokens, each.at) : null }));
}

const isPlural = (word: string): boolean => /s$/.test(word) && !/(ss|us|is)$/.test(word);

/** Words between a number and what is counted: "three most recent unpaid invoices". */
const wordsBetween = 6;
const joining = /^(and|then|of|from|for|in|with|to|by|at|over|under|before|after|than|the|a|an|all|every|each|our)$/;

function countBefore(tokens: readonly Token[], at: number): Spoken['count'] {
  if (/^(those|these|that|this)$/.test(tokens[at - 1]?.word ?? '')) return 'again';
  for (let back = 1; back <= wordsBetween; back += 1) {
    const word = tokens[at - back]?.word;
    if (word === undefined || joining.test(word)) return null;
    const spelled = numbers.indexOf(word);
    if (spelled > 0) return spelled;
    if (/^\d{1,3}$/.test(word)) return Number(word);
  }
  return null;
}

/** Words from what is to be done to what it is done to. */
const farthest = 12;
/** Words between what stands on both sides of that. */
const longestGap = 18;

/** Where a text asks for a tool. */
export function mentionsOf(lexicon: Lexicon, tool: Tool, said: Said, spoken: readonly Spoken[]): Mention[] {
  const { tokens } = said;
  const mentions: Mention[] = [];
  const at = (from: number, to: number, clear: number) => {
    const object = spoken.find((each) => each.at >= from && each.at - from <= farthest) ?? null;
    const next = tokens.slice(from, from + 6).findIndex(({ word }) => /^(it|them)$/.test(word));
    const pronoun = next !== -1 && (object === null || from + next < object.at);
    mentions.push({ from, to: Math.max(to, object?.at ?? to), clear, object: pronoun ? null : object, pronoun });
  };
  for (const pattern of lexicon.patterns.get(tool.name) ?? [])
    for (const { from, to } of wholes(pattern, said)) at(from, to, 1);
  const reads = tool.file.does === 'find' || tool.file.does === 'get';
  if (!reads)
    // "The announced event" announces nothing.
    for (const stem of lexicon.verbs.get(tool.name) ?? [])
      for (const from of said.places.get(stem) ?? [])
        if (!/(ed|ing)$/.test(tokens[from]?.word ?? '')) at(from, from, 0.6);
  if (reads && mentions.length === 0)
    for (const [from, { stem, word }] of tokens.entries()) {
      const of = readingVerbs.get(stem);
      if (of === undefined || /(ed|ing)$/.test(word)) continue;
      at(from, from, of === 'any' || tool.file.does === 'get' ? 0.8 : 0.55);
    }
  return mentions.sort((a, b) => a.from - b.from || b.clear - a.clear);
}

function* wholes(pattern: Pattern, said: Said): Iterable<{ from: number; to: number }> {
  const [first = []] = pattern;
  for (let from = placeOf(said, first); from !== -1; from = placeOf(said, first, from + 1)) {
    let to = from + first.length;
    const rest = pattern.slice(1).every((stems) => {
      const found = placeOf(said, stems, to);
      if (found === -1 || found - to > longestGap) return false;
      to = found + stems.length;
      return true;
    });
    if (rest) yield { from, to };
  }
}
