import * as z from 'zod';
import type { Json } from '../../../shared/model/index.js';

/** What is done with the free text and the open JSON of a row. */
export interface Rewriter {
  text(text: string): string;
  json(value: Json): Json;
}

type Rewrite = (value: Json, rewriter: Rewriter) => Json;

/**
 * Makes a function that rewrites the free text and the open JSON in rows of a shape, and nothing else: ids, times, enums,
 * numbers and the names of fields are the shape's own and stay what they are, whatever a policy says of numbers and dates.
 * What the shape does not describe is open JSON.
 */
export function rewriterOf(shape: z.ZodType): Rewrite {
  return compile(shape, new Map());
}

const leave: Rewrite = (value) => value;
const open: Rewrite = (value, rewriter) => (typeof value === 'string' ? rewriter.text(value) : rewriter.json(value));

function compile(schema: z.ZodType, rewrites: Map<z.ZodType, Rewrite>): Rewrite {
  const before = rewrites.get(schema);
  if (before !== undefined) return before;
  // A shape may hold itself: the place is taken before what it holds is looked at.
  let rewrite: Rewrite = leave;
  rewrites.set(schema, (value, rewriter) => rewrite(value, rewriter));
  rewrite = make(schema, rewrites);
  rewrites.set(schema, rewrite);
  return rewrite;
}

function make(schema: z.ZodType, rewrites: Map<z.ZodType, Rewrite>): Rewrite {
  const inner = (each: unknown) => compile(each as z.ZodType, rewrites);
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    const rewrite = inner(schema.unwrap());
    return (value, rewriter) => (value === null ? null : rewrite(value, rewriter));
  }
  if (schema instanceof z.ZodUUID || schema instanceof z.ZodISODateTime) return leave;
  if (schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral) return leave;
  if (schema instanceof z.ZodNumber || schema instanceof z.ZodBoolean || schema instanceof z.ZodNull) return leave;
  if (schema instanceof z.ZodArray) {
    const rewrite = inner(schema.element);
    return (value, rewriter) => {
      const before = value as Json[];
      const after = before.map((each) => rewrite(each, rewriter));
      return after.every((each, index) => each === before[index]) ? before : after;
    };
  }
  if (schema instanceof z.ZodObject) return ofObject(schema, inner);
  if (schema instanceof z.ZodRecord) {
    const rewrite = inner(schema.valueType);
    return (value, rewriter) =>
      Object.fromEntries(
        Object.entries(value as { [name: string]: Json }).map(([name, each]) => [
          rewriter.text(name),
          rewrite(each, rewriter),
        ]),
      );
  }
  if (schema instanceof z.ZodDiscriminatedUnion) return ofKinds(schema, inner);
  if (schema instanceof z.ZodUnion) return ofUnion(schema, inner);
  return open;
}

function ofObject(schema: z.ZodObject, inner: (schema: unknown) => Rewrite): Rewrite {
  const fields = new Map(Object.entries(schema.shape).map(([name, each]) => [name, inner(each)]));
  return (value, rewriter) => {
    const before = value as { [name: string]: Json | undefined };
    const after: [string, Json][] = [];
    let same = true;
    for (const name of Object.keys(before)) {
      const each = before[name];
      if (each === undefined) {
        same = false;
        continue;
      }
      const rewrite = fields.get(name);
      if (rewrite !== undefined) {
        const rewritten = rewrite(each, rewriter);
        same &&= rewritten === each;
        after.push([name, rewritten]);
        continue;
      }
      // The name may say what the value is.
      const alone = { [name]: each };
      const rewritten = rewriter.json(alone) as { [name: string]: Json };
      same &&= rewritten === alone;
      after.push(...Object.entries(rewritten));
    }
    // Most rows are as they were.
    return same ? (before as { [name: string]: Json }) : Object.fromEntries(after);
  };
}

/** Told by one field: looking at all of a large value for each option would cost its size many times. */
function ofKinds(schema: z.ZodDiscriminatedUnion, inner: (schema: unknown) => Rewrite): Rewrite {
  const { discriminator } = schema.def;
  const byKind = new Map<unknown, Rewrite>();
  for (const option of schema.options) {
    const kinds = option instanceof z.ZodObject ? option.shape[discriminator] : null;
    // An option that does not name its kinds like this is looked for as in any union.
    if (!(kinds instanceof z.ZodLiteral)) return ofUnion(schema, inner);
    for (const kind of kinds.values) byKind.set(kind, inner(option));
  }
  return (value, rewriter) => (byKind.get((value as { [name: string]: Json })[discriminator]) ?? open)(value, rewriter);
}

/** The first option that the value is of; what is of none is open. */
function ofUnion(schema: z.ZodUnion, inner: (schema: unknown) => Rewrite): Rewrite {
  const options = schema.options.map((option) => ({ option: option as z.ZodType, rewrite: inner(option) }));
  return (value, rewriter) => {
    const fitting = options.find(({ option }) => option.safeParse(value).success);
    return (fitting?.rewrite ?? open)(value, rewriter);
  };
}
