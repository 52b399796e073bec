import { parse } from 'yaml';

/** What a domain's file does not say yet: where, and what is to be said there. */
export interface Gap {
  path: string;
  say: string;
}

/** By the key that is null. */
const toSay: { readonly [key: string]: string } = {
  about: 'what it is for, in one sentence',
  roles: 'which roles people have (two at least), or who may use the tool',
  tenant: 'the entity that says whose rows are whose',
  tier: 'how sensitive it is: public, internal, confidential or restricted',
  number: 'from which number to which: [0, 100]',
  date: 'from how many days before the world’s today to how many after: [-30, 10]',
  moment: 'from how many days before the world’s today to how many after: [-3, 3]',
  made: 'of which fields of the row it is made: "{name}@example.com"',
  flag: 'how often it is true: 0.3',
  does: 'what it does: find, get, total, create, change or remove, with what that needs (docs/oracle.md)',
  entity: 'which entity it is about',
  by: 'which fields narrow the rows down',
  returns: 'which fields come back',
  order: 'by which field its rows stand, -field for the largest or latest first',
  first: 'how the first of that order is called: most recent',
  most: 'how many rows at most',
  how: 'count, sum or average',
  takes: 'which fields its arguments set; field? may be left out',
  sets: 'which fields are set whatever the arguments are',
  effect: 'write, or external where something leaves the house',
  says: 'how people ask for it, three commands at least; of a rule: what it says in plain words',
  because: 'why somebody asks, three whole sentences at least',
};

/** All places that say nothing. `value`: a domain's file as it was read. */
export function gapsOf(value: unknown, path: readonly string[] = []): Gap[] {
  if (value === null || value === undefined) {
    const key = path.at(-1) ?? '';
    const isField = path.at(-2) === 'fields';
    const say = isField
      ? 'what it holds: one_of, number, date, moment, ref, name, text, flag, code or made'
      : (toSay[key] ?? 'what belongs there');
    return [{ path: path.join('.'), say }];
  }
  if (typeof value !== 'object' || path.length > 8) return [];
  return Object.entries(value).flatMap(([key, each]) => gapsOf(each, [...path, key]));
}

/** What lacks until a file is a domain: what it leaves open, and once nothing is, what does not hold. `read` throws TypeError. */
export function lacking(text: string, read: (text: string) => { file: { intents: object } }): Gap[] {
  const value: unknown = parse(text);
  const gaps = gapsOf(value);
  if (gaps.length > 0) return gaps;
  try {
    const { intents } = read(text).file;
    const none = Object.keys(intents).length === 0;
    return none ? [{ path: 'intents', say: 'what people want: one intent at least' }] : [];
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return error.message.split('; ').map((message) => ({ path: '', say: message }));
  }
}
