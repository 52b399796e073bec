import { dirname, join } from 'node:path';
import { actionFor, type Entity } from '../../../shared/policy.js';
import type { KnownValue, RedactionPolicy } from '../../../shared/policy-file.js';
import { type Measuring, measuringIn, toolsBeside } from '../../oracle/index.js';
import { createRedactor, type Redactor, redactorForExport } from '../../redact/index.js';
import { openReader } from '../../store/index.js';
import type { WorkThreadData } from '../../threads/protocol.js';
import { remote } from '../../threads/remote.js';
import { type Scan, validateTrace } from '../../validate/index.js';
import { exportEraser } from '../erasure/erased-exports.js';
import { exportGuard, keptInFiles, lookAgain } from '../export-guard.js';
import { exportSource } from '../export-source.js';
import { jobTexts } from '../live/job-texts.js';
import { nearTools } from '../near-tools.js';
import { type EngineCalls, type StoreChanges, storeChangeNames } from './engine-calls.js';
import { importTools } from './import-tools.js';
import { consentChanges, retentionTools } from './keeping.js';
import { nearKeeping, qualityStore } from './review-tools.js';

interface Rules {
  policy: RedactionPolicy;
  values: KnownValue[];
}

/** What the jobs of the work thread work with: a connection of its own to the store, the rules that hold, and the engine. */
export function workTools(data: WorkThreadData, engine: EngineCalls) {
  const { secrets, pseudonymKey, clean } = data;
  const reader = openReader(data.database, { sealKey: data.sealKey });
  let rules: Rules = data;
  let redactor: Redactor | null = null;
  const current = (): Redactor => {
    redactor ??= createRedactor({ policy: rules.policy, values: rules.values, key: pseudonymKey, secrets, clean });
    return redactor;
  };
  const scan: Scan = (text) => current().spans(text).findings;
  const redact = (text: string) => current().text(text).text;

  const source = exportSource(reader, {
    key: pseudonymKey,
    consentRequired: () => rules.policy.consent.required,
    redactor: (wanted) => redactorForExport({ ...rules, key: pseudonymKey, secrets }, wanted),
  });

  // Beside the database, as `dataFolder` lays it out.
  const datasetsFolder = join(dirname(data.database), 'datasets');
  const changes = remote<StoreChanges>(storeChangeNames, engine.change);
  const checked = () => ({
    knownValues: [...secrets, ...rules.values.map(({ value }) => value)],
    keeps: keptInFiles({ ...rules, key: pseudonymKey, secrets }),
    key: pseudonymKey,
  });
  const measuring: Measuring = measuringIn([data.oracleDomains]);
  const tools = {
    importing: importTools({
      reader,
      engine,
      sealKey: data.sealKey,
      pseudonymKey,
      redactor: current,
      scan,
      toolsBeside: toolsBeside([data.oracleDomains]),
    }),
    reader,
    source,
    datasetsFolder,
    erasing: exportEraser({ reader, policy: () => rules.policy, pseudonymKey, source, datasetsFolder }),
    guard: exportGuard({
      knownValues: () => [...secrets, ...rules.values.map(({ value }) => value)],
      policy: () => rules.policy,
      pseudonymKey,
      record: engine.record,
    }),
    leakCheck: { reports: data.leakChecks, options: checked },
    secondLook: lookAgain(checked),
    scan,
    stored: engine.stored,
    trace: (traceId: string) => reader.trace(traceId),
    measuring,
    validate: (trace: Parameters<typeof validateTrace>[0]) => validateTrace(trace, scan),
    consents: consentChanges(changes, engine),
    reviewing: { set: changes.setReviews, changed: () => engine.changed(['reviews', 'traces']) },
    retention: retentionTools({ reader, changes, engine }),
    near: nearTools(reader, pseudonymKey),
    nearKeeping: nearKeeping(reader, changes, engine),
    quality: qualityStore(reader, changes, engine),
    rewriter: { step: engine.rewriteStep, state: engine.rewriteState },
    redact,
    redactJobs: engine.redactJobs,
    notUndone() {
      const { entities } = reader.findingsSummary({});
      const kept = entities.filter(({ name }) => actionFor(rules.policy, name as Entity) === 'keep');
      return Object.fromEntries(kept.map(({ name, count }) => [name, count]));
    },
    async rescanned(
      { exchanges, traces, failed }: { exchanges: number; traces: number; failed: number },
      actor: Parameters<EngineCalls['record']>[0]['actor'],
    ) {
      await engine.changed(['traces', 'exchanges']);
      await engine.record({ action: 'rescan', actor, target: 'store', details: { exchanges, traces, failed } });
    },
  };
  return {
    tools,
    /** The gate for what the jobs say. */
    texts: jobTexts(redact),
    useRules(next: Rules): void {
      rules = next;
      redactor = null;
    },
    close: () => reader.close(),
  };
}
