import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type LiveRedactor, openLiveRedactor, type Rules } from '../../../../src/main/engine/live/redactor.js';
import { policyServices } from '../../../../src/main/engine/parts/policy.js';
import { dataFolder, makeDataFolder } from '../../../../src/main/home/folder.js';
import { openVault } from '../../../../src/main/home/vault.js';
import { ownUser } from '../../../../src/shared/contract/operation.js';
import type { AuditActor, Job, NewAuditEntry } from '../../../../src/shared/model/index.js';

const actor: AuditActor = { kind: 'studio', token_id: null };
const asked = { principal: ownUser, actor };
const key = new Uint8Array(32).fill(7);
const opened: LiveRedactor[] = [];
const errors: unknown[] = [];
afterEach(() => {
  for (const live of opened.splice(0)) live.close();
  expect(errors).toEqual([]);
});

function fresh(policy?: unknown) {
  const folder = dataFolder(join(mkdtempSync(join(tmpdir(), 'sluice-policy-')), 'data'));
  makeDataFolder(folder);
  if (policy !== undefined) writeFileSync(folder.policy, JSON.stringify(policy));
  return folder;
}

function open(folder: ReturnType<typeof fresh>, pseudonymKey = key) {
  const vault = openVault(folder.vault, key);
  const live = openLiveRedactor({ folder, vault, pseudonymKey, secrets: [] });
  opened.push(live);
  const pushed: Rules[] = [];
  live.connect(async (rules) => void pushed.push(rules));
  const audit: NewAuditEntry[] = [];
  const rescans: AuditActor[] = [];
  const part = policyServices({
    live,
    vault,
    record: async (entry) => void audit.push(entry),
    startRescan: async (who) => {
      rescans.push(who);
      return { job_id: 'rescan' } as Job;
    },
    changed: () => undefined,
    onError: (error) => void errors.push(error),
  });
  return {
    live,
    kept: vault,
    pushed,
    audit,
    rescans,
    begin: part.begin,
    rules: part,
    knownValues: part.services.knownValues,
  };
}

const onDisk = (root: string) =>
  readdirSync(root)
    .map((name) => readFileSync(join(root, name), 'latin1'))
    .join('\n');

describe('the live policy', () => {
  it('moves denied values out of the file into the vault, and migrates the file on the way', () => {
    const folder = fresh({ version: 1, actions: { EMAIL: 'mask' }, deny: ['Project Bluebird'] });
    const { live, kept } = open(folder);
    expect(JSON.parse(readFileSync(folder.policy, 'utf8'))).toEqual({ version: 2, actions: { EMAIL: 'mask' } });
    expect(kept.values()).toEqual([{ value: 'Project Bluebird', entity: 'CUSTOM' }]);
    expect(live.redactor.text('the Project Bluebird').text).toMatch(/^the <CUSTOM_\w{8}>$/);
    expect(onDisk(folder.root)).not.toMatch(/bluebird/i);
  });

  it('is the strictest where the file is bad at the start, until it is repaired, and nothing that is stored goes by that', async () => {
    const folder = fresh({ actions: { EMAIL: 'keep', PHONE: 'pseudonym' } });
    const first = open(folder);
    await first.begin();
    first.live.close();
    writeFileSync(folder.policy, '{"actions":{"EMAIL":"burn"}}');
    const { live, rules, knownValues, rescans, audit, begin } = open(folder);
    await begin();
    expect(live.state().problems).toEqual([expect.stringMatching(/actions\.EMAIL.*masked/)]);
    expect(live.redactor.text('jane@example.com').text).toBe('<EMAIL_MASKED>');
    expect(live.state().policy.consent.required).toBe(true);
    await expect(rules.allow(`<EMAIL_${'0'.repeat(8)}>`, actor)).rejects.toMatchObject({ code: 'policy_invalid' });
    expect(readFileSync(folder.policy, 'utf8')).toContain('burn');
    expect(live.standsIn()).toBe(true);
    expect([rescans, audit]).toEqual([[], []]);
    writeFileSync(folder.policy, '{"actions":{"EMAIL":"keep","PHONE":"mask"}}');
    await expect.poll(() => rescans).toHaveLength(1);
    expect(audit.at(-1)?.details).toEqual({ changed: ['actions.PHONE'] });
    expect(live.redactor.text('jane@example.com').text).toBe('jane@example.com');
    expect([live.state().problems, live.standsIn()]).toEqual([[], false]);
    expect(await knownValues.list({ limit: 10 })).toMatchObject({ items: [] });
  });

  it.each(['not JSON', '[]', '{"version":99}'])('does not end the start where the file is %s', (content) => {
    const folder = fresh();
    writeFileSync(folder.policy, content);
    const { live } = open(folder);
    expect(live.redactor.text('jane@example.com').text).toBe('<EMAIL_MASKED>');
    expect(readFileSync(folder.policy, 'utf8')).toBe(content);
  });

  it('is not written where it does not build', async () => {
    const folder = fresh({ actions: { EMAIL: 'mask' } });
    // With half a key no redactor can be built.
    const buffer = new ArrayBuffer(16, { maxByteLength: 16 });
    const { live, rules, kept, pushed } = open(folder, new Uint8Array(buffer));
    const before = readFileSync(folder.policy, 'utf8');
    buffer.resize(8);
    const set = rules.set({ actions: { EMAIL: 'keep' }, deny: ['Project Bluebird'] }, actor);
    await expect(set).rejects.toThrow(RangeError);
    expect(readFileSync(folder.policy, 'utf8')).toBe(before);
    expect([kept.list(), pushed]).toEqual([[], []]);
    expect(live.redactor.text('jane@example.com').text).toBe('<EMAIL_MASKED>');
  });

  it('set takes effect at once, is pushed, written, recorded without values, and re-scans only where stricter', async () => {
    const folder = fresh();
    const { live, rules, pushed, audit, rescans } = open(folder);
    const mail = 'jane.roe@example.com';
    expect(live.redactor.text(mail).text).toMatch(/^<EMAIL_\w{8}>$/);
    const stricter = await rules.set({ actions: { EMAIL: 'mask' }, deny: ['Project Bluebird'] }, actor);
    expect(stricter).toMatchObject({ changed: ['actions.EMAIL', 'deny'], job: { job_id: 'rescan' } });
    expect(live.redactor.text(`${mail} Project Bluebird`).text).toMatch(/^<EMAIL_MASKED> <CUSTOM_\w{8}>$/);
    expect(pushed.at(-1)?.policy.actions).toEqual({ EMAIL: 'mask' });
    expect(pushed.at(-1)?.values).toHaveLength(1);
    const laxer = await rules.set({ actions: { EMAIL: 'keep' } }, actor);
    expect(laxer).toMatchObject({ changed: ['actions.EMAIL'], job: null });
    expect(live.redactor.text(mail).text).toBe(mail);
    expect(rescans).toEqual([actor]);
    expect(audit.map(({ action, details }) => [action, details])).toEqual([
      ['policy_changed', { changed: ['actions.EMAIL', 'deny'] }],
      ['policy_changed', { changed: ['actions.EMAIL'] }],
    ]);
    expect(onDisk(folder.root)).not.toMatch(/bluebird/i);
    await expect(rules.set({ actions: { EMAIL: 'burn' } }, actor)).rejects.toMatchObject({ code: 'policy_invalid' });
    expect(JSON.parse(readFileSync(folder.policy, 'utf8'))).toEqual({ version: 2, actions: { EMAIL: 'keep' } });
  });

  it('goes on with the last good policy while the file is bad, and says so', async () => {
    const folder = fresh({ actions: { EMAIL: 'mask' } });
    const { live, rescans, audit } = open(folder);
    writeFileSync(folder.policy, '{"actions":{"EMAIL":"burn"}}');
    await expect.poll(() => live.state().problems).toEqual([expect.stringMatching(/actions\.EMAIL/)]);
    expect(live.redactor.text('jane@example.com').text).toBe('<EMAIL_MASKED>');
    writeFileSync(folder.policy, '{"actions":{"EMAIL":"drop"},"deny":["Project Bluebird"]}');
    await expect.poll(() => rescans).toEqual([{ kind: 'engine', token_id: null }]);
    expect(live.state()).toMatchObject({ problems: [], policy: { actions: { EMAIL: 'drop' } } });
    expect(live.redactor.text('Project Bluebird').text).toMatch(/^<CUSTOM/);
    expect(audit.at(-1)).toMatchObject({ action: 'policy_changed', details: { changed: ['actions.EMAIL', 'deny'] } });
    expect(onDisk(folder.root)).not.toMatch(/bluebird/i);
    rmSync(folder.policy);
    await expect.poll(() => live.state().policy.actions).toEqual({});
  });

  it.each([
    ['does not build', '{"actions":{"EMAIL":"burn"}}'],
    ['is not JSON', '{"deny":["Project Bluebird" x]}'],
  ])('does not write over an edit that %s, and quotes no value of it', async (_, content) => {
    const folder = fresh({ actions: { EMAIL: 'mask' } });
    const { live, rules } = open(folder);
    writeFileSync(folder.policy, content);
    await expect.poll(() => live.state().problems).toHaveLength(1);
    expect(live.state().problems.join()).not.toMatch(/bluebird/i);
    const refused = { code: 'policy_file_edited', message: expect.not.stringMatching(/bluebird/i) };
    await expect(rules.set({ actions: { EMAIL: 'keep' } }, actor)).rejects.toMatchObject(refused);
    await expect(rules.allow(`<EMAIL_${'0'.repeat(8)}>`, actor)).rejects.toMatchObject(refused);
    expect(readFileSync(folder.policy, 'utf8')).toBe(content);
    expect(live.redactor.text('jane@example.com').text).toBe('<EMAIL_MASKED>');
    rmSync(folder.policy);
    await expect.poll(() => live.state().problems).toEqual([]);
    await rules.set({ actions: { EMAIL: 'keep' } }, actor);
    expect(live.redactor.text('jane@example.com').text).toBe('jane@example.com');
  });

  it('does not write over an edit that nobody has seen yet; one that holds is built upon', async () => {
    const folder = fresh();
    const { live, rules } = open(folder);
    // What it wrote itself is no edit.
    for (const EMAIL of ['keep', 'mask', 'drop']) await rules.set({ actions: { EMAIL } }, actor);
    writeFileSync(folder.policy, '{"actions":{"PHONE":"mask"}}');
    await expect(rules.set({ actions: { EMAIL: 'keep' } }, actor)).rejects.toMatchObject({
      code: 'policy_file_edited',
    });
    await expect.poll(() => live.state().policy.actions).toEqual({ PHONE: 'mask' });
    await rules.set({ ...live.state().file, actions: { ...live.state().file.actions, EMAIL: 'keep' } }, actor);
    expect(live.state().policy.actions).toEqual({ PHONE: 'mask', EMAIL: 'keep' });
  });

  it('notices at the next start what was changed in between, once', async () => {
    const folder = fresh();
    const first = open(folder);
    await first.begin();
    expect(first.rescans).toEqual([]);
    first.live.close();
    writeFileSync(folder.policy, '{"preset":"hipaa"}');
    openVault(folder.vault, key).add({ value: 'Project Bluebird' });
    const second = open(folder);
    await second.begin();
    expect(second.rescans).toHaveLength(1);
    expect(second.audit[0]?.details?.changed).toEqual(expect.arrayContaining(['preset', 'actions.EMAIL', 'deny']));
    second.live.close();
    const third = open(folder);
    await third.begin();
    expect([third.rescans, third.audit]).toEqual([[], []]);
  });
});

describe('known values', () => {
  it('come in and are never told; adding re-scans, forgetting does not', async () => {
    const folder = fresh();
    const { knownValues, live, rescans, audit, pushed } = open(folder);
    const { value, job } = await knownValues.add({ value: 'Project Bluebird', entity: 'CUSTOM' }, asked);
    expect(job).not.toBeNull();
    expect(live.redactor.text('Project Bluebird').text).toMatch(/^<CUSTOM/);
    expect(pushed.at(-1)?.values).toHaveLength(1);
    expect((await knownValues.add({ value: 'Project Bluebird', entity: 'CUSTOM' }, asked)).job).toBeNull();
    for (let i = 0; i < 4; i++) await knownValues.add({ value: `further value ${i}`, entity: 'PERSON' }, asked);
    const page = await knownValues.list({ limit: 3 });
    const rest = await knownValues.list({ cursor: page.next_cursor, limit: 3 });
    expect([...page.items, ...rest.items].map(({ length }) => length)).toEqual([16, 15, 15, 15, 15]);
    expect(rest.next_cursor).toBeNull();
    expect(() => knownValues.list({ cursor: 'nowhere', limit: 3 })).toThrow(
      expect.objectContaining({ code: 'cursor_invalid' }),
    );
    const remove = () => knownValues.remove({ value_id: value.value_id }, asked);
    expect([await remove(), await remove()]).toEqual([{ removed: true }, { removed: false }]);
    expect(live.redactor.text('Project Bluebird').text).toBe('Project Bluebird');
    expect(rescans).toHaveLength(5);
    expect(audit.map(({ action }) => action)).toEqual([...Array(5).fill('value_denied'), 'value_forgotten']);
    expect(JSON.stringify([audit, page, rest])).not.toMatch(/bluebird|further/i);
    expect(onDisk(folder.root)).not.toMatch(/bluebird|further/i);
  });

  it('a value is allowed by its pseudonym, never by a mask', async () => {
    const { rules, live, audit } = open(fresh());
    const pseudonym = live.redactor.text('ops@example.com').text;
    await rules.allow(pseudonym, actor);
    expect(live.redactor.text('ops@example.com').text).toBe('ops@example.com');
    await rules.allow(pseudonym, actor);
    expect(audit).toEqual([{ action: 'value_allowed', actor, target: pseudonym }]);
    for (const bad of ['<EMAIL_MASKED>', 'ops@example.com', '<EMAIL_7f3a9c21> ']) {
      await expect(rules.allow(bad, actor)).rejects.toMatchObject({ code: 'validation_failed' });
    }
  });
});
