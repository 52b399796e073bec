import type { CapturedExchange, Consent, ImportReport, IntakeRecord, Json } from '../../shared/model/index.js';
import { lengthPrefixedId } from '../ground/derived-ids.js';
import { contentKey } from './importers/fields.js';
import type { ImportItem } from './importers/importer.js';
import type { SubmitOptions } from './queue.js';
import { recordExchange } from './records.js';

/** What goes into the journal at once. */
const batchItems = 128;
/** After so many exchanges the store is waited for and asked what became of them. */
const settleItems = 2000;
const maxListed = 1000;

/** What taking items needs of the engine. */
export interface SinkDependencies {
  submitExchanges(exchanges: CapturedExchange[], options?: SubmitOptions): Promise<void>;
  stored(): Promise<void>;
  /** What the store has of an exchange; null where it has none. */
  exchange(exchangeId: string): { trace_id: string | null; call_id: string | null; request_bytes: number } | null;
  traceIdByKey(key: string): string | null;
  hasTrace(traceId: string): boolean;
  /** A consent of a file as it may be stored: no plain name in it. Null where it is none. */
  consentOf(value: unknown): Consent | null;
  /** Checks the traces that were touched; the validate room does it. */
  validate?(traceIds: string[], signal: AbortSignal): Promise<Json>;
}

/** Takes the items of a file, a batch at a time, and counts what became of them. */
export function importSink(importer: string, file: string, parts: SinkDependencies, signal: AbortSignal) {
  const report: ImportReport = {
    importer,
    file,
    taken: { records: 0, exchanges: 0, calls: 0, traces: 0 },
    duplicates: 0,
    skipped_count: 0,
    skipped: [],
    trace_ids: [],
    validation: null,
  };
  const traces = new Set<string>();
  const traceKeys = new Set<string>();
  let batch: Captured[] = [];
  /** Keys of traces that are stored under those of an earlier version. */
  const formerTraces = new Set<string>();
  /** Keys of the records that may tell something else than what is stored of the same, by their exchange. */
  const doubtful = new Map<string, string>();
  /** Submitted and not yet looked up. */
  let open: string[] = [];
  /** Of these and of what is about to be submitted: the ids that they have, and those that their keys give them. */
  let openIds = new Set<string>();
  /** Of records that were stored before: their traces belong to the report all the same. */
  let before: string[] = [];

  function skip(where: string, reason: string): void {
    report.skipped_count += 1;
    if (report.skipped.length < maxListed) report.skipped.push({ where, reason });
  }

  function mend(place: { where: string; reason: string }): void {
    report.mended ??= [];
    report.mended_count = (report.mended_count ?? 0) + 1;
    if (report.mended.length < maxListed) report.mended.push(place);
  }

  async function flush(): Promise<void> {
    const fresh: typeof batch = [];
    for (const given of batch) {
      const item = asStored(given);
      const { exchange, traceKey } = item;
      if (traceKey !== null) traceKeys.add(traceKey);
      const restored = item.record?.restores?.trace_id;
      // One of our own exports of a trace that is here: it is the same.
      if (restored !== undefined && parts.traceIdByKey(traceKey as string) === null && parts.hasTrace(restored)) {
        report.duplicates += 1;
        traces.add(restored);
        continue;
      }
      if (openIds.has(exchange.exchange_id)) report.duplicates += 1;
      else {
        const next = unlessStored(item);
        if (next === null) {
          report.duplicates += 1;
          before.push(exchange.exchange_id);
        } else {
          fresh.push(next);
          openIds.add(exchange.exchange_id).add(next.exchange.exchange_id);
        }
      }
    }
    batch = [];
    if (fresh.length > 0) await submit(fresh);
    if (open.length + before.length >= settleItems) await settle();
  }

  /** The item under the key that its trace has here: an earlier version may have stored the beginning under another. */
  function asStored(item: Captured): Captured {
    const { record, formerly } = item;
    if (record === undefined || formerly === undefined) return item;
    const { started_at, source, trace, undated } = record;
    const known = formerTraces.has(trace.key);
    const formerId = lengthPrefixedId(undated ? 0 : started_at, source, formerly.record);
    const stored = known || parts.exchange(item.exchange.exchange_id) !== null ? null : parts.exchange(formerId);
    if (!known && stored === null) return item;
    const renamed = { ...unnamed(record), key: formerly.record, trace: { ...trace, key: formerly.trace } };
    const exchange = recordExchange(renamed);
    // Without a time the key alone may be that of another.
    if (undated && stored !== null && stored.request_bytes !== exchange.request.bytes) return item;
    formerTraces.add(trace.key);
    return { exchange, traceKey: formerly.trace, record: renamed };
  }

  /** The item, or what it tells besides what is stored under its key; null where that is nothing. */
  function unlessStored(item: Captured): Captured | null {
    const stored = parts.exchange(item.exchange.exchange_id);
    const own = item.record?.restores?.exchange_id;
    if (stored === null && own !== undefined && !openIds.has(own)) {
      const held = parts.exchange(own);
      if (held === null) return { ...item, exchange: { ...item.exchange, exchange_id: own } };
      if (isHeld(item, held)) return null;
    }
    // The name that an export has for its exchange may be that of another.
    if (stored === null) return item;
    if (item.record?.call === undefined || stored.request_bytes === item.exchange.request.bytes) return null;
    const { key, source } = item.record;
    const exchange = recordExchange({ ...item.record, revises: true });
    exchange.exchange_id = lengthPrefixedId(item.record.started_at, source, key, contentKey(bodyText(exchange)));
    if (parts.exchange(exchange.exchange_id) !== null) return null;
    doubtful.set(exchange.exchange_id, key);
    return { ...item, exchange };
  }

  /** Counts what is written, also where the disk is full in the middle of it. */
  async function submit(fresh: typeof batch): Promise<void> {
    let next = 0;
    const written = (count: number) => {
      for (const { exchange, traceKey, record } of fresh.slice(next, next + count)) {
        open.push(exchange.exchange_id);
        if (record?.call?.names !== undefined) doubtful.set(exchange.exchange_id, record.key);
        if (traceKey === null) report.taken.exchanges += 1;
        else report.taken.records += 1;
      }
      next += count;
    };
    const exchanges = fresh.map(({ exchange }) => exchange);
    await parts.submitExchanges(exchanges, { wait: true, signal, written });
  }

  async function settle(): Promise<void> {
    if (open.length > 0) await parts.stored();
    for (const exchangeId of open) {
      const stored = parts.exchange(exchangeId);
      if (stored?.call_id) report.taken.calls += 1;
      const key = doubtful.get(exchangeId);
      if (key !== undefined && stored?.trace_id === null)
        skip(`record ${key}`, 'another record of this key is stored, which tells something else');
      doubtful.delete(exchangeId);
      if (stored?.trace_id) traces.add(stored.trace_id);
    }
    for (const exchangeId of before) {
      const stored = parts.exchange(exchangeId);
      if (stored?.trace_id) traces.add(stored.trace_id);
    }
    for (const key of traceKeys) {
      const traceId = parts.traceIdByKey(key);
      if (traceId !== null) traces.add(traceId);
    }
    traceKeys.clear();
    open = [];
    openIds = new Set();
    before = [];
  }

  /** Everything that was given is stored and counted. */
  async function settleAll(): Promise<void> {
    await flush();
    await settle();
    report.taken.traces = traces.size;
    report.trace_ids = [...traces].slice(0, maxListed);
  }

  return {
    report,
    skip,
    settle: settleAll,
    async add(item: ImportItem): Promise<void> {
      if ('skipped' in item) {
        skip(item.skipped.where, item.skipped.reason);
        return;
      }
      if ('mended' in item) {
        mend(item.mended);
        return;
      }
      batch.push(captured(item, parts.consentOf));
      if (batch.length >= batchItems) await flush();
    },
    async end(): Promise<ImportReport> {
      await settleAll();
      report.validation = parts.validate === undefined ? null : await parts.validate(report.trace_ids, signal);
      return report;
    },
  };
}

interface Captured {
  exchange: CapturedExchange;
  traceKey: string | null;
  record?: IntakeRecord;
  formerly?: { record: string; trace: string };
}

/** As earlier versions told of a call: its parts had no names. */
function unnamed({ call, ...record }: IntakeRecord): IntakeRecord {
  if (call === undefined) return record;
  const { names: _names, follows: _follows, ...told } = call;
  return { ...record, call: told };
}

/** Whether what the store has under the name of a call's exchange is that call. */
function isHeld({ exchange, record }: Captured, held: NonNullable<ReturnType<SinkDependencies['exchange']>>): boolean {
  const restores = record?.restores;
  const alike = held.request_bytes === exchange.request.bytes;
  // A second report of what another source told stands where that does.
  if (held.trace_id !== restores?.trace_id) return alike && held.call_id === null;
  return alike || held.call_id === restores.call?.call_id;
}

const bodyText = ({ request }: CapturedExchange) => Buffer.from(request.body).toString('utf8');

function captured(
  item: Exclude<ImportItem, { skipped: unknown } | { mended: unknown }>,
  consentOf: SinkDependencies['consentOf'],
): Captured {
  if ('exchange' in item) return { exchange: item.exchange, traceKey: null };
  const consent = item.consent === undefined ? null : consentOf(item.consent);
  const { trace } = item.record;
  const record: IntakeRecord = {
    ...item.record,
    ...(item.undated ? { undated: true } : {}),
    ...(consent === null ? {} : { trace: { ...trace, consent } }),
  };
  const { formerly } = item;
  return {
    exchange: recordExchange(record),
    traceKey: record.trace.key,
    record,
    ...(formerly === undefined ? {} : { formerly }),
  };
}
