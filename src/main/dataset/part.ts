import { createHash } from 'node:crypto';
import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExportOptions, Trace } from '../../shared/model/index.js';
import { cardText } from './card.js';
import { columnsOf } from './columns.js';
import { consentGate, shapeWithConsent } from './consent.js';
import type { Row, RowWriter } from './formats/format.js';
import { fileFormats } from './formats/index.js';
import { layouts, rowsOf } from './layouts/index.js';
import type { Layout } from './layouts/layout.js';
import { rowOptions } from './layouts/row-options.js';
import { type Manifest, manifestText } from './manifest.js';
import { own } from './own.js';
import { packages } from './packages/index.js';
import type { Package } from './packages/package.js';
import { droppedReason, privacyGate } from './privacy/index.js';
import type { RowRedactor } from './privacy/row-redactor.js';
import { SkipList } from './skip-list.js';
import type { ExportSource } from './source.js';
import type { Splitter } from './split.js';

interface SplitFile {
  name: string;
  split: string;
  traces: number;
  rows: number;
  writer: RowWriter;
}

/** One pair of package and layout being written into a folder of its own. */
export type Part = Awaited<ReturnType<typeof openPart>>;

export async function openPart(
  options: ExportOptions,
  source: ExportSource,
  { folder, split, redactor }: { folder: string; split: Splitter; redactor: RowRedactor },
) {
  const layout: Layout = layouts[options.layout];
  const pack: Package | null = options.package === undefined ? null : packages[options.package];
  const format = fileFormats[options.format];
  const shape = shapeWithConsent(layout, options);
  const columns = columnsOf(shape);
  const privacy = privacyGate(shape, options, source, redactor);
  const choices = rowOptions(layout, options, source, redactor);
  const consents = consentGate(layout, options, source.consentRequired());
  const files = new Map<string, SplitFile>();
  const named = new Set<string>();
  const skips = new SkipList();
  const revisions = createHash('sha256');
  let seen = 0;
  let rows = 0;

  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    for (const name of split.names) {
      const file = `${name}.${format.extension}`;
      const writer = await format.open(join(folder, file), columns);
      files.set(name, { name: file, split: name, traces: 0, rows: 0, writer });
    }
  } catch (error) {
    await abandon();
    throw error;
  }

  async function abandon(): Promise<void> {
    // Windows cannot remove a file that is still open.
    for (const { writer } of files.values()) await writer.abandon().catch(() => undefined);
    await consents.abandon();
  }

  return {
    skips,
    rows: () => rows,

    /** Writes the rows of a trace that belongs to the split; how many there are. */
    async take(trace: Trace, splitName: string, pause: () => Promise<void>): Promise<number> {
      const file = files.get(splitName) as SplitFile;
      const reasons: string[] = [];
      let given = 0;
      const problem = consents.problem(trace);
      if (problem !== null) reasons.push(problem);
      for (const item of problem === null ? rowsOf(layout, trace, source, pack, choices) : []) {
        if ('skipped' in item) reasons.push(item.skipped);
        else {
          const row = privacy.row(consents.row(item.row as Row, trace), trace);
          if (row === null) {
            reasons.push(droppedReason);
            continue;
          }
          await consents.note(folder, file.name, file.rows, privacy.withConsent(trace));
          for (const name of Object.keys(row)) named.add(name);
          await file.writer.write(row);
          file.rows += 1;
          given += 1;
        }
        await pause();
      }
      seen += 1;
      rows += given;
      if (given > 0) {
        file.traces += 1;
        consents.took(trace);
        revisions.update(`${trace.trace_id} ${trace.revision ?? 0}\n`);
        skips.addBranches(trace, reasons);
      } else skips.add(trace, reasons);
      return given;
    },

    /** Ends the files and writes what stands beside them. */
    async finish(): Promise<Manifest> {
      const written: Manifest['files'] = [];
      for (const { name, split: splitName, traces, writer } of files.values()) {
        written.push({ name, split: splitName, traces, ...(await writer.finish()) });
        files.delete(splitName);
      }
      const manifest: Manifest = {
        format_version: 1,
        generator: 'sluice',
        ...(options.package === undefined ? {} : { package: options.package }),
        layout: options.layout,
        format: options.format,
        query: privacy.text(options.query),
        ...(options.trace_ids === undefined ? {} : { picked: new Set(options.trace_ids).size }),
        seed: options.seed,
        split: options.split ? Object.fromEntries(split.names.map((name) => [name, options.split?.[name] ?? 0])) : null,
        columns,
        traces: seen - skips.traces,
        rows,
        revisions_sha256: revisions.digest('hex'),
        skipped: skips.byReason(),
        ...(skips.branches === 0 ? {} : { skipped_branches: skips.byReason('branches') }),
        consent: await consents.finish(),
        privacy: privacy.summary(),
        files: written,
      };
      const beside = layout.beside?.({ files: written, columns: named }) ?? {};
      for (const [name, text] of Object.entries(beside)) await writeFile(join(folder, name), text, own);
      await writeFile(join(folder, 'README.md'), cardText(layout, pack, manifest), own);
      await writeFile(join(folder, 'manifest.json'), manifestText(manifest), own);
      return manifest;
    },

    abandon,

    /** Gives up a part that got no row, with its folder and the package's where nothing else stands in it. */
    async leaveOut(): Promise<void> {
      await abandon();
      await rm(folder, { recursive: true, force: true });
      await rmdir(dirname(folder)).catch(() => undefined);
    },
  };
}
