import { setImmediate as breathe } from 'node:timers/promises';
import type { ExportOptions, ExportPreview, Json, PackageId, Trace } from '../../shared/model/index.js';
import { columnsOf } from './columns.js';
import { consentGate, shapeWithConsent } from './consent.js';
import type { Row } from './formats/format.js';
import { fileFormats } from './formats/index.js';
import { layouts, rowsOf } from './layouts/index.js';
import { type Layout, othersIn } from './layouts/layout.js';
import { rowOptions } from './layouts/row-options.js';
import { packages } from './packages/index.js';
import type { Package } from './packages/package.js';
import { withOwnFormat } from './pairs.js';
import { droppedReason, privacyGate } from './privacy/index.js';
import { wantedPrivacy } from './privacy/row-redactor.js';
import type { ExportSource } from './source.js';
import { splitter } from './split.js';
import { contextOf, trainerCheck } from './trainers/check.js';

const maxRows = 20;
const maxWholeRows = 3;
/** So many traces are looked at for as long as there is time: a preview is for looking. */
const maxTraces = 2000;
const budgetMs = 700;
/** Without a single row, somewhat longer. */
const patienceMs = 4000;
/** Longer texts are cut in a preview, unless whole rows are asked for: a page can be megabytes. */
const maxText = 4000;
/** Longer lists too, before the gate looks at them: a session is one row. */
const maxItems = 200;
/** Findings of the trainer that are named; all are counted. */
const maxFindings = 50;

type Previewed = ExportOptions & { whole?: boolean };

/** The first rows as the file would hold them, and what comes of the traces that there is time to look at. Throws as `exportDataset` does. */
export async function previewDataset(options: Previewed, source: ExportSource): Promise<ExportPreview> {
  const [preview] = await previewPairs([options], source);
  return preview as ExportPreview;
}

/**
 * The same for several packages and layouts of the same traces, which are read once. `traces` counts all matches; examples, rows, what
 * is left out and why, and what the trainer would do are counted in `looked_at` of them, of which `beginnings` are so long that only
 * their first calls were read, as if they had ended there.
 */
export async function previewPairs(pairs: readonly Previewed[], source: ExportSource): Promise<ExportPreview[]> {
  const [first] = pairs;
  if (first === undefined) return [];
  const previews: Awaited<ReturnType<typeof openPreview>>[] = [];
  for (const options of pairs) previews.push(await openPreview(options, source));
  const traces = source.count(first);
  let seen = 0;
  const begun = performance.now();
  const stop = new AbortController();
  const timeIsUp = () =>
    performance.now() - begun > (previews.some(({ found }) => found() > 0) ? budgetMs : patienceMs);
  let beginnings = 0;
  for (const { trace, cut } of source.beginnings(first, stop.signal)) {
    for (const preview of previews) preview.take(trace, timeIsUp);
    seen += 1;
    if (cut) beginnings += 1;
    if (seen >= maxTraces || timeIsUp()) break;
    await breathe();
  }
  stop.abort();
  return previews.map((preview) => ({
    traces,
    looked_at: seen,
    ...(beginnings === 0 ? {} : { beginnings }),
    ...preview.end(seen >= traces && beginnings === 0),
  }));
}

/** One layout's rows of the traces that it is given. */
async function openPreview(asked: Previewed, source: ExportSource) {
  const options = withOwnFormat(asked);
  const { whole = false } = asked;
  const layout: Layout = layouts[options.layout];
  const format = fileFormats[options.format];
  const shape = shapeWithConsent(layout, options);
  const columns = columnsOf(shape, { nested: layout.of === 'examples' });
  const chosen = counted(layout, options.package);
  const redactor = source.redactor(wantedPrivacy(options));
  const privacy = privacyGate(shape, options, source, redactor);
  const consents = await consentGate(layout, options, source.consentRequired(), null);
  const choices = rowOptions(layout, options, source, redactor, (trace) => consents.problem(trace));
  splitter(options.split, options.seed);
  const check = options.trainer === undefined ? null : trainerCheck(options.trainer, await contextOf(options));
  const most = whole ? maxWholeRows : maxRows;
  // What is behind the first items of a list can keep a row out, and a trainer takes rows whole.
  const mayCut = !whole && check === null && !Object.values(redactor.actions).includes('drop');
  const rows: Json[] = [];
  let found = 0;
  let lastCut = false;
  let skipped = 0;
  const reasons: Record<string, number> = {};
  const branches: Record<string, number> = {};

  return {
    found: () => found,
    /** Ends within the trace where the time is up and there is enough to show: all other previews wait. */
    take(trace: Trace, timeIsUp: () => boolean): void {
      let rowCount = 0;
      lastCut = false;
      const problem = consents.problem(trace);
      const why = problem === null ? [] : [problem];
      const short = mayCut && source.droppedEntities(trace.trace_id).length === 0;
      for (const item of problem === null ? rowsOf(layout, trace, source, chosen.package, choices) : []) {
        if ('skipped' in item) {
          why.push(item.skipped);
          continue;
        }
        if (timeIsUp() && rows.length >= maxWholeRows) {
          lastCut = true;
          break;
        }
        const others = othersIn(item.origin);
        const refused = others.map((other) => consents.problem(other)).find((reason) => reason !== null);
        const cuts: Cuts = new Map();
        const asked = consents.row(item.row as Row, trace);
        const taken = short ? (cutLists(asked as Json, '', cuts) as Row) : asked;
        const row = refused === undefined ? privacy.row(taken, trace, others) : null;
        if (row === null) {
          why.push(refused ?? droppedReason);
          continue;
        }
        rowCount += 1;
        found += 1;
        if (rows.length < most) {
          const shown = format.shown(row, columns);
          rows.push(whole ? shown : shorten(shown, '', cuts));
        }
        check?.row('', JSON.parse(JSON.stringify(row)));
      }
      if (lastCut && rowCount === 0) return;
      if (rowCount === 0) {
        skipped += 1;
        for (const reason of new Set(why)) reasons[reason] = (reasons[reason] ?? 0) + 1;
      } else for (const reason of why) branches[reason] = (branches[reason] ?? 0) + 1;
    },
    /** `all`: nothing was left that it was not given. */
    end(all: boolean): Omit<ExportPreview, 'traces' | 'looked_at' | 'beginnings'> {
      if (all && !lastCut) check?.endFile('');
      return {
        rows,
        skipped,
        reasons,
        ...(Object.keys(branches).length === 0 ? {} : { branches }),
        examples: layout.of === 'examples' ? chosen.examples() : null,
        rows_found: found,
        ...(lastCut ? { last_cut: true } : {}),
        trainer: check && { ...check.summary(), named: check.named.slice(0, maxFindings) },
      };
    },
  };
}

/** The package of a layout's rows, which counts the examples that it gives; none for rows of traces. */
function counted(layout: Layout, named: PackageId | undefined): { package: Package | null; examples(): number } {
  let examples = 0;
  if (layout.of === 'trace') return { package: null, examples: () => examples };
  const pack: Package = packages[named ?? layout.package ?? 'conversations'];
  return {
    package: {
      ...pack,
      *examples(trace, source) {
        for (const item of pack.examples?.(trace, source) ?? []) {
          if ('example' in item) examples += 1;
          yield item;
        }
      },
    },
    examples: () => examples,
  };
}

/** How many items each list lost, by its place. */
type Cuts = Map<string, number>;

function cutLists(value: Json, place: string, cuts: Cuts): Json {
  if (Array.isArray(value)) {
    if (value.length > maxItems) cuts.set(place, value.length - maxItems);
    return value.slice(0, maxItems).map((item, index) => cutLists(item, `${place}/${index}`, cuts));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, cutLists(inner, `${place}/${key}`, cuts)]),
  );
}

function shorten(value: Json, place: string, cuts: Cuts): Json {
  if (typeof value === 'string') {
    return value.length <= maxText ? value : `${value.slice(0, maxText)}… (${value.length - maxText} more characters)`;
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => shorten(item, `${place}/${index}`, cuts));
    const more = cuts.get(place);
    return more === undefined ? items : [...items, `… (${more} more items)`];
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, shorten(inner, `${place}/${key}`, cuts)]),
  );
}
