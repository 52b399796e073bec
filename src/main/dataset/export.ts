import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import type { EmptyPart, ExportOptions, ExportResult, LeakSummary } from '../../shared/model/index.js';
import { pauses } from '../ground/pauses.js';
import { balanceReason, balancing } from './balance.js';
import { partsCard } from './card.js';
import { buildManifest, filesOf, manifestText, type PartManifest, writeSigned } from './manifest.js';
import { own } from './own.js';
import { folderOf, packingProblem, withOwnFormat } from './pairs.js';
import { openPart, type Part } from './part.js';
import { openPartialFolder } from './partial-folder.js';
import { wantedPrivacy } from './privacy/row-redactor.js';
import { createGroupCounts } from './report/figures.js';
import { namedSkips, type SkipList } from './skip-list.js';
import type { ExportSource } from './source.js';
import { splitter } from './split.js';
import { contextOf } from './trainers/check.js';
import { unwritable } from './unwritable.js';

export interface ExportControl {
  signal: AbortSignal;
  /** 0..1 or null; called often, throttling is the caller's. */
  onProgress(progress: number | null, message: string, work?: { done: number; total: number; unit: string }): void;
  /** A line for whoever follows. */
  onNote?(line: string): void;
  /** Looks at the written files before they get their place; what it throws keeps them from it. */
  check?(folder: string, isInvented: (entity: string, value: string) => boolean): Promise<LeakSummary>;
}

/**
 * Writes the matching traces as a dataset into the new folder `out`: one file per split, README.md, manifest.json.
 * The folder appears whole or not at all; the same traces, options and seed give the same bytes, but for pseudonyms,
 * which are new in each export unless the options say otherwise. Constant memory.
 * Throws `validation_failed`, `export_policy_looser`, `query_invalid`, `export_target_exists`, `export_empty`, and the signal's reason.
 */
export function exportDataset(
  options: ExportOptions,
  source: ExportSource,
  out: string,
  control: ExportControl,
): Promise<ExportResult> {
  return exportPairs([options], source, out, control);
}

/**
 * The same for several pairs of package and layout at once: each stands in a folder of its own (`<package>/<layout>`), all are made
 * in one pass over the traces, under the same pseudonyms. The orders differ in package and layout alone. A pair that gets no row
 * is left out as long as others have some, and named.
 */
export async function exportPairs(
  given: readonly ExportOptions[],
  source: ExportSource,
  out: string,
  control: ExportControl,
): Promise<ExportResult> {
  const orders = given.map(withOwnFormat);
  const [options] = orders as [ExportOptions];
  for (const order of orders) {
    const unpackable = packingProblem(order);
    if (unpackable !== null) throw new SluiceError('usage', unpackable);
  }
  const context = await contextOf(options);
  const redactor = source.redactor(wantedPrivacy(options));
  const split = splitter(options.split, options.seed);
  const total = source.count(options);
  const folder = await openPartialFolder(out).catch((error: unknown) => {
    throw unwritable(error, resolve(out));
  });
  const several = orders.length > 1;
  const parts: { name: string; order: ExportOptions; part: Part }[] = [];
  try {
    for (const order of orders) {
      const name = several ? folderOf({ package: order.package ?? null, layout: order.layout }) : '';
      const at = { folder: join(folder.path, name), split, redactor, context };
      parts.push({ name, order, part: await openPart(order, source, at) });
    }
    const balance = await balancing(options, source, control.signal);
    const contaminated = options.against && (await source.contaminated(options.against, control.signal));
    const groups = split.names.length > 1 ? await source.splitGroups(options, control.signal) : null;
    const pause = pauses(control.signal);
    let seen = 0;
    let traces = 0;
    for await (const trace of source.traces(options, control.signal)) {
      await pause();
      const splitName = split.of(groups?.of(trace.trace_id) ?? trace.trace_id);
      let rowsTaken = 0;
      const leak = contaminated?.(trace) ?? null;
      const reason =
        leak !== null ? `it holds text of ${leak.file}` : balance?.keeps(trace) === false ? balanceReason : null;
      for (const { part } of parts) {
        if (reason === null) rowsTaken += await part.take(trace, splitName, pause);
        else part.leave(trace, reason);
      }
      seen += 1;
      if (rowsTaken > 0) traces += 1;
      const all = Math.max(total, seen);
      control.onProgress(total === 0 ? null : Math.min(1, seen / total), `${seen} of ${all} traces`, {
        done: seen,
        total: all,
        unit: 'traces',
      });
    }
    await pause();
    const filled = parts.filter(({ part }) => part.rows() > 0);
    if (filled.length === 0) throw nothingToExport(seen, (parts[0] as (typeof parts)[number]).part.skips);

    const captured = createGroupCounts(source);
    for (const summary of source.summaries()) {
      captured.add(summary);
      await pause();
    }
    const written: PartManifest[] = [];
    const empty: EmptyPart[] = [];
    for (const { name, order, part } of parts) {
      if (part.rows() === 0) {
        empty.push({ package: order.package ?? null, layout: order.layout, reasons: part.skips.byReason() });
        await part.leaveOut();
      } else written.push({ folder: name, ...(await part.finish(captured, balance?.summary() ?? null)) });
    }
    if (several) {
      const card = partsCard(written);
      await writeFile(join(folder.path, 'README.md'), card, own);
      await writeSigned(folder.path, manifestText(buildManifest(written, traces, empty, card)), source.signer);
    }
    const rows = written.reduce((sum, manifest) => sum + manifest.rows, 0);
    control.onNote?.(`${rows} rows of ${traces} traces written; looking through them for leaks`);
    const leaks = await control.check?.(folder.path, redactor.isInvented);
    await pause();
    await folder.commit();
    const skips = parts.map(({ part }) => part.skips);
    return {
      out: folder.out,
      files: written.flatMap(filesOf),
      traces,
      rows,
      ...(empty.length === 0 ? {} : { empty }),
      skipped: skips.flatMap(({ named }) => named).slice(0, namedSkips),
      skipped_count: skips.reduce((sum, each) => sum + each.traces + each.branches, 0),
      ...(leaks === undefined ? {} : { leaks }),
    };
  } catch (error) {
    for (const { part } of parts) await part.abandon();
    await folder.discard();
    throw unwritable(error, folder.out);
  }
}

function nothingToExport(seen: number, skips: SkipList): SluiceError {
  return seen === 0
    ? new SluiceError('export_empty', 'No trace is meant: the query matches none, or what was picked is gone.')
    : new SluiceError('export_empty', `None of the ${seen} matching traces gives a row: ${skips.summary()}.`, {
        skipped: skips.byReason(),
      });
}
