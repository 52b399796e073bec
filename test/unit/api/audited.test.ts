import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { actorOf } from '../../../src/main/api/auth.js';
import type { Principal } from '../../../src/shared/contract/operation.js';
import { testServices } from '../../support/services.js';
import { firstOf } from './support.js';

const actor = { kind: 'token', token_id: 'the-token' } as const;
const principal: Principal = { token_id: 'the-token', scopes: ['admin'] };
let folder: string;
let engine: ReturnType<typeof testServices>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-audited-'));
  engine = testServices({ dataDir: folder });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entries = async () => (await engine.audit.list(null, 50)).items;

it('names the principal: the studio, or a token; nobody is no one', () => {
  expect(actorOf({ token_id: null, scopes: ['admin'] })).toEqual({ kind: 'studio', token_id: null });
  expect(actorOf({ token_id: 'the-token', scopes: ['read'] })).toEqual(actor);
  expect(() => actorOf(null)).toThrow(expect.objectContaining({ code: 'unauthorized' }));
});

it('writes tokens down by id and scopes, never the token', async () => {
  const made = await engine.operations.tokens.create.run({ name: 'for the pipeline', scopes: ['read'] }, principal);
  const revoke = () => engine.operations.tokens.revoke.run({ token_id: made.token_id }, principal);
  expect(await revoke()).toEqual({ revoked: true });
  expect(await revoke()).toEqual({ revoked: false });
  const log = await entries();
  expect(log).toMatchObject([
    { action: 'token_revoked', actor, target: made.token_id },
    { action: 'token_created', actor, target: made.token_id, details: { scopes: ['read'] } },
  ]);
  expect(JSON.stringify(log)).not.toContain(made.token);
});

it('writes down which fields of the settings changed, not what stands in them', async () => {
  const set = (patch: object) => engine.operations.settings.set.run(patch, principal);
  await set({ rate_limit_per_minute: 1, upstream_proxy: 'http://user:word@proxy.internal:3128' });
  await set({ rate_limit_per_minute: 1 });
  await engine.operations.connect.tunnelHost.run({ host: 'pinned.example' }, principal);
  const log = await entries();
  expect(log.at(-1)).toMatchObject({
    action: 'settings_changed',
    details: { fields: ['upstream_proxy', 'rate_limit_per_minute'] },
  });
  expect(JSON.stringify(log)).not.toContain('proxy.internal');
  expect(log.filter(({ action }) => action === 'settings_changed').length).toBeLessThan(3);
});

it('writes down what was deleted, not what was not there', async () => {
  const trace = firstOf(await engine.reads.traces({ query: '', limit: 1, cursor: null, viewer: '' }))
    ?.trace_id as string;
  const remove = () => engine.operations.traces.delete.run({ trace_id: trace }, principal);
  expect(await remove()).toEqual({ deleted: true });
  expect(await remove()).toEqual({ deleted: false });
  expect(await entries()).toMatchObject([{ action: 'trace_deleted', actor, target: trace }]);
});

it('writes down that a review changed and in which fields, not what a reviewer wrote', async () => {
  const trace_id = firstOf(await engine.reads.traces({ query: '', limit: 1, cursor: null, viewer: '' }))
    ?.trace_id as string;
  await engine.operations.reviews.set.run({ trace_id, patch: { label: 'accepted', note: 'a remark' } }, principal);
  const log = await entries();
  expect(log).toMatchObject([{ action: 'review_changed', target: trace_id, details: { fields: ['label', 'note'] } }]);
  expect(JSON.stringify(log)).not.toContain('a remark');
});

it('writes down who imported, not from where', async () => {
  const path = join(folder, 'somebody', 'session.jsonl');
  await engine.operations.imports.start.run({ path }, principal).catch(() => undefined);
  mkdirSync(join(folder, 'somebody'));
  writeFileSync(path, '{}\n');
  const job = await engine.operations.imports.start.run({ path }, principal);
  const log = await entries();
  expect(log.at(-1)).toMatchObject({ action: 'import', actor, target: job.job_id });
  expect(JSON.stringify(log)).not.toContain('somebody');
});

it('counts reads of bodies: an entry at once, then none within the hour', async () => {
  const exchange_id = firstOf(await engine.reads.exchanges({ query: '', limit: 1, cursor: null }))
    ?.exchange_id as string;
  for (let time = 0; time < 5; time++)
    await engine.operations.exchanges.body.run({ exchange_id, side: 'request', offset: 0, limit: 10 }, principal);
  expect(await entries()).toMatchObject([{ action: 'bodies_read', actor, details: { count: 1 } }]);
});
