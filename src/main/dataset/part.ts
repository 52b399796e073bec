import { createHash } from 'node:crypto';
import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import type { ExportOptions, Json, Trace } from '../../shared/model/index.js';
import { augmentationProblem, augmentedSplit, augmenting, derivedFile } from './augment/augmenting.js';
import { cardText } from './card.js';
import { columnsOf, jsonText } from './columns.js';
import { consentGate, shapeWithConsent } from './consent.js';
import type { Example } from './examples/example.js';
import type { FileFormat, Row } from './formats/format.js';
import { fileFormats } from './formats/index.js';
import { createNarrowing } from './formats/narrowing.js';
import { openSplit, type SplitWriter } from './formats/shards.js';
import { layouts, rowsOf } from './layouts/index.js';
import { type Layout, type LayoutItem, othersIn } from './layouts/layout.js';
import { rowOptions } from './layouts/row-options.js';
import { type Manifest, manifestText, writeSigned } from './manifest.js';
import { createTree, leafOf, rootOf } from './merkle.js';
import { own } from './own.js';
import { packages } from './packages/index.js';
import type { Package } from './packages/package.js';
import { droppedReason, privacyGate } from './privacy/index.js';
import type { RowRedactor } from './privacy/row-redactor.js';
import { provenanceColumns, provenanceFile, provenanceOf } from './provenance.js';
import { type Balance, createFigures, type GroupCounts, type Quality, sharesOf } from './report/figures.js';
import { writeReports } from './report/index.js';
import { openSideFile } from './side-file.js';
import { SkipList } from './skip-list.js';
import type { ExportSource } from './source.js';
import type { Splitter } from './split.js';
import { type Context, trainerCheck, trainerReport } from './trainers/check.js';

interface Split {
  name: string;
  traces: number;
  writer: SplitWriter;
  /** A tree over the rows of each of its files. */
  trees: ReturnType<typeof createTree>[];
}

type RowItem = Extract<LayoutItem<Json>, { row: Json }>;

/** One pair of package and layout being written into a folder of its own. */
export type Part = Awaited<ReturnType<typeof openPart>>;

export async function openPart(
  options: ExportOptions,
  source: ExportSource,
  {
    folder,
    split,
    redactor,
    context,
  }: { folder: string; split: Splitter; redactor: RowRedactor; context: Context | null },
) {
  const layout: Layout = layouts[options.layout];
  const pack: Package | null = options.package === undefined ? null : packages[options.package];
  const format: FileFormat = fileFormats[options.format];
  const shape = shapeWithConsent(layout, options);
  const columns = columnsOf(shape, { nested: layout.of === 'examples' });
  const perTrace = layout.of === 'trace' && layout.filePerTrace === true && format.extension === 'jsonl';
  const late = perTrace || (options.shard_mb ?? format.shardMb) !== undefined;
  const privacy = privacyGate(shape, options, source, redactor);
  /** Columns that any row has, and those of each file. */
  const filledColumns = new Set<string>();
  const filledIn = new Map<string, Set<string>>();
  const trainer = options.trainer === undefined ? null : trainerCheck(options.trainer, context);
  const splits = new Map<string, Split>();
  const skips = new SkipList();
  const figures = createFigures(source, options.seed);
  const narrowing = createNarrowing(columns);
  const revisions = createHash('sha256');
  let seen = 0;
  let rows = 0;

  const problem = augmentationProblem(options, layout);
  if (problem !== null) throw new SluiceError('usage', problem);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const consents = await consentGate(layout, options, source.consentRequired(), { folder, late });
  const choices = rowOptions(layout, options, source, redactor, (trace) => consents.problem(trace));
  const augment =
    options.augment === undefined || layout.of !== 'examples'
      ? null
      : augmenting(options.augment, layout, choices, source);
  const provenance = await openSideFile(join(folder, provenanceFile), fileFormats.parquet, provenanceColumns, late);
  const derivations =
    augment === null ? null : await openSideFile(join(folder, derivedFile), fileFormats.jsonl, [], late);
  const captured = options.augment?.only === true ? [] : split.names;
  try {
    for (const name of [...captured, ...(augment === null ? [] : split.names.map(augmentedSplit))]) {
      const writer = await openSplit(folder, name, format, columns, {
        compress: options.compress,
        shardMb: options.shard_mb,
        onlyNext: perTrace,
      });
      splits.set(name, { name, traces: 0, writer, trees: [] });
    }
  } catch (error) {
    await abandon();
    throw error;
  }

  async function abandon(): Promise<void> {
    // Windows cannot remove a file that is still open.
    for (const { writer } of splits.values()) await writer.abandon().catch(() => undefined);
    await provenance.abandon().catch(() => undefined);
    await derivations?.abandon().catch(() => undefined);
    await consents.abandon().catch(() => undefined);
  }

  return {
    skips,
    rows: () => rows,

    /** Writes the rows of a trace that belongs to the split; how many there are. */
    async take(trace: Trace, splitName: string, pause: () => Promise<void>): Promise<number> {
      const reasons: string[] = [];
      const comesFrom = provenanceOf(trace);
      const states = [trace];
      const rowsBySplit = new Map<string, number>();
      const problem = consents.problem(trace);
      if (problem !== null) reasons.push(problem);

      /** The row as it may be written; a string says why it may not. */
      const passed = (item: RowItem): Row | string => {
        const others = othersIn(item.origin);
        const refused = others.map((other) => consents.problem(other)).find((reason) => reason !== null);
        return refused ?? privacy.row(consents.row(item.row as Row, trace), trace, others) ?? droppedReason;
      };
      const write = async (to: Split, item: RowItem, row: Row) => {
        if (perTrace && !rowsBySplit.has(to.name)) await to.writer.next();
        narrowing.row(row);
        const place = await to.writer.write(row);
        const filled = filledIn.get(place.file) ?? new Set();
        filledIn.set(place.file, filled);
        for (const name of Object.keys(row)) {
          filledColumns.add(name);
          filled.add(name);
        }
        const leaf = leafOf(columns, row, options.format);
        to.trees[place.shard] ??= createTree();
        (to.trees[place.shard] as Split['trees'][number]).add(leaf.hash);
        await provenance.write(comesFrom(place, item.origin, leaf.hash));
        await consents.note(place, trace, privacy.withConsent);
        for (const inlined of item.origin?.inlined ?? []) {
          await consents.note(place, inlined, privacy.withConsent);
          await consents.took(inlined, 1, privacy.withConsent);
          states.push(inlined);
        }
        trainer?.row(place.file, JSON.parse(jsonText(row as Json)));
        rowsBySplit.set(to.name, (rowsBySplit.get(to.name) ?? 0) + 1);
        return { place, leaf };
      };
      /** What is derived of an example, behind its own rows and in a file of its own. */
      const writeDerived = async (example: Example) => {
        const to = splits.get(augmentedSplit(splitName));
        if (augment === null || to === undefined) return;
        for (const { item, derivation } of augment.of(example, splitName)) {
          const origin = { call_id: example.call.call_id, other: example.other, ...item.origin };
          const row = passed({ ...item, origin });
          if (typeof row === 'string') continue;
          const { place } = await write(to, { ...item, origin }, row);
          augment.wrote(splitName, derivation.by);
          const clean = privacy.json(derivation as unknown as Json) as Row;
          await derivations?.write({ file: place.file, row: place.row, trace_id: trace.trace_id, ...clean });
        }
      };

      let example: Example | undefined;
      for (const item of problem === null ? rowsOf(layout, trace, source, pack, choices) : []) {
        if ('skipped' in item) reasons.push(item.skipped);
        else {
          const row = passed(item);
          if (typeof row === 'string') {
            reasons.push(row);
            continue;
          }
          const to = splits.get(splitName);
          if (to !== undefined) {
            const { leaf } = await write(to, item, row);
            figures.row(row, leaf.chars, leaf.hash);
          }
          augment?.real(splitName);
          if (item.example !== undefined && item.example !== example) {
            example = item.example;
            await writeDerived(example);
          }
        }
        await pause();
      }
      seen += 1;
      const written = [...rowsBySplit.values()].reduce((sum, each) => sum + each, 0);
      rows += written;
      for (const name of rowsBySplit.keys()) (splits.get(name) as Split).traces += 1;
      if (written > 0) {
        figures.trace(trace);
        await consents.took(trace, written, privacy.withConsent);
        for (const { trace_id, revision } of states) revisions.update(`${trace_id} ${revision ?? 0}\n`);
        skips.addBranches(trace, reasons);
      } else skips.add(trace, reasons);
      return written;
    },

    /** Counts a trace that others keep out. */
    leave(trace: Trace, reason: string): void {
      seen += 1;
      skips.add(trace, [reason]);
    },

    /** Ends the files and writes what stands beside them. */
    async finish(captured: GroupCounts, balance: Balance | null): Promise<Manifest> {
      const files: (Manifest['files'][number] & { rows_root: string })[] = [];
      const named = new Map<string, string>();
      for (const { name: splitName, traces, writer, trees } of splits.values()) {
        for (const [shard, { draft, ...file }] of (await writer.finish()).entries()) {
          named.set(draft, file.name);
          const rows_root = (trees[shard] ?? createTree()).root();
          const filled = format.extension === 'jsonl' ? filledIn.get(draft) : undefined;
          const absent = columns.flatMap(({ name }) => (filled === undefined || filled.has(name) ? [] : [name]));
          files.push({
            ...file,
            split: splitName,
            traces: shard === 0 ? traces : 0,
            rows_root,
            ...(absent.length === 0 ? {} : { absent }),
          });
        }
        splits.delete(splitName);
      }
      for (const draft of named.keys()) trainer?.endFile(draft);
      const manifest: Manifest = {
        format_version: 1,
        generator: 'sluice',
        ...(options.dataset === undefined
          ? {}
          : { dataset: { name: options.dataset.name, version: options.dataset.version } }),
        ...(options.package === undefined ? {} : { package: options.package }),
        layout: options.layout,
        format: options.format,
        ...(options.compress === undefined ? {} : { compress: options.compress }),
        query: privacy.text(options.query),
        ...(options.trace_ids === undefined ? {} : { picked: new Set(options.trace_ids).size }),
        seed: options.seed,
        split: options.split ? Object.fromEntries(split.names.map((name) => [name, options.split?.[name] ?? 0])) : null,
        columns: narrowing.columns(),
        traces: seen - skips.traces,
        rows,
        revisions_sha256: revisions.digest('hex'),
        skipped: skips.byReason(),
        ...(skips.branches === 0 ? {} : { skipped_branches: skips.byReason('branches') }),
        ...(augment === null || derivations === null
          ? {}
          : {
              augmentation: {
                ...augment.summary(),
                file: { name: derivedFile, ...(await derivations.finish(named)) },
              },
            }),
        consent: await consents.finish(named),
        privacy: privacy.summary(),
        ...(trainer === null ? {} : { trainer: trainer.summary() }),
        rows_root: rootOf(files),
        provenance: { name: provenanceFile, ...(await provenance.finish(named)) },
        files,
      };
      const wanted = Object.entries(layout.beside?.({ files, columns: filledColumns }) ?? {});
      const report = trainer?.report(named) ?? '';
      if (report !== '') wanted.push([trainerReport, report]);
      for (const [name, text] of wanted) await writeFile(join(folder, name), text, own);
      const { distributions, duplicates, agreement, counts, proofs } = figures.end();
      const { groups, under_represented } = sharesOf(counts, captured);
      const clean = <T extends { value: string }>(each: T): T => ({ ...each, value: privacy.text(each.value) });
      const quality: Quality = {
        format_version: 1,
        rows,
        traces: manifest.traces,
        splits: splitsOf(files),
        distributions,
        duplicates,
        agreement,
        redaction: manifest.privacy.replaced,
        dropped_rows: manifest.privacy.dropped_rows,
        skipped: manifest.skipped,
        balance,
        augmentation: manifest.augmentation === undefined ? null : countsOf(manifest.augmentation),
        groups: Object.fromEntries(Object.entries(groups).map(([field, shares]) => [field, shares.map(clean)])),
        under_represented: under_represented.map(clean),
        ...(proofs === undefined ? {} : { proofs }),
      };
      const dataset = options.dataset ?? null;
      const card = cardText(layout, pack, manifest);
      await writeFile(join(folder, 'README.md'), card, own);
      manifest.beside = [
        ...[['README.md', card] as const, ...wanted].map(([name, text]) => ({
          name,
          bytes: Buffer.byteLength(text),
          sha256: createHash('sha256').update(text).digest('hex'),
        })),
        ...(await writeReports(folder, { layout, pack, shape, manifest, quality, dataset })),
      ];
      await writeSigned(folder, manifestText(manifest), source.signer);
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

function splitsOf(files: Manifest['files']): Quality['splits'] {
  const splits: Quality['splits'] = {};
  for (const { split, rows, traces } of files) {
    const before = splits[split] ?? { rows: 0, traces: 0 };
    splits[split] = { rows: before.rows + rows, traces: before.traces + traces };
  }
  return splits;
}

function countsOf({ rows, by, share, left_out }: NonNullable<Manifest['augmentation']>): Quality['augmentation'] {
  return { rows, by, share, left_out };
}
