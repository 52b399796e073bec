import { createContext, Script } from 'node:vm';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type * as z from 'zod';
import { boundedPattern } from './bounded-pattern.js';

type Json = z.core.util.JSONType;

/** Problems that are named at most, schemas that are kept ready, characters of a schema, and milliseconds that a check may take. */
const [mostProblems, mostKept, longestSchema, longestCheck] = [20, 100, 200_000, 500] as const;

/** Schemas come with what was captured: nothing of them is fetched, and their patterns run only where they end soon. */
const fresh = () =>
  new Ajv({
    strict: false,
    allErrors: true,
    verbose: true,
    validateFormats: false,
    addUsedSchema: false,
    logger: false,
    code: { regExp: Object.assign(boundedPattern, { code: 'boundedPattern' }) },
  });
/** It remembers parts of all that it was ever given: another takes its place after so many. */
let ajv = fresh();
let compilations = 0;

/** The newest last; null: what is no schema, which binds nobody. */
const kept = new Map<string, ValidateFunction | null>();
const sandbox: { check?: () => void } = {};
const context = createContext(sandbox);
const script = new Script('check()');

/**
 * Where arguments do not fit a tool's JSON Schema. Not looked at: formats, patterns that might not end soon (`boundedPattern`), what
 * stands behind references to other documents, schemas of more than 200,000 characters, and what takes longer than half a second.
 * @returns one sentence for each place, `arguments.path`: what is wrong, at most 20; empty where they fit or there is no schema
 */
export function argumentProblems(schema: Json | undefined, value: Json): string[] {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return [];
  const text = JSON.stringify(schema);
  if (text.length > longestSchema) return [];
  return within(() => {
    const validate = validatorOf(text);
    if (validate === null || validate(value)) return [];
    return told(validate.errors ?? []).slice(0, mostProblems);
  });
}

/** What `check` gives; nothing where it takes too long or too deep. */
function within(check: () => string[]): string[] {
  let problems: string[] = [];
  sandbox.check = () => {
    problems = check();
  };
  try {
    script.runInContext(context, { timeout: longestCheck });
    return problems;
  } catch {
    return [];
  } finally {
    delete sandbox.check;
  }
}

function validatorOf(text: string): ValidateFunction | null {
  const known = kept.get(text);
  kept.delete(text);
  const validate = known === undefined ? compiled(text) : known;
  kept.set(text, validate);
  for (const oldest of kept.keys()) {
    if (kept.size <= mostKept) break;
    kept.delete(oldest);
  }
  return validate;
}

function compiled(text: string): ValidateFunction | null {
  // Drafts differ little in what tools use, and none is fetched.
  const { $schema: _, ...schema } = JSON.parse(text) as { [name: string]: Json };
  compilations += 1;
  if (compilations % mostKept === 0) ajv = fresh();
  try {
    return ajv.compile(schema);
  } catch {
    return null;
  }
}

/** One sentence for each error; those of the forms that something might have had are told by that none fits. */
function told(errors: readonly ErrorObject[]): string[] {
  const forms = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const within = (error: ErrorObject) =>
    forms.some(
      (form) =>
        form !== error &&
        error.instancePath.startsWith(form.instancePath) &&
        (error.schemaPath.startsWith(`${form.schemaPath}/`) || !error.schemaPath.startsWith('#/properties')),
    );
  return [...new Set(errors.filter((error) => !within(error)).map(sentence))];
}

function sentence({ keyword, instancePath, params, schema, data, message }: ErrorObject): string {
  const at = `arguments${instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')}`;
  switch (keyword) {
    case 'type':
      return `${at}: is ${typeOf(data)}, not ${[schema].flat().join(' or ')}.`;
    case 'required':
      return `${at}.${params['missingProperty']}: is missing.`;
    case 'additionalProperties':
      return `${at}.${params['additionalProperty']}: is not a field of the tool.`;
    case 'enum':
      return `${at}: is none of ${(schema as Json[])
        .slice(0, 10)
        .map((each) => JSON.stringify(each))
        .join(', ')}.`;
    case 'const':
      return `${at}: is not ${JSON.stringify(schema)}.`;
    case 'anyOf':
    case 'oneOf':
      return `${at}: fits none of the ${(schema as Json[]).length} forms it may have.`;
    case 'pattern':
      return `${at}: is not of the form ${JSON.stringify(schema)}.`;
    default: {
      const size = typeof data === 'number' ? data : (data as { length?: number } | null)?.length;
      const unit = typeof data === 'string' ? ' characters' : Array.isArray(data) ? ' items' : '';
      if (/^min(?:imum|Length|Items)$/.test(keyword))
        return `${at}: has ${size}${unit}, at least ${params['limit']} are asked for.`;
      if (/^max(?:imum|Length|Items)$/.test(keyword))
        return `${at}: has ${size}${unit}, at most ${params['limit']} are allowed.`;
      return `${at}: ${message ?? keyword}.`;
    }
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
