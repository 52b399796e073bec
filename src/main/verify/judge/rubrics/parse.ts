import { createHash } from 'node:crypto';
import { parseDocument } from 'yaml';
import { type ListedRubric, type Rubric, rubricSchema } from '../../../../shared/model/index.js';

/** Aliases may not blow a text up beyond this many nodes. */
const mostAliases = 20;

/** Kinds of secrets that a text holds. */
export type SecretsIn = (text: string) => readonly string[];
type Parsed = { rubric: Rubric; problems: [] } | { rubric: null; problems: string[] };

/** A rubric of YAML text, or every problem that it has, each with its field. A secret has no place in what is kept and sent. */
export function parseRubric(text: string, secretsIn: SecretsIn): Parsed {
  const parsed = shapeOf(text);
  if (parsed.rubric === null) return parsed;
  const problems = textsOf(parsed.rubric).flatMap(([path, each]) => secretWords(path, secretsIn(each)));
  // A comment, or what the form of the text hides.
  if (problems.length === 0) problems.push(...secretWords('the text', secretsIn(text)));
  return problems.length === 0 ? parsed : { rubric: null, problems };
}

function secretWords(path: string, kinds: readonly string[]): string[] {
  if (kinds.length === 0) return [];
  return [`${path}: holds what must not be stored or sent (${[...new Set(kinds)].join(', ')})`];
}

/** Every text in a value, with the path to it. */
function textsOf(value: unknown, path = ''): [path: string, text: string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => textsOf(each, path === '' ? name : `${path}.${name}`));
}

function shapeOf(text: string): Parsed {
  const document = parseDocument(text, { version: '1.2', prettyErrors: true });
  if (document.errors.length > 0) {
    return { rubric: null, problems: document.errors.map(({ message }) => message.split('\n')[0] as string) };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: mostAliases });
  } catch (error) {
    return { rubric: null, problems: [(error as Error).message] };
  }
  if (typeof value !== 'object' || value === null) return { rubric: null, problems: ['The text holds no fields.'] };
  const parsed = rubricSchema.safeParse(value);
  if (parsed.success) return { rubric: parsed.data, problems: [] };
  return {
    rubric: null,
    problems: parsed.error.issues.map(({ path, message }) =>
      path.length === 0 ? message : `${path.join('.')}: ${message}`,
    ),
  };
}

/** As lists show it: with what it is told apart by, and the scale of its scores. */
export function listed(rubric: Rubric, origin: ListedRubric['origin']): ListedRubric {
  return { rubric, origin, hash: hashOf(rubric), scale: scaleOf(rubric) };
}

/** Of what decides answers; title and description do not. */
export function hashOf({ title: _, description: __, ...deciding }: Rubric): string {
  return createHash('sha256').update(JSON.stringify(deciding)).digest('hex');
}

/** What its scores can be: from the sum of the lowest values to that of the highest; of a mean the first dimension's scale. */
export function scaleOf({ task, dimensions, combine }: Rubric): { min: number; max: number } {
  const [first] = dimensions;
  if (task === 'steps' || first === undefined) return { min: 0, max: 1 };
  if (combine === 'mean') return { min: first.min, max: first.max };
  const sum = (of: 'min' | 'max') => rounded(dimensions.reduce((all, each) => all + each[of] * each.weight, 0));
  return { min: sum('min'), max: sum('max') };
}

/** Sums of decimals without what binary fractions leave behind. */
export const rounded = (value: number) => Math.round(value * 1e9) / 1e9;

/** A text as the form shows what it is, or every problem that it has. */
export function checkRubric(text: string, secretsIn: SecretsIn): { rubric: ListedRubric | null; problems: string[] } {
  const { rubric, problems } = parseRubric(text, secretsIn);
  return { rubric: rubric === null ? null : listed(rubric, 'own'), problems };
}
