import * as z from 'zod';
import { sensitivityTiers } from '../../../shared/model/gold-trace.js';

export const categories = [
  'retrieve',
  'summarize',
  'create',
  'update',
  'remove',
  'notify',
  'schedule',
  'approve',
] as const;

const word = z.string().regex(/^[a-z][a-z0-9_]*$/);
const says = z.array(z.string().min(1));

/** How a field is spoken of where rows are described by it; `{}` stands for the value. */
const spoken = z.strictObject({
  /** Before the noun: "unpaid". */
  adjective: z.string().optional(),
  /** Behind it: "from {}". */
  after: z.string().optional(),
  /** For ranges: "over {}", "due before {}". */
  above: z.string().optional(),
  below: z.string().optional(),
  /** Words for values of `one_of`; without one a value is said with blanks for underscores. */
  words: z.record(z.string(), z.string()).optional(),
});

const common = { tier: z.enum(sensitivityTiers).optional(), say: spoken.optional(), unique: z.boolean().optional() };
export const fieldSchema = z.union([
  z.strictObject({
    one_of: z.union([z.array(z.string()).min(2), z.record(z.string(), z.number().positive())]),
    ...common,
  }),
  z.strictObject({
    number: z.tuple([z.number(), z.number()]),
    decimals: z.int().min(0).max(4).optional(),
    unit: z.string().optional(),
    ...common,
  }),
  /** Days from the day that the world is at. */
  z.strictObject({ date: z.tuple([z.int(), z.int()]), ...common }),
  z.strictObject({ moment: z.tuple([z.int(), z.int()]), ...common }),
  z.strictObject({ ref: word, ...common }),
  z.strictObject({ name: z.enum(['person', 'company', 'city', 'country']), ...common }),
  /** Written by hand, at least eight. */
  z.strictObject({ text: z.array(z.string().min(2)).min(8), ...common }),
  z.strictObject({ flag: z.number().min(0).max(1), ...common }),
  /** `#` is a digit, `A` a capital letter, everything else itself. */
  z.strictObject({ code: z.string(), ...common }),
  /** Of other fields of the row: "{name}@lab.example". */
  z.strictObject({ made: z.string(), ...common }),
]);
export type Field = z.infer<typeof fieldSchema>;

const entitySchema = z.strictObject({
  /** What ids begin with. */
  id: z.string().regex(/^[A-Z]{2,5}$/),
  rows: z.int().min(3).max(400),
  tier: z.enum(sensitivityTiers).default('internal'),
  one: z.string(),
  many: z.string(),
  /** The field that people name one by. */
  called: word.optional(),
  fields: z.record(word, fieldSchema),
});

/** `field`, or `field.above`, `field.below` where a range is meant. */
const filter = z.string().regex(/^[a-z][a-z0-9_]*(\.(above|below))?$/);
const constant = z.union([z.string(), z.number(), z.boolean()]);
const taken = z.string().regex(/^[a-z][a-z0-9_]*\??$/);

const tool = {
  about: z.string(),
  entity: word,
  /** Commands that ask for it: `{it}` is what it is about, `{field}` the value of an argument. Reading has some for all domains. */
  says: says.optional(),
};
const narrowed = { /** Arguments that narrow the rows down. */ by: z.array(filter).min(1) };
const returned = { /** Fields of the rows that come back, besides the id. */ returns: z.array(word).min(1) };
const written = {
  says: says.min(3),
  /** What is set whatever the arguments are; `$today` and `$caller` are the world's. */
  sets: z.record(word, constant).optional(),
  /** `external`: something leaves the company. */
  effect: z.enum(['write', 'external']).default('write'),
};
const toolSchema = z.discriminatedUnion('does', [
  z.strictObject({
    does: z.literal('find'),
    ...tool,
    ...narrowed,
    ...returned,
    /** `-field`: the largest or latest first. */
    order: z.string().regex(/^-?[a-z][a-z0-9_]*$/),
    /** How the first of that order is called: "most recent". */
    first: z.string(),
    most: z.int().min(1).max(1000),
  }),
  z.strictObject({ does: z.literal('get'), ...tool, ...returned }),
  z.strictObject({
    does: z.literal('total'),
    ...tool,
    ...narrowed,
    how: z.enum(['count', 'sum', 'average']),
    of: word.optional(),
    says: says.min(3),
  }),
  /** Fields that arguments set; `field?` may be left out. */
  z.strictObject({
    does: z.literal('create'),
    ...tool,
    ...written,
    takes: z.array(taken).min(1),
    /** What the rows must be that it refers to, or the tool refuses: `invoice_id.status`. */
    needs: z.record(z.string().regex(/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/), z.array(constant)).optional(),
  }),
  z.strictObject({
    does: z.literal('change'),
    ...tool,
    ...written,
    takes: z.array(taken).default([]),
    /** What the row must be, or the tool refuses. */
    needs: z.record(word, z.array(constant)).optional(),
  }),
  z.strictObject({
    does: z.literal('remove'),
    ...tool,
    says: says.min(3),
    needs: z.record(word, z.array(constant)).optional(),
  }),
]);

const ruleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tenant'), entity: word, says: z.string() }),
  z.strictObject({ kind: z.literal('forbid'), tool: word, says: z.string() }),
  z.strictObject({ kind: z.literal('role'), tool: word, roles: z.array(word).min(1), says: z.string() }),
  z.strictObject({ kind: z.literal('rows'), most: z.int().min(1), tool: word.optional(), says: z.string() }),
  z.strictObject({
    kind: z.literal('confirm'),
    tool: word,
    above: z.record(word, z.number()).optional(),
    says: z.string(),
  }),
  /** Within the same trace, on the same row. */
  z.strictObject({ kind: z.literal('before'), first: word, second: word, says: z.string() }),
  /** What one tool gave never goes into the other. */
  z.strictObject({ kind: z.literal('flow'), from: z.enum(sensitivityTiers), to: word, says: z.string() }),
  z.strictObject({
    kind: z.literal('value'),
    tool: word,
    argument: word,
    most: z.number().optional(),
    among: z.array(constant).optional(),
    says: z.string(),
  }),
]);
export type Rule = z.infer<typeof ruleSchema>;

const intentSchema = z.strictObject({
  category: z.enum(categories),
  /** Tools that the request asks for, in the order in which they run. */
  goals: z.array(word).min(1).max(4),
  /** Why somebody asks: whole sentences, said before or after. */
  because: says.min(3),
});

/** The file of a domain, as docs/oracle.md has it. */
export const domainSchema = z.strictObject({
  /** Made of what tools say of themselves: refused while it leaves something open. */
  draft: z.boolean().optional(),
  domain: word,
  title: z.string(),
  about: z.string(),
  caller: z.strictObject({ roles: z.array(word).min(2), tenant: word }),
  entities: z.record(word, entitySchema),
  tools: z.record(word, toolSchema),
  policy: z.array(ruleSchema).min(4),
  intents: z.record(word, intentSchema),
});
export type DomainFile = z.infer<typeof domainSchema>;
export type ToolFile = z.infer<typeof toolSchema>;
