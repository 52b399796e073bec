import { setImmediate as breathe } from 'node:timers/promises';
import type { ExportOptions, ExportPreview, Json } from '../../shared/model/index.js';
import { columnsOf } from './columns.js';
import { consentGate, shapeWithConsent } from './consent.js';
import type { Row } from './formats/format.js';
import { fileFormats } from './formats/index.js';
import { layouts, rowsOf } from './layouts/index.js';
import { type Layout, othersIn } from './layouts/layout.js';
import { rowOptions } from './layouts/row-options.js';
import { packages } from './packages/index.js';
import { withOwnFormat } from './pairs.js';
import { droppedReason, privacyGate } from './privacy/index.js';
import { wantedPrivacy } from './privacy/row-redactor.js';
import type { ExportSource } from './source.js';
import { splitter } from './split.js';

const maxRows = 20;
/** Traces looked at before a preview gives up finding more rows. */
const maxTraces = 200;
/** Longer texts are cut in a preview: it is for looking, and a page can be megabytes. */
const maxText = 4000;

/**
 * The first rows as the file would hold them, at most 20, with long texts cut. `traces` counts all matches; `skipped`
 * counts those among the traces looked at that give no row, `reasons` says why. Throws as `exportDataset` does.
 */
export async function previewDataset(asked: ExportOptions, source: ExportSource): Promise<ExportPreview> {
  const options = withOwnFormat(asked);
  const layout: Layout = layouts[options.layout];
  const format = fileFormats[options.format];
  const shape = shapeWithConsent(layout, options);
  const columns = columnsOf(shape, { nested: layout.of === 'examples' });
  const pack = options.package === undefined ? null : packages[options.package];
  const redactor = source.redactor(wantedPrivacy(options));
  const privacy = privacyGate(shape, options, source, redactor);
  const consents = await consentGate(layout, options, source.consentRequired(), null);
  const choices = rowOptions(layout, options, source, redactor, (trace) => consents.problem(trace));
  splitter(options.split, options.seed);
  const traces = source.count(options);
  const rows: Json[] = [];
  let seen = 0;
  let skipped = 0;
  const reasons: Record<string, number> = {};
  const branches: Record<string, number> = {};
  const stop = new AbortController();
  for await (const trace of source.traces(options, stop.signal)) {
    let given = 0;
    const problem = consents.problem(trace);
    const why = problem === null ? [] : [problem];
    for (const item of problem === null ? rowsOf(layout, trace, source, pack, choices) : []) {
      if ('skipped' in item) {
        why.push(item.skipped);
        continue;
      }
      const others = othersIn(item.origin);
      const refused = others.map((other) => consents.problem(other)).find((reason) => reason !== null);
      const row = refused === undefined ? privacy.row(consents.row(item.row as Row, trace), trace, others) : null;
      if (row === null) {
        why.push(refused ?? droppedReason);
        continue;
      }
      given += 1;
      rows.push(shorten(format.shown(row, columns)));
      if (rows.length >= maxRows) break;
    }
    if (given === 0) {
      skipped += 1;
      for (const reason of new Set(why)) reasons[reason] = (reasons[reason] ?? 0) + 1;
    } else for (const reason of why) branches[reason] = (branches[reason] ?? 0) + 1;
    seen += 1;
    if (rows.length >= maxRows || seen >= maxTraces) break;
    await breathe();
  }
  stop.abort();
  return { rows, traces, skipped, reasons, ...(Object.keys(branches).length === 0 ? {} : { branches }) };
}

function shorten(value: Json): Json {
  if (typeof value === 'string') {
    return value.length <= maxText ? value : `${value.slice(0, maxText)}… (${value.length - maxText} more characters)`;
  }
  if (Array.isArray(value)) return value.map(shorten);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shorten(inner)]));
}
