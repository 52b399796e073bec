import { basename } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import type {
  AuditAction,
  ExportOptions,
  Json,
  LeakReport,
  LeakSummary,
  NewAuditEntry,
} from '../../shared/model/index.js';
import { actionFor, type Entity } from '../../shared/policy.js';
import type { GuardExport, SecondLook } from '../dataset/index.js';
import { type CheckOptions, checkExport, checkFiles } from '../leaks/index.js';
import { createPseudonyms, exportPolicy, type RedactionPolicy, redactorForExport } from '../redact/index.js';

interface Dependencies {
  /** Exact values that no export may hold. */
  knownValues(): string[];
  policy(): RedactionPolicy;
  pseudonymKey: Uint8Array;
  record(entry: NewAuditEntry): Promise<unknown>;
}

/** A second look at what an export wrote, before it is where others find it; and what came of it, in the audit log. */
export function exportGuard({ knownValues, policy, pseudonymKey, record }: Dependencies): GuardExport {
  return async ({ orders, out, actor, allow_leaks: allow, control }, write) => {
    const [options] = orders as [ExportOptions];
    const keeps = keptBy(exportPolicy(policy(), options.policy ?? {}), pseudonymKey);
    const note = (action: AuditAction, details: { [key: string]: Json }) =>
      record({
        action,
        actor,
        target: basename(out),
        details: {
          layout: orders.map(({ layout }) => layout).join(', '),
          format: options.format,
          ...(options.consent?.override ? { consent_override: true } : {}),
          ...details,
        },
      });
    try {
      const result = await write({
        ...control,
        async check(folder, isInvented) {
          const report = await checkExport(folder, {
            knownValues: knownValues(),
            keeps: (entity, value) => keeps(entity, value) || isInvented(entity, value),
            key: pseudonymKey,
            seed: options.seed,
            allow,
            signal: control.signal,
            onProgress: (rows) => control.onProgress(null, `${rows} rows checked for leaks`),
          });
          // Written down before anybody can have it.
          if (report.overridden !== null) await note('leak_overridden', { ...report.overridden, ...counts(report) });
          return summary(report);
        },
      });
      await note('export_written', {
        rows: result.rows,
        traces: result.traces,
        leaks_count: result.leaks?.leaks_count ?? null,
        files: result.files.slice(0, 20).map(({ name, sha256 }) => ({ name, sha256 })),
      });
      return result;
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'export_leaks') {
        await note('export_refused', counts(error.details as LeakReport));
      }
      throw error;
    }
  };
}

/** The same look at what was built before, by what holds today. */
export function lookAgain(options: () => Pick<CheckOptions, 'knownValues' | 'keeps' | 'key'>): SecondLook {
  return (folder, { files, isInvented, ...control }) => {
    const { keeps, ...rest } = options();
    return checkFiles(folder, {
      ...rest,
      ...control,
      seed: 0,
      only: files,
      keeps: (entity, value) => keeps(entity, value) || isInvented(entity, value),
    });
  };
}

/** Whether a value may stand in files that lie there: kept by the policy, or invented by it in a real one's place. */
export function keptInFiles(
  rules: Parameters<typeof redactorForExport>[0],
): (entity: string, value: string) => boolean {
  const kept = keptBy(rules.policy, rules.key);
  // Of an export with a key of its own nobody can tell afterwards what was invented for it.
  const { isInvented } = redactorForExport(rules, { policy: {}, pseudonyms: 'project' });
  return (entity, value) => kept(entity, value) || isInvented(entity, value);
}

/** Whether a policy keeps a value that some rule calls by this entity. */
function keptBy(policy: RedactionPolicy, pseudonymKey: Uint8Array): (entity: string, value: string) => boolean {
  const allowed = new Set(policy.allow);
  const pseudonyms = new Set(policy.allow_pseudonyms);
  const pseudonym = createPseudonyms(pseudonymKey);
  return (entity, value) =>
    actionFor(policy, entity as Entity) === 'keep' ||
    allowed.has(value) ||
    (pseudonyms.size > 0 && pseudonyms.has(pseudonym(entity as Entity, value)));
}

function counts({ leaks_count, by_rule, rows }: Pick<LeakReport, 'leaks_count' | 'by_rule' | 'rows'>) {
  return { leaks_count, by_rule, rows };
}

function summary(report: LeakReport): LeakSummary {
  return { ...counts(report), overridden: report.overridden };
}
