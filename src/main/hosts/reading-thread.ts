import { workerData } from 'node:worker_threads';
import { SluiceError } from '../../shared/errors.js';
import { type ExportSource, previewDataset, previewDefinition, traceAs } from '../dataset/index.js';
import { renderRow, templateOf, tokenCounter } from '../dataset/render/index.js';
import { exportSource } from '../engine/export-source.js';
import { type Reads, readsOf } from '../engine/reading/reads.js';
import { sized } from '../engine/reading/sized.js';
import { createRedactor, type Redactor, redactorForExport } from '../redact/index.js';
import { openReader } from '../store/index.js';
import type { ReadingRequest, ReadingRules, ReadingThreadData } from '../threads/protocol.js';
import { type CommandOf, carryOut } from '../threads/remote.js';
import { serveThread } from '../threads/worker-side.js';
import { validateTrace } from '../validate/index.js';

/** A reading thread: what the API asks of the store, one request at a time. The main thread ends it when one takes too long. */

const { database, sealKey, pseudonymKey: key } = workerData as ReadingThreadData;
const reader = openReader(database, { sealKey, use: 'lists' });
const reads = readsOf(reader);
/** Built anew only where the rules are others. */
let scanner: { rules: string; redactor: Redactor } | null = null;

serveThread<ReadingRequest<CommandOf<Reads>>, never>({
  lane: () => 'control',
  async request(request) {
    switch (request.type) {
      case 'read':
        return carryOut(reads, request.command);
      case 'preview':
        return sized(await previewDataset(request.options, sourceOf(request.rules)));
      case 'preview-definition':
        return sized(await previewDefinition(request.definition, sourceOf(request.rules)));
      case 'render': {
        const { row, template, side, tokenizer } = request;
        return sized(renderRow(row, templateOf(template), { side, counter: await tokenCounter(tokenizer) }));
      }
      case 'shape': {
        const trace = reader.trace(request.traceId);
        if (trace === null) return null;
        const shaped = traceAs(request.shape, trace);
        if (shaped === null) throw new SluiceError('shape_unfit', 'The trace cannot be told in this shape.');
        return new TextEncoder().encode(JSON.stringify(shaped));
      }
      case 'validate': {
        const trace = reader.trace(request.traceId);
        return trace && sized(validateTrace(trace, (text) => redactorOf(request.rules).spans(text).findings));
      }
    }
  },
  connect() {},
});

function sourceOf(rules: ReadingRules): ExportSource {
  return exportSource(reader, {
    key,
    consentRequired: () => rules.policy.consent.required,
    redactor: (wanted) => redactorForExport({ ...rules, key }, wanted),
  });
}

function redactorOf(rules: ReadingRules): Redactor {
  const name = JSON.stringify(rules);
  if (scanner?.rules !== name) scanner = { rules: name, redactor: createRedactor({ ...rules, key }) };
  return scanner.redactor;
}
