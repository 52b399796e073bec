import * as z from 'zod';

/** What rows carry of an answer's reasoning: all of it, none, or that of the last answer alone. */
export const reasonings = ['keep', 'strip', 'last'] as const;
export const reasoningSchema = z.enum(reasonings);
export type Reasoning = z.infer<typeof reasoningSchema>;

/** Where subagents go: rows of their own, or into the row of the trace that spawned them. */
export const subagentPlaces = ['own', 'inlined'] as const;
export const subagentPlaceSchema = z.enum(subagentPlaces);
export type SubagentPlace = z.infer<typeof subagentPlaceSchema>;

/**
 * Where tasks of a session begin: at each answer of the agent (`all`), its first (`start`) or last (`last`) one, or at the steps with
 * these numbers (`seq`).
 */
export const forkPlaces = ['all', 'start', 'last'] as const;
export const forksSchema = z.union([z.enum(forkPlaces), z.array(z.number().int().nonnegative()).min(1).max(1000)]);
export type Forks = z.infer<typeof forksSchema>;
