import type { AuditActor, NewToken } from '../../shared/model/index.js';
import type { Settings } from '../../shared/settings.js';
import type { Services } from './services.js';

/** What the audit log is told of, whether REST or the studio asked for it: done first, then written down. */

export async function createToken({ tokens, audit }: Services, actor: AuditActor, wanted: NewToken) {
  const made = tokens.create(wanted);
  await audit.record({ action: 'token_created', actor, target: made.token_id, details: { scopes: made.scopes } });
  return made;
}

/** False where there is none of this id. */
export async function revokeToken({ tokens, audit }: Services, actor: AuditActor, tokenId: string): Promise<boolean> {
  const revoked = tokens.revoke(tokenId);
  if (revoked) await audit.record({ action: 'token_revoked', actor, target: tokenId });
  return revoked;
}

/** False where there is no such trace. */
export async function deleteTrace({ writes, audit }: Services, actor: AuditActor, traceId: string): Promise<boolean> {
  const deleted = await writes.deleteTrace(traceId);
  if (deleted) await audit.record({ action: 'trace_deleted', actor, target: traceId });
  return deleted;
}

/** The names of the fields that are others now are written down, not what stands in them. */
export async function setSettings({ settings, audit }: Services, actor: AuditActor, patch: Partial<Settings>) {
  const before = settings.get().settings;
  const after = await settings.set(patch);
  await noteSettings(audit, actor, before, after.settings);
  return after;
}

export async function tunnelHost({ settings, tunnelHost: tunnel, audit }: Services, actor: AuditActor, host: string) {
  const before = settings.get().settings;
  await tunnel(host);
  await noteSettings(audit, actor, before, settings.get().settings);
}

async function noteSettings(audit: Services['audit'], actor: AuditActor, before: Settings, after: Settings) {
  const fields = (Object.keys(after) as (keyof Settings)[]).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  if (fields.length > 0)
    await audit.record({ action: 'settings_changed', actor, target: 'settings', details: { fields } });
}
