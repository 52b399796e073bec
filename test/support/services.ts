import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ListOptions, Services } from '../../src/main/api/services.js';
import { createTally, openAuditLog } from '../../src/main/audit/index.js';
import { createExports, exportKind, previewDataset } from '../../src/main/dataset/index.js';
import { exportGuard } from '../../src/main/engine/export-guard.js';
import { leakReports } from '../../src/main/engine/leak-reports.js';
import { listTitles } from '../../src/main/engine/lists.js';
import { openLiveRedactor } from '../../src/main/engine/live/redactor.js';
import { sealedText } from '../../src/main/engine/live/typed-text.js';
import { policyServices } from '../../src/main/engine/parts/policy.js';
import { type ReadFrom, readsOf } from '../../src/main/engine/reading/reads.js';
import type { JobKind } from '../../src/main/ground/job-kind.js';
import { dataFolder } from '../../src/main/home/folder.js';
import { openTokens } from '../../src/main/home/tokens.js';
import { openVault } from '../../src/main/home/vault.js';
import { finalizeKind } from '../../src/main/intake/finalize.js';
import { createImports } from '../../src/main/intake/import-job.js';
import { importKind } from '../../src/main/intake/import-kind.js';
import { createIntakeQueue } from '../../src/main/intake/queue.js';
import { createSentBodies, type Taken } from '../../src/main/intake/sent/bodies.js';
import { createWatches } from '../../src/main/intake/watch.js';
import { createJobs, openJobLogs } from '../../src/main/jobs/index.js';
import { recordConsent } from '../../src/main/privacy/index.js';
import { defaultPolicy } from '../../src/main/redact/index.js';
import { listSchemas, schemaOf, summarize, validateTrace } from '../../src/main/validate/index.js';
import { SluiceError } from '../../src/shared/errors.js';
import { uuidv7 } from '../../src/shared/ids.js';
import type {
  AuditActor,
  CapturedExchange,
  ChatMessage,
  ConsentEvent,
  ConsentState,
  Exchange,
  GivenConsent,
  Json,
  Page,
  Review,
  SavedFilter,
  Status,
  Tick,
} from '../../src/shared/model/index.js';
import { settingsSchema } from '../../src/shared/settings.js';
import { kindOf } from './job-kinds.js';
import { memoryJobs } from './job-store.js';
import { agentSession, type Session, sessionSource, testId } from './traces.js';

/** An exchange with every public field and bodies of the given length. */
export function testExchange(number: number, bodyChars: number): Exchange {
  const message = {
    headers: [['content-type', 'application/json'] as [string, string]],
    trailers: [],
    body: JSON.stringify({ text: 'é😀'.repeat(bodyChars) }).slice(0, bodyChars),
    body_kind: 'json',
    sealed_reason: null,
    media_type: 'application/json',
    truncated: false,
    body_total_chars: bodyChars,
  };
  return {
    exchange_id: testId(3, number),
    trace_id: testId(1, 0),
    call_id: testId(2, number),
    client: 'OpenAI/JS 7.55.0',
    session: null,
    kind: 'http',
    method: 'POST',
    url: 'https://api.openai.com/v1/chat/completions',
    status: 200,
    started_at: '2026-11-21T09:30:00.000Z',
    duration_ms: 1200,
    ttfb_ms: 100,
    ttft_ms: 300,
    request_bytes: bodyChars,
    response_bytes: bodyChars,
    format: 'openai-chat',
    model: 'gpt-5-mini',
    tool_names: ['search'],
    usage: { input_tokens: 100, output_tokens: 20 },
    cost_usd: 0.001,
    state: 'complete',
    undecoded: false,
    finding_count: 0,
    error: null,
    via: 'intercept',
    upstream: null,
    http_version: '1.1',
    request: message,
    response: { ...message, status_text: 'OK' },
    issues: [],
    unknown_events: {},
    findings: [],
  };
}

function pageOf<T>(all: readonly T[], { cursor, limit }: Pick<ListOptions, 'cursor' | 'limit'>): Page<T> {
  const start = cursor === null ? 0 : Number(cursor);
  if (!Number.isInteger(start)) throw new SluiceError('cursor_invalid', 'This cursor is none of ours.');
  const end = start + limit;
  return { items: all.slice(start, end), next_cursor: end < all.length ? String(end) : null };
}

function checkQuery(query: string): void {
  if (!query.startsWith('bad:')) return;
  throw new SluiceError('query_invalid', 'There is no field `bad`.', { position: 0, length: 3 });
}

/** Messages of role and text, whatever the vendor. */
function readPlainMessages(_dialect: string, messages: Json): ChatMessage[] {
  return (messages as { role?: string; content?: string }[]).map(({ role, content }) => ({
    role: (role ?? 'assistant') as ChatMessage['role'],
    parts: [{ type: 'text', text: content ?? '' }],
  }));
}

/** The engine's services over data in memory, with the real job queue and the real exports. */
export function testServices(options: { exportFolder: string; sessions?: Session[] }) {
  const sessions = options.sessions ?? Array.from({ length: 3 }, (_, number) => agentSession(number, 2));
  const exchanges = [testExchange(0, 100), testExchange(1, 300_000)];
  const reviews = new Map<string, Review>();
  const filters: SavedFilter[] = [];
  const listeners = new Set<(tick: Tick) => void>();
  let settings = settingsSchema.parse({});
  let seq = 0;

  /** What was put into the journal, and how much of it is said to wait. */
  const journal = { exchanges: [] as CapturedExchange[], pending: 0 };
  const queue = createIntakeQueue({
    inject: async (injected) => void journal.exchanges.push(...injected),
    stored: async () => undefined,
    counters: () => ({ pending: journal.pending, processed: 0, journal_bytes: 0 }),
  });
  const bodies = createSentBodies({
    readMessages: readPlainMessages,
    readOtlp: (body, contentType) => ({
      records: [],
      rejected: 0,
      message: '',
      skipped: 0,
      answer: () => ({ body: JSON.stringify({ read: body.byteLength }), contentType }),
    }),
  });
  const source = sessionSource(sessions);
  const auditLog = openAuditLog(join(options.exportFolder, 'audit.jsonl'), new Uint8Array(32));
  const audit = { ...auditLog, count: createTally(auditLog.record).count };
  const guard = exportGuard({
    knownValues: () => [],
    policy: () => defaultPolicy,
    pseudonymKey: new Uint8Array(32),
    record: audit.record,
  });
  /** Kinds of the work thread, on this one. */
  const here = <Tools>(kind: JobKind<unknown, unknown, Tools>, tools: Tools): JobKind =>
    kindOf(kind.id, (params, control) => kind.run(params, control, tools));
  const sink = {
    submitExchanges: queue.submitExchanges,
    stored: queue.stored,
    exchange: () => null,
    traceIdByKey: () => null,
    readMessages: readPlainMessages,
    consentOf: () => null,
  };
  const sealed = sealedText(randomBytes(32));
  async function* uploadOf(id: string) {
    for (let bytes = await imports.uploaded(id); bytes !== null; bytes = await imports.uploaded(id)) yield bytes;
  }
  const jobs = createJobs({
    store: memoryJobs(),
    kinds: [
      here(exportKind, { source, guard }),
      here(importKind, { importing: { ...sink, upload: uploadOf, openSealed: sealed.open } }),
      here(finalizeKind, { stored: queue.stored, trace }),
      kindOf('consent', async () => ({ traces: sessions.length })),
      kindOf('retention', async (params) => params),
      kindOf('rescan', async () => ({})),
      kindOf('erasure', async () => ({})),
      kindOf('subject-export', async () => ({})),
    ],
    logs: openJobLogs(join(options.exportFolder, 'job-logs'), () => undefined),
    clean: (text) => text,
    onChange: () => tick('jobs'),
    onState: () => undefined,
    onError: () => undefined,
  });
  const exports = createExports({
    source,
    folder: options.exportFolder,
    startJob: jobs.start,
  });

  const imports = createImports({
    startJob: jobs.start,
    settled: jobs.settled,
    nameOf: async (file) => file,
    seal: sealed.seal,
  });
  const watches = createWatches({
    ...sink,
    stateFile: join(options.exportFolder, 'watch.json'),
    onError: () => undefined,
  });

  function tick(...topics: Tick['topics']): void {
    seq += 1;
    for (const listener of listeners) listener({ seq, topics });
  }
  function traces() {
    return sessions.map(({ trace }) => trace);
  }
  function trace(traceId: string) {
    return traces().find((candidate) => candidate.trace_id === traceId) ?? null;
  }

  const health = {
    status: 'healthy' as const,
    reasons: [],
    losses: { journal_errors: 0, damaged: 0, bodies_lost: 0, quarantined: 0, client_protocol_errors: 0 },
    earlier_losses: null,
    version: '0.1.0',
    uptime_s: 12.5,
    exchanges: { seen: 2, stored: 2, pending: 0, undecoded: 0, failed: 0 },
  };
  const status: Status = {
    ...health,
    pid: process.pid,
    data_dir: options.exportFolder,
    proxy: 'http://127.0.0.1:7690',
    api: 'http://127.0.0.1:7691',
    ca_path: `${options.exportFolder}/ca.pem`,
    node: process.version,
    demo: false,
    capture: {
      in_flight: 0,
      tunnels_open: 0,
      tunnelled: 0,
      bytes_in: 10,
      bytes_out: 10,
      aborted: 0,
      truncated: 0,
      journal_bytes: 0,
      unknown_events: 0,
      format_errors: 0,
      rule_errors: 0,
    },
    backpressure: { pending: 0, limit: 5000, refused: 0, last_refused_at: null },
    first_exchange_at: null,
    refusals: [],
    bypassed: [],
    policy_problems: [],
    restarts: { capture: 0, pipeline: 0 },
  };

  const token = randomBytes(16).toString('hex');
  mkdirSync(options.exportFolder, { recursive: true });
  const folder = dataFolder(options.exportFolder);
  const vault = openVault(folder.vault, randomBytes(32));
  const live = openLiveRedactor({ folder, vault, pseudonymKey: randomBytes(32), secrets: [] });
  const rules = policyServices({
    live,
    vault,
    record: (entry) => services.audit.record(entry),
    startRescan: () => null,
    changed: () => tick('policy'),
    onError: (error) => {
      throw error;
    },
  });
  const consents = new Map<string, ConsentEvent[]>();
  const gate = { redact: (text: string) => live.redactor.text(text).text, pseudonym: () => '<PERSON_0000000a>' };
  const given = (consent: GivenConsent, actor: AuditActor, source: string) =>
    recordConsent(consent, { by: actor.token_id ?? 'studio', source }, gate);
  const consentOf = (traceId: string): ConsentState | null => {
    const events = consents.get(traceId) ?? [];
    const found = trace(traceId);
    const last = events[0];
    return (
      found && {
        trace_id: traceId,
        consent: last?.consent ?? null,
        origin: last === undefined ? 'inherited' : 'own',
        changes: events.length,
      }
    );
  };
  /** The store of a moment, as a reader of it. */
  const reader: ReadFrom = {
    traces(list) {
      checkQuery(list.query);
      return pageOf(traces(), list);
    },
    trace,
    countTraces: (query) => (query === '' ? traces().length : 0),
    consent: consentOf,
    consentHistory: (traceId, cursor, limit) =>
      trace(traceId) && pageOf(consents.get(traceId) ?? [], { cursor, limit }),
    traceSummary: trace,
    traceSteps: (traceId, afterSeq, limit) =>
      (trace(traceId)?.steps ?? []).filter((step) => step.seq > afterSeq).slice(0, limit),
    traceCalls: (traceId, cursor, limit) => pageOf(trace(traceId)?.calls ?? [], { cursor, limit }),
    traceToolCalls: (traceId, cursor, limit) => pageOf(trace(traceId)?.tool_calls ?? [], { cursor, limit }),
    traceDecisions: (traceId, cursor, limit) => pageOf(trace(traceId)?.decisions ?? [], { cursor, limit }),
    traceFindings: (_traceId, cursor, limit) => pageOf([], { cursor, limit }),
    traceChildren: (traceId) => traces().filter((candidate) => candidate.parent_trace_id === traceId),
    traceTree: (traceId) => {
      const found = trace(traceId);
      return found && { nodes: [found], root: traceId, truncated: false };
    },
    traceEffects: (_traceId, cursor, limit) => pageOf([], { cursor, limit }),
    traceWitnesses: (_traceId, cursor, limit) => pageOf([], { cursor, limit }),
    findingsSummary: () => ({ total: 0, entities: [], placements: [], detectors: [], bands: [] }),
    findings: (_filter, cursor, limit) => pageOf([], { cursor, limit }),
    findingPlaces: () => null,
    unclaimedEffects: (cursor, limit) => pageOf([], { cursor, limit }),
    captureHealth: () => ({
      exchanges: { total: exchanges.length, by_state: [], by_format: [], by_via: [] },
      undecoded: [],
      unknown_events: [],
      truncated: { request: 0, response: 0 },
      sealed: [],
      effects: { joined: 0, unclaimed: 0, altered: 0, never_sent: 0 },
      edges: [],
    }),
    knownEvents: (_traceId, eventIds) => eventIds.filter((id) => id.startsWith('known-')),
    traceIdByKey: () => null,
    toolCalls(list) {
      checkQuery(list.query);
      return pageOf(
        traces().flatMap((candidate) => candidate.tool_calls),
        list,
      );
    },
    exchanges(list) {
      checkQuery(list.query);
      return pageOf(exchanges, list);
    },
    exchange(exchangeId, bodyChars) {
      const exchange = exchanges.find((candidate) => candidate.exchange_id === exchangeId);
      if (!exchange) return null;
      const cut = <T extends { body: string | null; truncated: boolean }>(message: T): T => ({
        ...message,
        body: message.body?.slice(0, bodyChars) ?? null,
        truncated: message.truncated || (message.body?.length ?? 0) > bodyChars,
      });
      return { ...exchange, request: cut(exchange.request), response: exchange.response && cut(exchange.response) };
    },
    exchangeBody(exchangeId, side, offset, limit) {
      const body = exchanges.find((candidate) => candidate.exchange_id === exchangeId)?.[side]?.body;
      if (body === null || body === undefined) return null;
      return { text: body.slice(offset, offset + limit), total_chars: body.length };
    },
    fieldValues: () => [{ value: 'search', count: 6 }],
    savedFilters: () => filters,
    review: (traceId) => reviews.get(traceId) ?? null,
  };
  const services: Services = {
    token,
    ...rules.services,
    privacy: {
      startRescan: () => jobs.start('rescan', 'Redact anew what is stored', {}),
      startErasure: async () => ({ erasure_id: uuidv7(), job: jobs.start('erasure', 'Erasure', {}) }),
      receipts: async () => ({ items: [], next_cursor: null }),
      receipt: async () => null,
      searchSubject: async () => ({ items: [], next_cursor: null, progress: 1 }),
      exportSubject: () => jobs.start('subject-export', 'Everything held on a subject', {}),
      places: async () => [],
    },
    consent: {
      async set(traceId, wanted, actor) {
        const consent = wanted && given(wanted, actor, '');
        const event: ConsentEvent = { event_id: testId(9, 0), at: new Date().toISOString(), consent, origin: 'own' };
        consents.set(traceId, [event, ...(consents.get(traceId) ?? [])]);
        return consentOf(traceId);
      },
      startSet: (query, wanted) => jobs.start('consent', 'Set the consent', { query, consent: wanted as never }),
      given,
    },
    retention: { start: (dryRun) => jobs.start('retention', 'Retention', { dry_run: dryRun }) },
    tokens: openTokens(join(options.exportFolder, 'tokens.json'), token),
    intake: {
      ...queue,
      async open(kind, blocks, how, use) {
        const opened = bodies.answer({ type: 'open', kind, blocks, how }) as { body: string; head: never };
        return use({
          head: opened.head,
          async submit(order, sender) {
            const first = bodies.answer({ type: 'take', body: opened.body, order, sender }) as Taken;
            await queue.submitSlices(
              first.exchanges,
              async () => (bodies.answer({ type: 'next', body: opened.body }) as Taken).exchanges,
            );
            return { trace_id: first.trace_id };
          },
        });
      },
    },
    imports,
    lists: { titles: () => listTitles },
    watches,
    validation: {
      trace: async (traceId) => {
        const found = trace(traceId);
        return found && validateTrace(found);
      },
      start: (query) => {
        checkQuery(query);
        return jobs.start('validate', 'Validate', { query });
      },
      schemas: listSchemas,
      schema: schemaOf,
    },
    startFinalize: (traceId) => jobs.start('finalize', 'Finalize', { trace_id: traceId }),
    health: () => health,
    status: () => status,
    loopDelay: () => 0,
    inFlight: () => [],
    onTick(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reads: readsOf(reader),
    writes: {
      async setReview(traceId, patch) {
        const empty = { trace_id: traceId, label: null, rating: null, tags: [], note: '', updated_at: null };
        const previous = reviews.get(traceId) ?? empty;
        const current = { ...previous, ...patch, updated_at: '2026-11-21T09:40:00.000Z' };
        reviews.set(traceId, current);
        tick('reviews');
        return { previous, current };
      },
      async deleteTrace(traceId) {
        const index = sessions.findIndex((session) => session.trace.trace_id === traceId);
        if (index !== -1) sessions.splice(index, 1);
        return index !== -1;
      },
      async saveFilter(filter) {
        const saved = { ...filter, filter_id: uuidv7(), created_at: '2026-11-21T09:40:00.000Z' };
        filters.push(saved);
        return saved;
      },
      async deleteFilter(filterId) {
        const index = filters.findIndex((filter) => filter.filter_id === filterId);
        if (index !== -1) filters.splice(index, 1);
        return index !== -1;
      },
    },
    exports: { preview: (wanted) => previewDataset(wanted, source), start: exports.start },
    leaks: leakReports(jobs),
    audit,
    jobs,
    settings: {
      get: () => ({ settings, overridden: [], restart_needed: [] }),
      async set(patch) {
        settings = settingsSchema.parse({ ...settings, ...patch });
        return { settings, overridden: [], restart_needed: [] };
      },
    },
    snippets: () => [],
    async tunnelHost(host) {
      settings = { ...settings, tunnel: [...settings.tunnel, host] };
    },
    startRun: async () => ({ run_id: uuidv7(), proxy: 'http://127.0.0.1:7692' }),
    endRun: async () => ({ exchanges: 0, calls: 0, tool_calls: 0, trace_ids: [], validation: summarize([]) }),
  };
  return { services, tick, listeners, journal, settled: jobs.settled };
}
