import * as z from 'zod';

/** What rows carry of an answer's reasoning: all of it, none, or that of the last answer alone. */
export const reasonings = ['keep', 'strip', 'last'] as const;
export const reasoningSchema = z.enum(reasonings);
export type Reasoning = z.infer<typeof reasoningSchema>;

/** Where subagents go: rows of their own, or into the row of the trace that spawned them. */
export const subagentPlaces = ['own', 'inlined'] as const;
export const subagentPlaceSchema = z.enum(subagentPlaces);
export type SubagentPlace = z.infer<typeof subagentPlaceSchema>;
