import {
  auditLogContract,
  captureHealthContract,
  listsContract,
  liveContract,
  runsContract,
  statusContract,
} from '../../../shared/contract/engine.js';
import { connectContract, settingsContract, tokensContract } from '../../../shared/contract/settings.js';
import type { Settings } from '../../../shared/settings.js';
import { bind } from './operation.js';

export const status = bind(statusContract, { get: (_, { services }) => services.status() });

export const lists = bind(listsContract, { titles: (_, { services }) => services.lists.titles() });

export const live = bind(liveContract, { inFlight: (_, { services }) => services.inFlight() });

export const captureHealth = bind(captureHealthContract, {
  get: (_, { services }) => services.reads.captureHealth(),
  unclaimedEffects: ({ cursor, limit }, { services }) => services.reads.unclaimedEffects(cursor ?? null, limit),
});

export const auditLog = bind(auditLogContract, {
  list: ({ actions, cursor, limit }, { services }) => services.audit.list(cursor ?? null, limit, actions),
  verify: (_, { services }) => services.audit.verify(),
});

export const settings = bind(settingsContract, {
  get: (_, { services }) => services.settings.get(),
  async set(patch, { services }) {
    const before = services.settings.get().settings;
    const after = await services.settings.set(patch);
    return { ...after, changed: changedFields(before, after.settings) };
  },
});

export const connect = bind(connectContract, {
  snippets: (_, { services }) => services.snippets(),
  async tunnelHost({ host }, { services }) {
    const before = services.settings.get().settings;
    await services.tunnelHost(host);
    return { changed: changedFields(before, services.settings.get().settings) };
  },
});

function changedFields(before: Settings, after: Settings): string[] {
  return (Object.keys(after) as (keyof Settings)[]).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
}

export const tokens = bind(tokensContract, {
  list: (_, { services }) => services.tokens.list(),
  create: (token, { services }) => services.tokens.create(token),
  revoke: ({ token_id }, { services }) => ({ revoked: services.tokens.revoke(token_id) }),
});

export const runs = bind(runsContract, {
  start: ({ session, consent, pid }, { services }) => services.startRun(session, consent, pid),
  end: ({ run_id, bypassed }, { services }) => services.endRun(run_id, bypassed),
});
