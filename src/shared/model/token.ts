import * as z from 'zod';
import { idSchema, timestampSchema } from './common.js';

export const tokenScopes = ['ingest', 'read', 'review', 'admin', 'proxy'] as const;
export const tokenScopeSchema = z.enum(tokenScopes);
export type TokenScope = z.infer<typeof tokenScopeSchema>;

/** A token of the API as lists show it: what it is worth, never what it is. */
export const tokenSchema = z.object({
  token_id: idSchema,
  name: z.string(),
  scopes: z.array(tokenScopeSchema),
  created_at: timestampSchema,
  last_used_at: timestampSchema.nullable(),
});
export type ApiToken = z.infer<typeof tokenSchema>;

export const newTokenSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .regex(/^[^\p{C}]*$/u, 'without control characters'),
  scopes: z
    .array(tokenScopeSchema)
    .min(1)
    .max(tokenScopes.length)
    // It travels with every request of an agent, readable on the way: it must open nothing else.
    .refine((scopes) => !scopes.includes('proxy') || scopes.every((scope) => scope === 'proxy'), {
      message: 'proxy stands alone: such a token opens nothing of the API',
    }),
});
export type NewToken = z.infer<typeof newTokenSchema>;
