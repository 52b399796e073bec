import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../../../shared/errors.js';
import { type Baseline, baselineSchema } from '../../../shared/model/oracle-features.js';
import { parseJson } from '../../ground/json.js';
import { linesOf } from '../../ground/lines.js';
import { replaceFileSync } from '../../ground/replace-file.js';
import type { Catalogue } from '../validators/index.js';
import { baselineBuilder } from './baseline.js';

export const baselineName = 'baseline.json';

/** Traces of a run that its baseline is made of, spread evenly over its domains. */
const mostOfRun = 40_000;

/** Makes the baseline of a run's files and writes it beside them; of each domain the first are taken. */
export async function writeRunBaseline(
  catalogue: Catalogue,
  out: string,
  files: readonly { name: string; domain: string; count: number }[],
): Promise<void> {
  const builder = baselineBuilder(catalogue);
  const domains = Map.groupBy(files, ({ domain }) => domain);
  const each = Math.ceil(mostOfRun / Math.max(1, domains.size));
  for (const own of domains.values()) {
    let left = each;
    for (const { name } of own) {
      if (left <= 0) break;
      for await (const line of linesOf(createReadStream(join(out, name)))) {
        if (left <= 0) break;
        left -= 1;
        builder.add(line);
      }
    }
  }
  writeBaseline(join(out, baselineName), builder.made());
}

export const writeBaseline = (path: string, baseline: Baseline): void =>
  replaceFileSync(path, `${JSON.stringify(baseline)}\n`, 0o644);

/** @throws SluiceError `oracle_baseline_unreadable` */
export function readBaseline(path: string): Baseline {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SluiceError('oracle_baseline_unreadable', `${path} cannot be read.`, undefined, { cause });
  }
  const read = baselineSchema.safeParse(parseJson(text));
  if (!read.success) throw new SluiceError('oracle_baseline_unreadable', `${path} is no baseline of version 1.`);
  return read.data;
}
