import * as z from 'zod';

/** A row of a dataset as a chat template writes it. */
export const renderedRowSchema = z.object({
  /** The whole text in order; `trained` is what the loss is taken of. */
  segments: z.array(z.object({ text: z.string(), trained: z.boolean() })),
  /** Whether the template's generation tags decide what is trained, or what each turn adds to the text. */
  basis: z.enum(['tags', 'prefix']),
  problems: z.array(
    z.object({
      code: z.enum(['mask_empty', 'mask_full', 'tags_unpaired', 'prefix_unstable', 'tags_differ']),
      level: z.enum(['error', 'warn']),
      message: z.string(),
    }),
  ),
  tokens: z.object({ tokenizer: z.string(), total: z.int(), trained: z.int() }),
});
export type RenderedRow = z.infer<typeof renderedRowSchema>;
