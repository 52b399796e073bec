import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../../../shared/errors.js';
import { type GoldTrace, goldTraceSchema } from '../../../shared/model/gold-trace.js';
import type { Choice } from '../../../shared/model/oracle.js';
import { parseJson } from '../../ground/json.js';
import { linesOf } from '../../ground/lines.js';
import { plainName } from '../names.js';
import { filesOf, type RunFile } from '../runs/files-of-run.js';
import { manifestOf, type RunManifest } from '../runs/manifest.js';
import { drawnOf } from './drawn.js';
import { type Matches, matchesOf } from './matches.js';

/** Ids of the domains that are chosen of a run; all where none is named. @throws SluiceError `oracle_domain_unknown` */
function domainsOf({ config }: RunManifest, { domains }: Choice): readonly string[] {
  const unknown = domains.find((name) => !config.domains.includes(plainName(name)));
  if (unknown !== undefined)
    throw new SluiceError('oracle_domain_unknown', `The run has no domain "${unknown}".`, config.domains);
  return domains.length === 0 ? config.domains : config.domains.filter((id) => domains.map(plainName).includes(id));
}

/** Throws where a choice cannot be made of a run, before anything is read of it. */
export function checkChoice(out: string, choice: Choice): void {
  domainsOf(manifestOf(out), choice);
  matchesOf(choice.query);
}

/**
 * The lines of a run's traces that are chosen, taken from its domains in turns, so that those that come first are of all. A run that
 * is not whole gives what is there.
 * @throws SluiceError `oracle_run_unreadable`, `oracle_domain_unknown`, `query_invalid`
 */
export async function* chosenLines(out: string, choice: Choice): AsyncGenerator<string> {
  const manifest = manifestOf(out);
  const { config } = manifest;
  const matches = matchesOf(choice.query);
  const files = Map.groupBy(filesOf(config.domains, config.total, config.per_file), ({ domain }) => domain);
  if (choice.sample !== undefined) {
    yield* await drawnOf(allOf(out, domainsOf(manifest, choice), files, matches), choice.sample);
    return;
  }
  let left = choice.most;
  let sources = domainsOf(manifest, choice).map((id) => matching(out, files.get(id) ?? [], matches));
  try {
    while (sources.length > 0 && left > 0) {
      const going: typeof sources = [];
      for (const source of sources) {
        if (left === 0) break;
        const next = await source.next();
        if (next.done) continue;
        going.push(source);
        left -= 1;
        yield next.value;
      }
      if (left > 0) sources = going;
    }
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}

async function* allOf(
  out: string,
  domains: readonly string[],
  files: ReadonlyMap<string, readonly RunFile[]>,
  matches: Matches,
): AsyncGenerator<string> {
  for (const id of domains) yield* matching(out, files.get(id) ?? [], matches);
}

async function* matching(out: string, files: readonly RunFile[], matches: Matches): AsyncGenerator<string, undefined> {
  for (const { name } of files) {
    const path = join(out, name);
    if (!existsSync(path)) continue;
    for await (const line of linesOf(createReadStream(path))) {
      if (line.trim() === '') continue;
      const read = goldTraceSchema.safeParse(parseJson(line));
      // What others made of a line is told by whoever takes it.
      if (!read.success || matches(read.data as GoldTrace)) yield line;
    }
  }
  return undefined;
}
