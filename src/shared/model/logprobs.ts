import * as z from 'zod';

const token = z.object({
  /** As text; a part of a character stands as it was sent. */
  token: z.string(),
  /** In the vocabulary of the model that answered, where it was on the wire. */
  token_id: z.number().int().nonnegative().optional(),
  /** Natural logarithm of its probability; null where only the token was on the wire. */
  logprob: z.number().nullable(),
});

/** A token of an answer as it was on the wire, with the likeliest in its place where they were asked for. */
export const tokenLogprobSchema = token.extend({ top: z.array(token).optional() });
export type TokenLogprob = z.infer<typeof tokenLogprobSchema>;
