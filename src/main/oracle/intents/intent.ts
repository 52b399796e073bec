import type { SensitivityTier } from '../../../shared/model/gold-trace.js';
import { type IntentMapping, unknownIntent } from '../../../shared/model/oracle-intent.js';
import type { Tool } from '../domains/domain.js';
import { higherOf } from '../domains/tiers.js';
import type { Lexicon, Lexicons } from './lexicon.js';
import { type Mention, mentionsOf, type Spoken, spokenIn } from './mentions.js';
import { placeOf, type Said, saidIn, tokensOf } from './words.js';

/** What a request says, and what the agent could choose from. */
export interface Asked {
  text: string;
  /** Names of the tools that were offered; absent where nobody knows. */
  tools?: readonly string[];
}

/** How much the words that a domain knows count beside what its tools are asked for by. */
const vocabularyCounts = 1.5;
/** What a goal has to explain, or it is none. */
const leastOfGoal = 0.35;
/** For what is asked for in so many words and is no goal. */
const unexplained = 0.3;
/** Below this nothing fits. */
const leastOfAll = 0.75;
/** A goal that is said less clearly is guessed. */
const leastSaid = 0.45;
/** Domains that are nearer than that fit alike. */
const leastBefore = 0.04;

interface Fit {
  lexicon: Lexicon;
  spoken: Spoken[];
  intents: string[];
  goals: Tool[];
  /** Where each goal is asked for. */
  mentions: (Mention | null)[];
  score: number;
  /** How well the goal is said that is said worst. */
  weakest: number;
}

/**
 * What a request asks for, by the words of the domains alone: the same for the same text, and unknown with a reason where none fits, or two fit
 * alike. Tools that were offered have to be the domain's, by their names.
 */
export function intentOf({ all, weightOf }: Lexicons, { text, tools }: Asked): IntentMapping {
  const said = saidIn(text);
  const { tokens } = said;
  if (tokens.length === 0) return unknownIntent('The request has no words.');
  const offered = tools === undefined || tools.length === 0 ? null : tools;
  const may = offered === null ? all : all.filter(({ domain }) => ofDomain([...domain.tools.values()], offered) > 0);
  if (offered !== null && may.length === 0)
    return unknownIntent('None of the tools that were offered is one of a domain that is known.');
  const mass = tokens.reduce((sum, { stem }) => sum + weightOf(stem), 0);
  const fits = may
    .map((lexicon) => fitOf(lexicon, said, { weightOf, mass, offered }))
    .filter((fit) => fit !== null)
    .sort((a, b) => b.score - a.score);
  const [best, second] = fits;
  if (best === undefined || best.score < leastOfAll || best.weakest < leastSaid)
    return unknownIntent('No domain that is known has words for what is asked.');
  if (second !== undefined && best.score - second.score < leastBefore)
    return unknownIntent(`It reads as much like ${best.lexicon.domain.title} as like ${second.lexicon.domain.title}.`);
  return mappingOf(best, said);
}

/** How many of a domain's tools are among those that were offered, whatever stands before their names. */
function ofDomain(tools: readonly Tool[], offered: readonly string[]): number {
  const names = new Set(offered.map(bareName));
  return tools.filter(({ name }) => names.has(name)).length;
}

/** `mcp__finance__list_invoices` and `finance.list_invoices` are `list_invoices`. */
export const bareName = (name: string): string =>
  name
    .split(/\.|__|\/|:/)
    .at(-1)
    ?.toLowerCase()
    .replaceAll('-', '_') ?? '';

interface Fitting {
  weightOf(stem: string): number;
  mass: number;
  offered: readonly string[] | null;
}

/** The intents of a domain that explain a text best; several where their goals are the same. */
function fitOf(lexicon: Lexicon, said: Said, { weightOf, mass, offered }: Fitting): Fit | null {
  const { domain, vocabulary } = lexicon;
  const named = offered === null ? null : new Set(offered.map(bareName));
  const known = said.tokens.reduce((sum, { stem }) => sum + (vocabulary.has(stem) ? weightOf(stem) : 0), 0);
  const spoken = spokenIn(lexicon, said);
  const mentions = new Map(
    [...domain.tools.values()].map((tool) => [tool, mentionsOf(lexicon, tool, said, spoken)] as const),
  );
  const strong = strongIn(mentions);
  let best: Fit | null = null;
  for (const [intent, { goals: names }] of Object.entries(domain.file.intents)) {
    const goals = names.map((name) => domain.tools.get(name) as Tool);
    if (named !== null && !goals.every(({ name }) => named.has(name))) continue;
    const placed = placedIn(goals, mentions);
    const missed = strong.filter(
      ({ tool, mention }) =>
        !goals.includes(tool) && !placed.goals.some((each) => each !== null && overlap(each, mention)),
    );
    const score = placed.score - unexplained * missed.length + vocabularyCounts * (mass === 0 ? 0 : known / mass);
    if (best === null || score > best.score + 1e-9)
      best = { lexicon, spoken, intents: [intent], goals, mentions: placed.goals, score, weakest: placed.weakest };
    else if (Math.abs(score - best.score) <= 1e-9 && sameTools(goals, best.goals)) best.intents.push(intent);
  }
  return best;
}

const sameTools = (a: readonly Tool[], b: readonly Tool[]): boolean =>
  a.length === b.length && a.every((tool, at) => tool === b[at]);

const overlap = (a: Mention, b: Mention): boolean => a.from <= b.to && b.from <= a.to;

/** What is said in so many words, of a tool that is about what it is said of. */
function strongIn(mentions: ReadonlyMap<Tool, readonly Mention[]>): { tool: Tool; mention: Mention }[] {
  return [...mentions].flatMap(([tool, all]) =>
    all.flatMap((mention) => (mention.clear === 1 && fits(tool, mention, new Set()) >= 0.9 ? [{ tool, mention }] : [])),
  );
}

/** Finds a place for each goal, one behind the other; what has none explains nothing. */
function placedIn(goals: readonly Tool[], mentions: ReadonlyMap<Tool, readonly Mention[]>) {
  const held = new Set<string>();
  let [from, score, weakest] = [-1, 0, 1];
  const placed = goals.map((goal) => {
    let best: { mention: Mention; value: number } | null = null;
    for (const mention of mentions.get(goal) ?? []) {
      if (mention.from <= from) continue;
      // What is near goes first: a later goal wants a place too.
      const value = mention.clear * fits(goal, mention, held);
      if (value > (best?.value ?? 0) + 1e-9) best = { mention, value };
    }
    held.add(goal.entity);
    weakest = Math.min(weakest, best?.value ?? 0);
    score += (best?.value ?? 0) - leastOfGoal;
    if (best !== null) from = best.mention.from;
    return best?.mention ?? null;
  });
  return { goals: placed, score, weakest };
}

/** Whether a tool can be done to what it is said of, 0 to 1. */
function fits(tool: Tool, { object, pronoun }: Mention, held: ReadonlySet<string>): number {
  const about = aboutOf(tool);
  if (pronoun) return about.some((entity) => held.has(entity)) ? 0.95 : 0.3;
  if (object === null) return tool.file.does === 'create' ? 0.5 : 0.15;
  if (!about.includes(object.entity)) return 0.15;
  const { does } = tool.file;
  if (does === 'find' && (object.by === 'id' || object.count === 'again')) return 0.2;
  if (does === 'get' && object.by === 'noun' && object.plural && object.count === null) return 0.3;
  // Whoever names how many, or several, wants a list.
  if (does === 'get' && object.by === 'noun' && object.count !== 'again' && object.plural) return 0.6;
  return 1;
}

function aboutOf(tool: Tool): string[] {
  if (tool.file.does !== 'create') return [tool.entity];
  return [tool.entity, ...tool.arguments.flatMap(({ ref, use }) => (ref !== null && use === 'set' ? [ref] : []))];
}

function mappingOf({ lexicon, spoken, intents, goals, mentions, score }: Fit, said: Said): IntentMapping {
  const { domain } = lexicon;
  const tools = neededFor(lexicon, goals, spoken, said);
  const categories = new Set(intents.map((name) => domain.file.intents[name]?.category as string));
  return {
    domain: domain.id,
    intent: intents.length === 1 ? (intents[0] as string) : null,
    intents,
    intent_category: categories.size === 1 ? ([...categories][0] as string) : null,
    expected_scope: {
      ...rowsOf(goals, mentions, tools),
      sensitivity_tier: tools.reduce<SensitivityTier>((tier, tool) => higherOf(tier, tool.tier), 'public'),
    },
    tools: tools.map(({ id }) => id),
    fit: Math.round(score * 1000) / 1000,
    unknown: null,
  };
}

/** Goals, and before each what looks up the rows that it needs and that nobody named by their ids. */
function neededFor({ domain }: Lexicon, goals: readonly Tool[], spoken: readonly Spoken[], said: Said): Tool[] {
  const needed: Tool[] = [];
  const held = new Set<string>();
  for (const goal of goals) {
    for (const { ref, use, required, field } of goal.arguments) {
      if (ref === null || ref === domain.file.caller.tenant || held.has(ref)) continue;
      const takes = use === 'id' || (use === 'set' && required);
      const narrows =
        use === 'equal' &&
        field !== null &&
        isNarrowed(domain.file.entities[goal.entity]?.fields[field]?.say?.after, said);
      if (!takes && !narrows) continue;
      const [finder] = domain.finders(ref);
      if (finder !== undefined && !spoken.some(({ entity, by }) => entity === ref && by === 'id')) needed.push(finder);
      held.add(ref);
    }
    needed.push(goal);
    held.add(goal.entity);
  }
  return [...new Set(needed)];
}

/** Whether rows are described by another that is called by a name: "from Falcon Tools", where the field is said "from {}". */
function isNarrowed(after: string | undefined, said: Said): boolean {
  const stems = after === undefined ? [] : tokensOf(after.replace('{}', ' ')).map(({ stem }) => stem);
  if (stems.length === 0) return false;
  for (let at = placeOf(said, stems); at !== -1; at = placeOf(said, stems, at + 1)) {
    const next = said.tokens[at + stems.length];
    const behind = next?.word === 'the' ? said.tokens[at + stems.length + 1] : next;
    if (behind !== undefined && (behind.capital || next?.word === 'the') && !months.test(behind.word)) return true;
  }
  return false;
}
const months = /^(january|february|march|april|may|june|july|august|september|october|november|december)$/;

/** How many rows one call has to give: a number that is said, one of a singular, or all that fit. A total gives none. */
function rowsOf(goals: readonly Tool[], mentions: readonly (Mention | null)[], tools: readonly Tool[]) {
  if (tools.every(({ file }) => file.does === 'total')) return { rows_requested: 0, all_that_fit: false };
  let most = 1;
  for (const [index, goal] of goals.entries()) {
    const object = mentions[index]?.object;
    if (object == null || goal.file.does === 'total' || object.count === 'again') continue;
    if (object.count !== null) most = Math.max(most, object.count);
    else if (object.plural && goal.file.does === 'find') return { rows_requested: null, all_that_fit: true };
  }
  return { rows_requested: most, all_that_fit: false };
}
