import type { Handlers } from '../../../shared/contract/operation.js';
import type { knownValuesContract, policyContract } from '../../../shared/contract/policy.js';
import { SluiceError } from '../../../shared/errors.js';
import type { AuditActor, Job, NewAuditEntry } from '../../../shared/model/index.js';
import { type NewKnownValue, pseudonymSchema } from '../../../shared/policy-file.js';
import { policyPresets } from '../../../shared/policy-presets.js';
import type { Vault } from '../../home/vault.js';
import { startRescan } from '../../privacy/index.js';
import {
  type PolicyChanges,
  type PolicyFile,
  parsePolicyFile,
  policyChanges,
  resolvePolicy,
} from '../../redact/index.js';
import { type EngineContext, engineActor } from '../context.js';
import type { LiveRedactor } from '../live/redactor.js';

interface PolicyDependencies {
  live: LiveRedactor;
  vault: Vault;
  record(entry: NewAuditEntry): Promise<unknown>;
  /** Starts to redact anew what is stored; null where nothing is. */
  startRescan(actor: AuditActor): Promise<Job> | null;
  changed(): void;
  /** What somebody edited holds, but could not be written down or re-scanned. */
  onError(error: unknown): void;
}

export type PolicyPart = ReturnType<typeof policyPart>;

export function policyPart({ live, vault, audit, tick, log, startJob }: EngineContext) {
  return policyServices({
    live,
    vault,
    record: audit.record,
    startRescan: (actor) => startRescan(startJob, actor),
    changed: () => tick(['policy']),
    onError: (error) => log.error({ name: (error as Error).name }, 'policy_change_failed'),
  });
}

/** Policy and known values as the API has them: validated, in force at once, written down in the audit log. */
export function policyServices({ live, vault, record, startRescan, changed, onError }: PolicyDependencies) {
  async function settled(changes: PolicyChanges, actor: AuditActor) {
    changed();
    if (changes.changed.length > 0) {
      await record({ action: 'policy_changed', actor, target: 'policy', details: { changed: changes.changed } });
    }
    return { policy: live.state().policy, changed: changes.changed, job: await applied(changes.stricter, actor) };
  }

  /** From here on a crash forgets nothing: the job is started again, or the difference is found at the next start. */
  async function applied(stricter: boolean, actor: AuditActor): Promise<Job | null> {
    const job = stricter ? await startRescan(actor) : null;
    live.noteApplied();
    return job;
  }

  live.onEdited((changes) => void settled(changes, engineActor).catch(onError));
  live.onProblems(changed);

  /** It holds from the next exchange on. Throws `policy_invalid`, and then nothing is changed. */
  const set = async (file: unknown, actor: AuditActor) => settled(await live.set(file as PolicyFile), actor);

  /** From now on the value with this pseudonym is kept. Throws `validation_failed` where it is no pseudonym. */
  async function allow(pseudonym: string, actor: AuditActor): Promise<void> {
    if (!pseudonymSchema.safeParse(pseudonym).success) {
      const message = 'Only a value with a pseudonym can be allowed: what is masked cannot be told from others.';
      throw new SluiceError('validation_failed', message, [{ path: 'pseudonym', message }]);
    }
    const { file, policy, problems } = live.state();
    if (live.standsIn()) throw new SluiceError('policy_invalid', problems.join(' '));
    if (policy.allow_pseudonyms.includes(pseudonym)) return;
    await live.set({ ...file, allow_pseudonyms: [...policy.allow_pseudonyms, pseudonym] });
    changed();
    await record({ action: 'value_allowed', actor, target: pseudonym });
    live.noteApplied();
  }

  async function addValue(value: NewKnownValue, actor: AuditActor) {
    const before = vault.list().length;
    const added = vault.add(value);
    if (vault.list().length === before) return { value: added, job: null };
    await live.valuesChanged();
    changed();
    await record({ action: 'value_denied', actor, target: added.value_id, details: { entity: added.entity } });
    return { value: added, job: await applied(true, actor) };
  }

  const policy: Handlers<typeof policyContract> = {
    get: () => live.state(),
    check({ file }) {
      const next = resolvePolicy(parsePolicyFile(file));
      return { policy: next, ...policyChanges(live.state().policy, next) };
    },
    set: ({ file }, { actor }) => set(file, actor),
    presets: () => ({
      items: policyPresets.map((preset) => ({
        ...preset,
        personal: Object.fromEntries(Object.entries(preset.personal).map(([entity, names]) => [entity, [...names]])),
        covers: preset.covers.map((each) => ({ ...each, entities: [...each.entities] })),
        limits: [...preset.limits],
      })),
    }),
  };

  const knownValues = {
    list({ cursor, limit }) {
      const all = vault.list();
      const start = cursor == null ? 0 : all.findIndex(({ value_id }) => value_id === cursor) + 1;
      if (cursor != null && start === 0) throw new SluiceError('cursor_invalid', 'The cursor names no known value.');
      const items = all.slice(start, start + limit);
      const last = items.at(-1);
      return { items, next_cursor: last && start + limit < all.length ? last.value_id : null };
    },
    add: (value, { actor }) => addValue(value, actor),
    async remove({ value_id }, { actor }) {
      if (!vault.remove(value_id)) return { removed: false };
      await live.valuesChanged();
      changed();
      await record({ action: 'value_forgotten', actor, target: value_id });
      live.noteApplied();
      return { removed: true };
    },
  } satisfies Handlers<typeof knownValuesContract>;

  return {
    id: 'policy',
    services: { policy, knownValues },
    set,
    allow,
    addValue,
    /** Takes note of what was changed while no engine ran. */
    async begin(): Promise<void> {
      // What cannot be noted now is found again at the next start.
      await settled(live.sinceLast(), engineActor).catch(onError);
    },
  };
}
