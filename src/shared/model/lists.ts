import * as z from 'zod';

const entry = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string().describe('One sentence; empty where the title says it all'),
});
const entries = z.array(entry);

/** Extension points whose entries the studio names, by the list they stand in. */
export const listTitlesSchema = z.object({
  wire_formats: entries,
  importers: entries,
  conventions: entries,
  detectors: entries,
  threading_rules: entries,
  layouts: entries,
  trainers: entries,
  file_formats: entries,
  leak_rules: entries,
  domains: entries,
});
export type ListTitles = z.infer<typeof listTitlesSchema>;
export type ListName = keyof ListTitles;
export type ListEntry = z.infer<typeof entry>;
