import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createToken, deleteTrace, revokeToken, setSettings, tunnelHost } from '../../../src/main/api/audited.js';
import { actorOf } from '../../../src/main/api/auth.js';
import type { Services } from '../../../src/main/api/services.js';
import { testServices } from '../../support/services.js';

const actor = { kind: 'token', token_id: 'the-token' } as const;
let folder: string;
let services: Services;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-audited-'));
  services = testServices({ exportFolder: folder }).services;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entries = async () => (await services.audit.list(null, 50)).items;

it('names the principal: the studio, or a token; nobody is no one', () => {
  expect(actorOf({ token_id: null, scopes: ['admin'] })).toEqual({ kind: 'studio', token_id: null });
  expect(actorOf({ token_id: 'the-token', scopes: ['read'] })).toEqual(actor);
  expect(() => actorOf(null)).toThrow(expect.objectContaining({ code: 'unauthorized' }));
});

it('writes tokens down by id and scopes, never the token', async () => {
  const made = await createToken(services, actor, { name: 'for the pipeline', scopes: ['read'] });
  expect(await revokeToken(services, actor, made.token_id)).toBe(true);
  expect(await revokeToken(services, actor, made.token_id)).toBe(false);
  const log = await entries();
  expect(log).toMatchObject([
    { action: 'token_revoked', actor, target: made.token_id },
    { action: 'token_created', actor, target: made.token_id, details: { scopes: ['read'] } },
  ]);
  expect(JSON.stringify(log)).not.toContain(made.token);
});

it('writes down which fields of the settings changed, not what stands in them', async () => {
  await setSettings(services, actor, {
    rate_limit_per_minute: 1,
    upstream_proxy: 'http://user:word@proxy.internal:3128',
  });
  await setSettings(services, actor, { rate_limit_per_minute: 1 });
  await tunnelHost(services, actor, 'pinned.example');
  const log = await entries();
  expect(log.at(-1)).toMatchObject({
    action: 'settings_changed',
    details: { fields: ['upstream_proxy', 'rate_limit_per_minute'] },
  });
  expect(JSON.stringify(log)).not.toContain('proxy.internal');
  expect(log.filter(({ action }) => action === 'settings_changed').length).toBeLessThan(3);
});

it('writes down what was deleted, not what was not there', async () => {
  const trace = (await services.reads.traces({ query: '', limit: 1, cursor: null })).items[0]?.trace_id as string;
  expect(await deleteTrace(services, actor, trace)).toBe(true);
  expect(await deleteTrace(services, actor, trace)).toBe(false);
  expect(await entries()).toMatchObject([{ action: 'trace_deleted', actor, target: trace }]);
});
