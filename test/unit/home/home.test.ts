import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataFolder, makeDataFolder } from '../../../src/main/home/folder.js';
import { deriveKeys, loadMasterKey, loadToken } from '../../../src/main/home/keys.js';
import { knownSecrets } from '../../../src/main/home/known-values.js';
import { lockFolder, lockHolder } from '../../../src/main/home/lock.js';
import { readSettings, writeSettings } from '../../../src/main/home/settings-file.js';
import { resolveOptions } from '../../../src/main/hosts/options.js';
import type { SluiceError } from '../../../src/shared/errors.js';

const fresh = () => {
  const folder = dataFolder(join(mkdtempSync(join(tmpdir(), 'sluice-home-')), 'data'));
  makeDataFolder(folder);
  return folder;
};
const withCode = (code: string) => expect.objectContaining({ code });

describe('data folder', () => {
  it.runIf(process.platform === 'linux')('is refused where a folder takes no other, however deep it would be', () => {
    for (const path of ['/proc/nothing', '/proc/nothing/below/it']) {
      expect(() => makeDataFolder(dataFolder(path))).toThrow(withCode('data_dir_unwritable'));
    }
  });

  it('belongs to the user alone, its keys too', () => {
    const folder = fresh();
    const token = loadToken(folder, undefined);
    const key = loadMasterKey(folder);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(loadToken(folder, undefined)).toBe(token);
    expect(loadToken(folder, 'given-token')).toBe('given-token');
    expect(Buffer.from(loadMasterKey(folder)).equals(key)).toBe(true);
    expect(statSync(folder.root).mode & 0o777).toBe(0o700);
    expect(statSync(folder.key).mode & 0o777).toBe(0o600);
    expect(statSync(folder.token).mode & 0o777).toBe(0o600);
    const keys = Object.values(deriveKeys(key)).map((derived) => Buffer.from(derived).toString('hex'));
    expect(new Set(keys).size).toBe(6);
    writeFileSync(folder.key, 'nonsense');
    expect(() => loadMasterKey(folder)).toThrow(withCode('key_invalid'));
  });

  it('is held by one process and says by which', () => {
    const folder = fresh();
    const lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(
      expect.objectContaining({ code: 'data_dir_in_use', message: expect.stringContaining(String(process.pid)) }),
    );
    lock.announce({ proxy: 'http://p', api: 'http://a', command_token: 'only-for-commands' });
    expect(lockHolder(folder)).toMatchObject({ pid: process.pid, api: 'http://a', command_token: 'only-for-commands' });
    expect(statSync(folder.lock).mode & 0o777).toBe(0o600);
    // Whoever is refused the folder shows why, and the refusal may end in a log.
    try {
      lockFolder(folder);
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify((error as SluiceError).toJSON())).not.toContain('only-for-commands');
    }
    lock.release();
    expect(lockHolder(folder)).toBeNull();
  });

  it('is taken over from a process that is gone, and from one whose number was given again', () => {
    const folder = fresh();
    writeFileSync(folder.lock, JSON.stringify({ pid: 2 ** 22 + 1, process_start: '1', started_at: 'then' }));
    lockFolder(folder).release();
    writeFileSync(folder.lock, JSON.stringify({ pid: process.pid, process_start: '1', started_at: 'then' }));
    lockFolder(folder).release();
    writeFileSync(folder.lock, '{broken');
    lockFolder(folder).release();
  });

  it('keeps settings in one validated file', () => {
    const folder = fresh();
    const settings = readSettings(folder);
    expect(settings).toMatchObject({ proxy_port: 7690, api_port: 7691, host: '127.0.0.1' });
    writeSettings(folder, { ...settings, intercept: ['example.org'] });
    expect(readSettings(folder).intercept).toEqual(['example.org']);
    writeFileSync(folder.settings, JSON.stringify({ proxy_port: 99_999 }));
    expect(() => readSettings(folder)).toThrow(
      expect.objectContaining({ code: 'settings_invalid', message: expect.stringContaining('proxy_port') }),
    );
    writeFileSync(folder.settings, '{');
    expect(() => readSettings(folder)).toThrow(withCode('settings_invalid'));
    expect(readFileSync(folder.settings, 'utf8')).toBe('{');
  });

  it('knows the secrets of its own environment', () => {
    const long = 'v'.repeat(20);
    expect(
      knownSecrets({ OPENAI_API_KEY: long, PATH: long, SSH_AUTH_SOCK: `/run/${long}`, SHORT_TOKEN: 'abc' }, [
        'own-token',
      ]),
    ).toEqual(['own-token', long]);
  });
});

describe('flags and variables', () => {
  it('lets flags win over variables', () => {
    expect(
      resolveOptions(
        { proxyPort: '1', upstream: ['a=http://x'] },
        { SLUICE_PROXY_PORT: '2', SLUICE_API_PORT: '3', SLUICE_DATA_DIR: '/d', SLUICE_INTERCEPT: 'a.test, b.test' },
      ),
    ).toEqual({
      dataDir: '/d',
      demo: false,
      overrides: { proxy_port: 1, api_port: 3, upstreams: { a: 'http://x' }, intercept: ['a.test', 'b.test'] },
    });
  });
  it.each([
    [{ proxyPort: 'x' }, {}],
    [{ upstream: ['noequals'] }, {}],
    [{ upstream: ['s=http://x'] }, {}],
    [{ token: 'a b' }, {}],
    [{ intercept: ['http://x'] }, {}],
    [{}, { SLUICE_DEMO: 'maybe' }],
  ])('refuses %j', (flags, env) => {
    expect(() => resolveOptions(flags, env)).toThrow(withCode('usage'));
  });
});
