import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type ReviewedSample, reviewedSampleSchema } from '../../../shared/model/oracle.js';
import { parseJson } from '../../ground/json.js';
import { replaceFileSync } from '../../ground/replace-file.js';

const drawnSchema = reviewedSampleSchema.pick({ name: true, size: true, seed: true, queue: true, job_id: true });
type DrawnSample = z.infer<typeof drawnSchema>;

const path = (out: string): string => join(out, 'samples.json');

/** Samples of a run that were given to people, oldest first; none where nobody drew one. */
export function samplesOf(out: string): DrawnSample[] {
  let text: string;
  try {
    text = readFileSync(path(out), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return z.array(drawnSchema).safeParse(parseJson(text)).data ?? [];
}

/** Notes a sample; one of the same name is that sample, brought anew. */
export function noteSample(out: string, sample: DrawnSample): void {
  const others = samplesOf(out).filter(({ name }) => name !== sample.name);
  replaceFileSync(path(out), `${JSON.stringify([...others, sample], null, 2)}\n`, 0o644);
}

/** What people said of a sample, in words; null before anybody did. */
export function sampleLine({ name, confirmed, discarded, discard_rate, interval }: ReviewedSample): string | null {
  if (discard_rate === null || interval === null) return null;
  const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
  const [low, high] = interval;
  return `Reviewed by people (${name}): ${discarded} of ${confirmed + discarded} discarded, ${percent(discard_rate)} (${percent(low)} to ${percent(high)})`;
}
