import table from '../../../../resources/domains.json' with { type: 'json' };
import { type FoundDomain, type Json, saidByPerson, statedDomain, type Trace } from '../../../shared/model/index.js';
import { listOf } from '../../ground/list.js';

/** A field of work and what gives it away: words in names of tools, hosts in their arguments, words in what is said. */
export interface Domain {
  id: string;
  title: string;
  tools: readonly string[];
  hosts: readonly string[];
  /** Lower case; a word's beginning stands for the word. */
  vocabulary: readonly string[];
}

export const domains: readonly Domain[] = listOf('domains', table.domains);

/** Evidence by its kind: a tool or a host is chosen for its field, a word may stand in any. */
const weights = { tool: 2, host: 3, word: 1 } as const;
/** Less is found in talk of anything. */
const leastWeight = 4;
/** The first must outweigh the second by this factor, or nobody can tell. */
const leastLead = 1.3;
/** Characters of what is said that are looked at: the beginning of a session says what it is about. */
const longestText = 200_000;

/**
 * The field of work of a trace; null where it is none of the known ones or could be several. What a person said goes first:
 * `metadata.domain`, or a tag `domain:NAME` of the review.
 */
export function domainOf(trace: Pick<Trace, 'metadata' | 'review' | 'steps' | 'tool_calls'>): FoundDomain | null {
  const stated = statedDomain(trace);
  if (stated !== null) return { domain: stated, evidence: [saidByPerson] };

  const seen = whatIsSeen(trace);
  const found = domains
    .map((domain) => evidenceFor(domain, seen))
    .sort((a, b) => b.weight - a.weight || (a.domain < b.domain ? -1 : 1));
  const [first, second] = found;
  if (first === undefined || first.weight < leastWeight) return null;
  if (second !== undefined && first.weight < second.weight * leastLead) return null;
  return { domain: first.domain, evidence: first.evidence };
}

interface Seen {
  /** Words in names of tools, with the name. */
  tools: Map<string, string>;
  hosts: Set<string>;
  text: string;
}

function whatIsSeen({ steps, tool_calls }: Pick<Trace, 'steps' | 'tool_calls'>): Seen {
  const tools = new Map<string, string>();
  const hosts = new Set<string>();
  for (const call of tool_calls) {
    for (const word of [
      call.name.toLowerCase(),
      ...call.name
        .replace(/([a-z])([A-Z])/g, '$1_$2')
        .toLowerCase()
        .split(/[^a-z0-9]+/),
    ])
      tools.set(word, call.name);
    for (const [, host] of textOf(call.arguments).matchAll(/https?:\/\/([a-z0-9.-]{1,253})/gi))
      hosts.add((host as string).toLowerCase().replace(/^www\./, ''));
  }
  let text = '';
  for (const step of steps) {
    if (text.length > longestText) break;
    // What tools bring is of any field: pages, listings, logs.
    if (step.type === 'message' && (step.role === 'user' || step.role === 'assistant'))
      text += `${step.content.slice(0, longestText).toLowerCase()}\n`;
  }
  return { tools, hosts, text };
}

function evidenceFor(domain: Domain, seen: Seen) {
  const evidence: string[] = [];
  let weight = 0;
  const add = (kind: keyof typeof weights, what: string) => {
    evidence.push(`${kind} ${what}`);
    weight += weights[kind];
  };
  for (const word of domain.tools) if (seen.tools.has(word)) add('tool', seen.tools.get(word) as string);
  for (const host of domain.hosts)
    if ([...seen.hosts].some((each) => each === host || each.endsWith(`.${host}`))) add('host', host);
  for (const word of domain.vocabulary) if (beginsAWord(seen.text, word)) add('word', word);
  return { domain: domain.id, evidence, weight };
}

function beginsAWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
    if (at === 0 || !/[a-z0-9]/.test(text[at - 1] as string)) return true;
  return false;
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
