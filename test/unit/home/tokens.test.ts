import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTokens } from '../../../src/main/home/tokens.js';
import { newTokenSchema } from '../../../src/shared/model/index.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-tokens-'));
  path = join(folder, 'tokens.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('tokens', () => {
  it('are kept as a hash, for the user alone', () => {
    const made = openTokens(path, ['main-token']).create({ name: 'ci', scopes: ['read', 'ingest', 'read'] });
    expect(made.token).toMatch(/^slt_[\w-]{43}$/);
    expect(made.scopes).toEqual(['ingest', 'read']);
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain(made.token);
    expect(text).not.toContain(made.token.slice(4, 20));
    expect(text).not.toContain('main-token');
    expect(JSON.parse(text)).toMatchObject({ version: 1, tokens: [{ name: 'ci' }] });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('open what they were made for, the main one everything, wrong ones nothing', () => {
    const tokens = openTokens(path, ['main-token']);
    const { token, token_id } = tokens.create({ name: 'ci', scopes: ['ingest'] });
    expect(tokens.verify('main-token')).toEqual({ token_id: null, scopes: ['ingest', 'read', 'review', 'admin'] });
    expect(tokens.verify(token)).toEqual({ token_id, scopes: ['ingest'] });
    for (const wrong of [undefined, null, '', 'x', `${token}x`, token.slice(0, -1), token_id, {}]) {
      expect(tokens.verify(wrong)).toBeNull();
    }
  });

  it('of scope proxy stand alone, open nothing of the API, and are given to the proxy as hashes', () => {
    expect(newTokenSchema.safeParse({ name: 'both', scopes: ['proxy', 'read'] }).success).toBe(false);
    const tokens = openTokens(path, ['main-token']);
    tokens.create({ name: 'ci', scopes: ['ingest'] });
    const { token, token_id } = tokens.create({ name: 'box', scopes: ['proxy'] });
    const other = openTokens(path, []);
    expect(other.proxyHashes()).toEqual([createHash('sha256').update(token).digest('hex')]);
    tokens.revoke(token_id);
    expect(other.proxyHashes()).toEqual([]);
  });

  it('note when they were used, and show nothing that opens anything', () => {
    const tokens = openTokens(path, ['main-token']);
    const { token } = tokens.create({ name: 'ci', scopes: ['read'] });
    expect(tokens.list()[0]?.last_used_at).toBeNull();
    tokens.verify(token);
    const [listed] = openTokens(path, []).list();
    expect(listed?.last_used_at).toMatch(/Z$/);
    expect(Object.keys(listed ?? {}).sort()).toEqual(['created_at', 'last_used_at', 'name', 'scopes', 'token_id']);
    const before = readFileSync(path, 'utf8');
    tokens.verify(token);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('that another process makes and revokes count at once', () => {
    const engine = openTokens(path, ['main-token']);
    const other = openTokens(path, []);
    const { token, token_id } = other.create({ name: 'ci', scopes: ['read'] });
    expect(engine.verify(token)).not.toBeNull();
    expect(other.revoke(token_id)).toBe(true);
    expect(engine.verify(token)).toBeNull();
    expect(other.revoke(token_id)).toBe(false);
    rmSync(path);
    expect(engine.list()).toEqual([]);
    expect(engine.verify('main-token')).not.toBeNull();
    expect(existsSync(path)).toBe(false);
  });

  it('in a file that cannot be read stop everything instead of being forgotten', () => {
    writeFileSync(path, '{"version":1,"tokens":[{"name":');
    expect(() => openTokens(path, ['main-token']).list()).toThrow(expect.objectContaining({ code: 'tokens_invalid' }));
    expect(() => openTokens(path, ['m']).create({ name: 'x', scopes: ['read'] })).toThrow();
    expect(readFileSync(path, 'utf8')).toContain('{"version":1');
  });
});
