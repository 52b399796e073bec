import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deriveKeys } from '../../../src/main/home/keys.js';
import { openVault } from '../../../src/main/home/vault.js';

const key = deriveKeys(new Uint8Array(32).fill(7)).vault;
const fresh = () => join(mkdtempSync(join(tmpdir(), 'sluice-vault-')), 'known-values.sealed');
const withCode = (code: string) => expect.objectContaining({ code });

describe('vault', () => {
  it('keeps values for the redactor and tells nobody else', () => {
    const path = fresh();
    const vault = openVault(path, key);
    const added = vault.add({ value: '  Project Bluebird\n', entity: 'ORGANISATION' });
    expect(added).toEqual({
      value_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      entity: 'ORGANISATION',
      length: 16,
      added_at: expect.any(String),
    });
    vault.add({ value: 'größer als' });
    const again = openVault(path, key);
    expect(again.list()).toEqual(vault.list());
    expect(JSON.stringify(again.list())).not.toMatch(/bluebird|größer/i);
    expect(again.values()).toEqual([
      { value: 'Project Bluebird', entity: 'ORGANISATION' },
      { value: 'größer als', entity: 'CUSTOM' },
    ]);
  });

  it('lies on disk for this user alone, and encrypted: no value in any spelling', () => {
    const path = fresh();
    const vault = openVault(path, key);
    const values = ['launch code tango & foxtrot', 'Zoë Müller-Lüdenscheidt', `${'x9'.repeat(40)}`];
    for (const value of values) vault.add({ value });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const folder = join(path, '..');
    const bytes = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
    for (const value of values) {
      const utf8 = Buffer.from(value);
      for (const spelling of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]) {
        expect(bytes.includes(spelling)).toBe(false);
      }
      for (const skipped of [0, 1, 2]) {
        // Whatever stood before it, these characters of its base64 would be there.
        const inner = utf8.subarray(skipped, skipped + Math.floor((utf8.length - skipped) / 3) * 3);
        expect(bytes.includes(inner.toString('base64'))).toBe(false);
      }
    }
    expect(readdirSync(folder)).toEqual(['known-values.sealed']);
  });

  it('takes each value once, and none that is too short', () => {
    const vault = openVault(fresh(), key);
    const first = vault.add({ value: 'abc' });
    expect(vault.add({ value: ' abc ', entity: 'PERSON' })).toEqual(first);
    expect(vault.add({ value: '"abc"' })).toEqual(first);
    expect(() => vault.add({ value: ' a ' })).toThrow(withCode('validation_failed'));
    expect(vault.addAll([{ value: 'ab' }, { value: 'abc' }, { value: 'abcd' }, { value: 'abcd' }])).toHaveLength(1);
    expect(vault.list()).toHaveLength(2);
    expect(vault.remove(first.value_id)).toBe(true);
    expect(vault.remove(first.value_id)).toBe(false);
    expect(vault.values()).toEqual([{ value: 'abcd', entity: 'CUSTOM' }]);
  });

  it('is not opened with another key, nor after a change, and no error quotes it', () => {
    const path = fresh();
    openVault(path, key).add({ value: 'the secret word' });
    expect(() => openVault(path, new Uint8Array(32))).toThrow(withCode('vault_unreadable'));
    const bytes = readFileSync(path);
    for (const at of [0, 8, bytes.length - 20, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 1;
      writeFileSync(path, changed);
      try {
        openVault(path, key);
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'vault_unreadable' });
        expect(JSON.stringify(error)).not.toContain('secret word');
      }
    }
    writeFileSync(path, '');
    expect(() => openVault(path, key)).toThrow(withCode('vault_unreadable'));
  });
});
