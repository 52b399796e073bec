import type { Domain } from '../domains/domain.js';
import type { Field } from '../domains/schema.js';
import type { Random } from '../random.js';
import type { Value } from '../world/world.js';
import type { Goal, Phrase } from './plan.js';
import { closings, commands, confirmations, frames, greetings, joins, readings, type Style } from './speech.js';
import { numbers, waysToSay } from './words.js';

/** Words of a person for what was planned: a request, in one of the ways in which people ask. */
export function requestOf(
  domain: Domain,
  goals: readonly Goal[],
  because: readonly string[],
  style: Style,
  dice: Random,
): string {
  const clauses = goals.map((goal) => clauseOf(domain, goal, style, dice));
  const parts: string[] = [];
  const questions = clauses.filter((clause) => clause.endsWith('?'));
  if (questions.length === 0) parts.push(framed(joined(clauses, dice), style, dice));
  else for (const clause of clauses) parts.push(clause.endsWith('?') ? capital(clause) : framed(clause, style, dice));
  if (style !== 'terse' && dice.chance(0.45)) parts.splice(dice.chance(0.6) ? 0 : parts.length, 0, dice.pick(because));
  if (goals.some(({ confirmed }) => confirmed)) parts.push(dice.pick(confirmations));
  if (style === 'chatty' || dice.chance(0.08)) parts.unshift(dice.pick(greetings));
  if (dice.chance(style === 'polite' ? 0.4 : 0.1)) parts.push(dice.pick(closings));
  for (const [index, part] of parts.entries())
    if (index < parts.length - 1 && !/[.?!,:]$/.test(part)) parts[index] = `${part}.`;
  // Behind a comma a sentence goes on.
  return parts.reduce(
    (text, part) =>
      `${text} ${text.endsWith(',') && !/^[A-Z]{2}|^I\b/.test(part) ? part.charAt(0).toLowerCase() + part.slice(1) : part}`,
  );
}

function clauseOf(domain: Domain, { tool, it, given, template }: Goal, style: Style, dice: Random): string {
  const { does } = tool.file;
  const own = template ?? dice.pick(does === 'get' ? readings : commands);
  const noun = it === null ? '' : nounOf(domain, it, style, dice);
  // "Pull them up": a pronoun stands before the particle.
  const placed = /^(it|them)$/.test(noun) ? own.replace(particles, '$1 {it} $2') : own;
  return placed.replaceAll(/\{(\w+)\}/g, (_, slot: string) => {
    if (slot === 'it') return noun;
    const value = given[slot];
    if (value === undefined) return '';
    if (value.phrase !== null) return nounOf(domain, value.phrase, style, dice);
    return wordsOf(domain.file.entities[tool.entity]?.fields?.[slot] as Field, value.value, dice);
  });
}

/** Verbs of two words whose object may stand between them. */
const particles = /\b(\w+) (up|out|off|back|down|over|away|aside) \{it\}/;

/** Whether what is called so is a person. */
function isPerson({ called, fields }: Domain['file']['entities'][string]): boolean {
  const field = called === undefined ? undefined : fields[called];
  return field !== undefined && 'name' in field && field.name === 'person';
}

function nounOf(domain: Domain, phrase: Phrase, style: Style, dice: Random): string {
  const entity = domain.file.entities[phrase.entity] as Domain['file']['entities'][string];
  const { one, many, fields } = entity;
  if (phrase.again) {
    if (phrase.count === 1) return dice.pick([isPerson(entity) ? 'them' : 'it', `that ${one}`, `this ${one}`]);
    return dice.pick(['them', 'each of them', `those ${many}`, `these ${many}`]);
  }
  if (phrase.id !== undefined) return dice.chance(0.5) ? `${one} ${phrase.id}` : String(phrase.id);
  if (phrase.called !== undefined) return dice.chance(0.3) ? `the ${one} ${phrase.called}` : String(phrase.called);
  const before: string[] = [];
  const behind: string[] = [];
  const order = Object.keys(fields);
  // Adjectives stand in the order in which the domain lists them.
  const by = phrase.by.toSorted((a, b) => order.indexOf(a.field) - order.indexOf(b.field));
  for (const { field, use, value, phrase: other } of by) {
    const kind = fields[field] as Field;
    const said = other === null ? wordsOf(kind, value, dice) : nounOf(domain, other, style, dice);
    const { say } = kind;
    if (use !== 'equal') behind.push((say?.[use] ?? '{}').replace('{}', said));
    else if (say?.adjective !== undefined) before.push(say.adjective.replace('{}', said));
    else behind.push((say?.after ?? 'called {}').replace('{}', said));
  }
  const noun = phrase.count === 1 ? one : many;
  const words = [
    ...(phrase.first === null ? [] : [phrase.first]),
    ...(phrase.count === 'all' || phrase.count === 1 ? [] : [numbers[phrase.count] ?? String(phrase.count)]),
    ...before,
    noun,
    ...dice.shuffled(behind),
  ];
  // "the three most recent" and "the most recent three" are both said.
  if (phrase.first !== null && typeof phrase.count === 'number' && phrase.count > 1 && dice.chance(0.5))
    words.splice(0, 2, words[1] as string, words[0] as string);
  const article =
    phrase.count === 'all'
      ? dice.pick(['all ', 'all the ', 'every one of the ', 'the ', 'all of our '])
      : style === 'terse'
        ? ''
        : dice.pick(['the ', 'the ', 'our ']);
  return `${article}${words.join(' ')}`;
}

const wordsOf = (field: Field, value: Value, dice: Random): string => dice.pick(waysToSay(field, value));

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function joined(clauses: readonly string[], dice: Random): string {
  const [only = '', second] = clauses;
  if (second === undefined) return only;
  if (clauses.length === 2) return dice.pick(joins).replace('{a}', only).replace('{b}', second);
  return `${clauses.slice(0, -1).join(', ')}${dice.pick([' and ', ', and then ', ', then '])}${clauses.at(-1)}`;
}

function framed(clause: string, style: Style, dice: Random): string {
  // "Let's get me" and "get me … for me" are said by nobody.
  const forMe = / me /.test(clause);
  const fitting = frames[style].filter((frame) => !forMe || !/for me|let's|we have|go and|favour/.test(frame));
  // What begins with an order of its own takes none before it.
  const text = dice
    .pick(clause.startsWith('first ') ? fitting.filter((frame) => !/^(next|todo|now|so)\b/.test(frame)) : fitting)
    .replace('{clause}', clause);
  return style === 'terse' ? text : capital(text);
}
