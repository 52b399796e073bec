import * as z from 'zod';

/** Where something stands: a path, or several of which the first holds that leads to a value. */
const place = z.union([z.string().min(1).max(300), z.array(z.string().min(1).max(300)).min(1).max(8)]);
const word = z.union([z.string().max(200), z.number(), z.boolean()]);
const words = z.array(word).max(50);

/** Units of a duration that is a bare number. */
export const durationUnits = ['ns', 'us', 'ms', 's'] as const;

/**
 * How a custom trace format is read: where each thing stands in a record. A file of JSON lines or a JSON document; a path goes
 * down by names (`call.name`), into lists by place (`parts[0]`) or over all elements (`steps[*].tool`), and through texts that hold
 * JSON. All `[*]` lead over the lists that `tool` leads over.
 */
export const mappingSchema = z.strictObject({
  version: z.literal(1),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, 'small letters, digits, dots, dashes and underscores, 40 at most')
    .default('custom')
    .describe('Names the format; traces that come of it have the source import:map-<name>'),
  notes: z.array(z.string().max(2000)).max(100).optional().describe('For people; not read'),
  trace: place.optional().describe('Id of the trace; without it all records of a file are one'),
  step: place.optional().describe('Number or name of the step; kept as metadata of the tool call'),
  id: place
    .optional()
    .describe('Id of the tool call; a record with an id and a result but no tool answers the one before'),
  tool: place.describe('Name of the tool'),
  arguments: place.optional(),
  result: place.optional(),
  time: place.optional().describe('When it was called: ISO-8601, or a number since the epoch'),
  duration: place.optional().describe('How long it took: a number, 1.2s, 450ms or 00:00:30'),
  duration_unit: z.enum(durationUnits).default('ms').describe('Of a duration that is a bare number'),
  status: place.optional().describe('How it ended; a member called error or failed says it by being there'),
  status_values: z
    .strictObject({ ok: words.optional(), error: words.optional(), pending: words.optional() })
    .optional()
    .describe('Words of the status besides the usual ones'),
});
export type Mapping = z.infer<typeof mappingSchema>;
