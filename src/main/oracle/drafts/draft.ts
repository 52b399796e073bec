import { stringify } from 'yaml';
import { type Category, type Does, plural, type Schema, type SeenTool, snake } from './seen-tool.js';

type Draft = { [key: string]: unknown };

/** Arguments that turn pages and sort: they are no field of anything. */
const paging = /^(limit|page|page_size|per_page|size|offset|cursor|page_token|next_token|sort|sort_by|order|order_by)$/;
const freeText = /^(q|query|search|term|text|keyword|keywords|filter)$/;
const categoryOf: { readonly [does in Does]: Category } = {
  find: 'retrieve',
  get: 'retrieve',
  total: 'summarize',
  create: 'create',
  change: 'update',
  remove: 'remove',
};
const writes = (does: Does | null): boolean => does === 'create' || does === 'change' || does === 'remove';

/**
 * The draft of a domain's file. Whatever the tools do not say stands there as `null`, and only that; `notes`: what of them has no
 * place in a domain.
 */
export function draftOf(
  tools: readonly SeenTool[],
  { name, title, source }: { name: string; title: string; source: string },
): { text: string; notes: string[] } {
  const notes: string[] = [];
  const entities = entitiesOf(tools, notes);
  const file = {
    draft: true,
    domain: name,
    title,
    about: null,
    caller: { roles: null, tenant: null },
    entities,
    tools: Object.fromEntries(uniquely(tools).map((tool) => [tool.name, toolDraft(tool, entities, notes)])),
    policy: policyOf(uniquely(tools)),
    intents: intentsOf(uniquely(tools)),
  };
  const head = `# A draft, made of ${source.replaceAll(/[\r\n]+/g, ' ').slice(0, 200)}. \`null\` is what it does not say: a person has to.\n# \`sluice oracle domains check\` names what lacks; docs/oracle.md has the form. Rules and intents that do not fit are struck out.\n`;
  return { text: head + stringify(file, { lineWidth: 0, aliasDuplicateObjects: false }), notes };
}

function uniquely(tools: readonly SeenTool[]): SeenTool[] {
  return [...new Map(tools.map((tool) => [tool.name, tool])).values()];
}

function entitiesOf(tools: readonly SeenTool[], notes: string[]): { [name: string]: Draft & { fields: Draft } } {
  const names = [...new Set(tools.flatMap(({ entity }) => entity ?? []))];
  const prefixes = new Set<string>();
  const made: [string, Draft & { fields: Draft }][] = names.map((name) => {
    const fields: Draft = {};
    for (const tool of tools.filter(({ entity }) => entity === name))
      for (const [key, schema] of [...Object.entries(tool.gives ?? {}), ...Object.entries(tool.takes)]) {
        const field = fieldNameOf(key, name, tool);
        // What a row has says more than an argument of the same name.
        if (field === null || (fields[field] !== undefined && fields[field] !== null)) continue;
        const value = fieldOf(field, schema, names);
        if (value === undefined) notes.push(`${tool.name}: ${key} is a list or an object, which rows do not hold`);
        else fields[field] = value;
      }
    const words = name.replaceAll('_', ' ');
    const called = ['name', 'title', 'number'].find((key) => key in fields);
    return [
      name,
      {
        id: prefixOf(name, prefixes),
        rows: 40,
        tier: null,
        one: words,
        many: plural(words),
        ...(called === undefined ? {} : { called }),
        fields,
      },
    ];
  });
  return Object.fromEntries(made);
}

/** The field that an argument or a result is about; null for ids of the row itself, pages and free text. */
function fieldNameOf(key: string, entity: string, { does }: Pick<SeenTool, 'does'>): string | null {
  if (key === 'id' || key === 'uuid' || key === `${entity}_id` || key === '' || /^\d/.test(key)) return null;
  if ((does === 'find' || does === 'total' || does === null) && (paging.test(key) || freeText.test(key))) return null;
  if (key === 'confirmed' || key === 'confirm') return null;
  return rangeOf(key).field;
}

/** `min_amount`, `created_after` … are ranges of a field. */
function rangeOf(key: string): { field: string; range: '' | '.above' | '.below' } {
  const found =
    /^(min|max)_(.+)$/.exec(key) ?? /^(.+)_(min|max|after|before|since|until|gte|lte|gt|lt)$/.exec(key) ?? null;
  if (found === null) return { field: key, range: '' };
  const [, first = '', second = ''] = found;
  const [word, field] = first === 'min' || first === 'max' ? [first, second] : [second, first];
  return { field, range: /^(min|after|since|gte|gt)$/.test(word) ? '.above' : '.below' };
}

/** As far as a schema says what a field holds; undefined for what is no single value. */
function fieldOf(name: string, schema: Schema, entities: readonly string[]): Draft | null | undefined {
  const types = Array.isArray(schema.type) ? schema.type.filter((each) => each !== 'null') : [schema.type];
  const [type] = types;
  if (type === 'array' || type === 'object' || schema.properties !== undefined || schema.items !== undefined)
    return undefined;
  const ref = entities.find((entity) => name === `${entity}_id`);
  if (ref !== undefined) return { ref };
  const words = (Array.isArray(schema.enum) ? schema.enum : []).filter((each) => typeof each === 'string');
  if (words.length >= 2) return { one_of: [...new Set(words)].slice(0, 60) };
  if (type === 'boolean') return { flag: null };
  if (type === 'integer' || type === 'number') {
    const { minimum, maximum } = schema;
    const known = typeof minimum === 'number' && typeof maximum === 'number' && minimum < maximum;
    return { number: known ? [minimum, maximum] : null, ...(type === 'integer' ? { decimals: 0 } : {}) };
  }
  if (schema.format === 'date') return { date: null };
  if (schema.format === 'date-time') return { moment: null };
  if (schema.format === 'email') return { made: null };
  return null;
}

function prefixOf(name: string, taken: Set<string>): string {
  const letters = name.toUpperCase().replaceAll(/[^A-Z]/g, '');
  const spare = [...'XYZQWVKJ'];
  const choices = [letters.slice(0, 3), letters.slice(0, 4), letters.slice(0, 5), letters.slice(0, 2)];
  const more = spare.map((letter) => `${letters.slice(0, 2)}${letter}`);
  const prefix =
    [...choices, ...more].find((each) => each.length >= 2 && !taken.has(each)) ?? `Z${spare[taken.size % 8]}`;
  taken.add(prefix);
  return prefix;
}

function toolDraft(tool: SeenTool, entities: { [name: string]: Draft & { fields: Draft } }, notes: string[]): Draft {
  const { does, entity, name, gives } = tool;
  const about = tool.about === '' ? null : tool.about;
  if (does === null || entity === null) return { about, does, entity };
  const fields = entities[entity]?.fields ?? {};
  const own = Object.keys(tool.takes).filter((key) => fieldNameOf(key, entity, tool) !== null);
  const free = Object.keys(tool.takes).filter((key) => freeText.test(key));
  if (does === 'find' && free.length > 0)
    notes.push(`${name}: ${free.join(', ')} searches free text, which tools of domains do not`);
  const known = Object.keys(gives ?? {}).filter((key) => key in fields);
  const returns = known.length === 0 ? null : known;
  const by = own.flatMap((key) => {
    const { field, range } = rangeOf(key);
    return field in fields ? [`${field}${range}`] : [];
  });
  const narrowed = { by: by.length === 0 ? null : [...new Set(by)] };
  const takes = own.filter((key) => key in fields).map((key) => (tool.required.includes(key) ? key : `${key}?`));
  const head = { about, does, entity };
  if (does === 'find') {
    const { maximum } = tool.takes['limit'] ?? {};
    const most = typeof maximum === 'number' && Number.isInteger(maximum) ? Math.min(1000, maximum) : null;
    return { ...head, ...narrowed, returns, order: null, first: null, most };
  }
  if (does === 'get') return { ...head, returns };
  if (does === 'total') return { ...head, ...narrowed, how: null, says: null };
  if (does === 'remove') return { ...head, says: null };
  const written = { effect: null, says: null };
  if (does === 'create') return { ...head, takes: takes.length === 0 ? null : takes, ...written };
  return { ...head, takes, ...(takes.length === 0 ? { sets: null } : {}), ...written };
}

/** Where rules are usual; which of them hold is a person's to say. */
function policyOf(tools: readonly SeenTool[]): Draft[] {
  return [
    { kind: 'tenant', entity: null, says: null },
    { kind: 'rows', most: null, says: null },
    ...tools
      .filter(({ does }) => writes(does))
      .map(({ name, does }) =>
        does === 'remove'
          ? { kind: 'confirm', tool: name, says: null }
          : { kind: 'role', tool: name, roles: null, says: null },
      ),
  ];
}

function intentsOf(tools: readonly SeenTool[]): { [name: string]: Draft } {
  return Object.fromEntries(
    tools.flatMap(({ name, does }) =>
      does === null ? [] : [[snake(`ask ${name}`), { category: categoryOf[does], goals: [name], because: null }]],
    ),
  );
}
