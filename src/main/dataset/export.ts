import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import type { ExportOptions, ExportResult, LeakSummary, Trace } from '../../shared/model/index.js';
import { cardText } from './card.js';
import { columnsOf } from './columns.js';
import { consentGate, shapeWithConsent } from './consent.js';
import type { Row, RowWriter } from './formats/format.js';
import { fileFormats } from './formats/index.js';
import { layouts, rowsOf } from './layouts/index.js';
import type { Layout } from './layouts/layout.js';
import { type Manifest, manifestText } from './manifest.js';
import { openPartialFolder } from './partial-folder.js';
import { pauses } from './pauses.js';
import { droppedReason, privacyGate } from './privacy/index.js';
import type { ExportSource } from './source.js';
import { rootFinder, splitter } from './split.js';

/** How many skipped traces a result names; the counts by reason are complete in manifest.json. */
const namedSkips = 1000;

/** What an agent said is for its owner's eyes alone, wherever it is written to. */
const own = { flush: true, mode: 0o600 };

export interface ExportControl {
  signal: AbortSignal;
  /** 0..1 or null; called often, throttling is the caller's. */
  onProgress(progress: number | null, message: string, work?: { done: number; total: number; unit: string }): void;
  /** A line for whoever follows. */
  onNote?(line: string): void;
  /** Looks at the written files before they get their place; what it throws keeps them from it. */
  check?(folder: string, isInvented: (entity: string, value: string) => boolean): Promise<LeakSummary>;
}

interface SplitFile {
  name: string;
  split: string;
  traces: number;
  rows: number;
  writer: RowWriter;
}

/**
 * Writes the matching traces as a dataset into the new folder `out`: one file per split, README.md, manifest.json.
 * The folder appears whole or not at all; the same traces, options and seed give the same bytes, but for pseudonyms,
 * which are new in each export unless the options say otherwise. Constant memory.
 * Throws `validation_failed`, `export_policy_looser`, `query_invalid`, `export_target_exists`, `export_empty`, and the signal's reason.
 */
export async function exportDataset(
  options: ExportOptions,
  source: ExportSource,
  out: string,
  control: ExportControl,
): Promise<ExportResult> {
  const layout: Layout = layouts[options.layout];
  const format = fileFormats[options.format];
  const shape = shapeWithConsent(layout, options);
  const columns = columnsOf(shape);
  const privacy = privacyGate(shape, options, source);
  const consents = consentGate(layout, options, source.consentRequired());
  const split = splitter(options.split, options.seed);
  const total = source.count(options.query);
  const folder = await openPartialFolder(out);
  const files = new Map<string, SplitFile>();
  try {
    for (const name of split.names) {
      const file = `${name}.${format.extension}`;
      const writer = await format.open(join(folder.path, file), columns);
      files.set(name, { name: file, split: name, traces: 0, rows: 0, writer });
    }

    const skips = new SkipList();
    const rootOf = rootFinder(source);
    const revisions = createHash('sha256');
    let seen = 0;
    let rows = 0;
    const pause = pauses(control.signal);

    for await (const trace of source.traces(options.query, control.signal)) {
      await pause();
      const file = files.get(split.of(rootOf(trace))) as SplitFile;
      const reasons: string[] = [];
      let given = 0;
      const problem = consents.problem(trace);
      if (problem !== null) reasons.push(problem);
      for (const item of problem === null ? rowsOf(layout, trace, source) : []) {
        if ('skipped' in item) reasons.push(item.skipped);
        else {
          const row = privacy.row(consents.row(item.row as Row, trace), trace);
          if (row === null) {
            reasons.push(droppedReason);
            continue;
          }
          await consents.note(folder.path, file.name, file.rows, privacy.withConsent(trace));
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
      const all = Math.max(total, seen);
      control.onProgress(total === 0 ? null : Math.min(1, seen / total), `${seen} of ${all} traces`, {
        done: seen,
        total: all,
        unit: 'traces',
      });
    }
    await pause();
    if (rows === 0) throw nothingToExport(seen, skips);

    const written: Manifest['files'] = [];
    for (const { name, split: part, traces, writer } of files.values()) {
      written.push({ name, split: part, traces, ...(await writer.finish()) });
      files.delete(part);
    }
    const manifest: Manifest = {
      format_version: 1,
      generator: 'sluice',
      layout: options.layout,
      format: options.format,
      query: privacy.text(options.query),
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
    await writeFile(join(folder.path, 'README.md'), cardText(layout, manifest), own);
    await writeFile(join(folder.path, 'manifest.json'), manifestText(manifest), own);
    control.onNote?.(`${rows} rows of ${manifest.traces} traces written; looking through them for leaks`);
    const leaks = await control.check?.(folder.path, privacy.isInvented);
    await pause();
    await folder.commit();
    return {
      out: folder.out,
      files: written.map(({ name, rows: count, bytes, sha256 }) => ({ name, rows: count, bytes, sha256 })),
      traces: manifest.traces,
      rows,
      skipped: skips.named,
      skipped_count: skips.traces + skips.branches,
      ...(leaks === undefined ? {} : { leaks }),
    };
  } catch (error) {
    // Windows cannot remove a file that is still open.
    for (const { writer } of files.values()) await writer.abandon().catch(() => undefined);
    await consents.abandon();
    await folder.discard();
    throw error;
  }
}

function nothingToExport(seen: number, skips: SkipList): SluiceError {
  return seen === 0
    ? new SluiceError('export_empty', 'The query matches no trace.')
    : new SluiceError('export_empty', `None of the ${seen} matching traces gives a row: ${skips.summary()}.`, {
        skipped: skips.byReason(),
      });
}

/** What is left out: traces that give no row, and branches of those that do. */
class SkipList {
  readonly named: ExportResult['skipped'] = [];
  traces = 0;
  branches = 0;
  readonly #reasons = { traces: new Map<string, number>(), branches: new Map<string, number>() };

  add(trace: Trace, reasons: string[]): void {
    const distinct = [...new Set(reasons)].sort();
    this.traces += 1;
    this.#name({ trace_id: trace.trace_id, reason: distinct.join('; ') || 'nothing to export' });
    for (const single of distinct) this.#count('traces', single, 1);
  }

  addBranches(trace: Trace, reasons: string[]): void {
    for (const reason of [...new Set(reasons)].sort()) {
      const branches = reasons.filter((other) => other === reason).length;
      this.branches += branches;
      this.#name({ trace_id: trace.trace_id, reason, branches });
      this.#count('branches', reason, branches);
    }
  }

  /** The most frequent reason in words. */
  summary(): string {
    const [first, ...others] = [...this.#reasons.traces].sort(([, a], [, b]) => b - a);
    if (first === undefined) return 'nothing to export';
    return `${first[0]} (${first[1]})${others.length === 0 ? '' : ', and other reasons'}`;
  }

  byReason(of?: 'branches'): { [reason: string]: number } {
    const counts = new Map(this.#reasons.branches);
    if (of === undefined)
      for (const [reason, count] of this.#reasons.traces) counts.set(reason, (counts.get(reason) ?? 0) + count);
    return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #name(skipped: ExportResult['skipped'][number]): void {
    if (this.named.length < namedSkips) this.named.push(skipped);
  }

  #count(of: 'traces' | 'branches', reason: string, by: number): void {
    const counts = this.#reasons[of];
    counts.set(reason, (counts.get(reason) ?? 0) + by);
  }
}
