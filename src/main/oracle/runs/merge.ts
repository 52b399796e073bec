import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../../../shared/errors.js';
import { filesOf } from './files-of-run.js';
import { differences, manifestOf, type RunManifest, readManifest, writeManifest } from './manifest.js';

/** What the parts of a run come to, once their files lie in one folder. */
export interface Merged {
  manifest: RunManifest;
  /** Of the part that took longest: they were made beside each other. */
  seconds: number;
}

/**
 * Puts the files of a run's parts into one folder, which then holds what one machine would have written; the parts stay as they are.
 * @throws SluiceError `usage` where a file is missing, `oracle_run_differs`, `oracle_run_unreadable`, `oracle_out_used`
 */
export function mergeParts(parts: readonly string[], out: string): Merged {
  const manifests = parts.map(manifestOf).sort((a, b) => a.started_at.localeCompare(b.started_at));
  const [first] = manifests;
  if (first === undefined) throw new SluiceError('usage', 'Name the folders of the parts.');
  const before = readManifest(out);
  for (const { config } of before === null ? manifests : [before, ...manifests]) {
    const differ = differences(first.config, config);
    if (differ.length > 0)
      throw new SluiceError('oracle_run_differs', `These are parts of different runs: ${differ.join(', ')}.`, differ);
  }
  if (before === null && existsSync(out) && readdirSync(out).length > 0)
    throw new SluiceError('oracle_out_used', `${out} holds something else.`);
  const { domains, total, per_file } = first.config;
  const files = filesOf(domains, total, per_file);
  const missing = files.filter(({ name }) => ![out, ...parts].some((folder) => existsSync(join(folder, name))));
  if (missing.length > 0)
    throw new SluiceError(
      'usage',
      `${missing.length} of ${files.length} files are in none of the folders, as ${missing[0]?.name} of ${missing[0]?.domain}: make the part that is missing, or go on with the one that is not whole.`,
    );
  mkdirSync(join(out, 'parts'), { recursive: true });
  const { shard: _, ...manifest } = before ?? first;
  writeManifest(out, manifest);
  for (const part of parts) copyInto(part, out);
  return { manifest, seconds: Math.max(...parts.map(secondsOf)) };
}

function copyInto(part: string, out: string): void {
  // What a file counts comes behind it, as where it was written: a copy that was cut off is made again.
  for (const [folder, form] of [
    ['', /^traces-\d+\.\w+$/],
    ['parts', /^traces-\d+\.json$/],
  ] as const)
    for (const name of readdirSync(join(part, folder)).filter((each) => form.test(each))) {
      const to = join(out, folder, name);
      if (existsSync(to)) continue;
      copyFileSync(join(part, folder, name), `${to}.tmp`);
      renameSync(`${to}.tmp`, to);
    }
}

/** How long a part took, as its report says; 0 where it has none. */
function secondsOf(part: string): number {
  const path = join(part, 'report.json');
  if (!existsSync(path)) return 0;
  const { seconds } = JSON.parse(readFileSync(path, 'utf8')) as { seconds: number };
  return seconds;
}
