import { describe, expect, it } from 'vitest';
import type { Keychain } from '../../../src/main/ground/keychain.js';
import { openProfiles } from '../../../src/main/models/index.js';

const keychain: Keychain = {
  seal: async (text) => Buffer.from(`sealed:${Buffer.from(text).toString('hex')}`),
  open: async (sealed) => Buffer.from(Buffer.from(sealed).toString().slice(7), 'hex').toString(),
};

function opened(content?: unknown, chain: Keychain | null = keychain, env = {}) {
  let held = content;
  const file = {
    path: 'models.json',
    read: () => held,
    write(next: object) {
      held = JSON.parse(JSON.stringify(next));
    },
  };
  return { profiles: openProfiles({ file, keychain: chain, env }), held: () => held };
}

const luna = { name: 'luna', preset: 'openai' as const, model: 'gpt-6-luna' };

describe('profiles', () => {
  it('keep a key only as the keychain has sealed it, and give it back for the request alone', async () => {
    const { profiles, held } = opened();
    const set = await profiles.set({ ...luna, key: 'a-key-of-mine' });
    expect(set).toMatchObject({ base_url: 'https://api.openai.com/v1', key: { kind: 'keychain' } });
    expect(JSON.stringify(held())).not.toContain('a-key-of-mine');
    const again = opened(held()).profiles;
    expect(await again.key(again.get('luna'))).toBe('a-key-of-mine');
    const headless = opened(held(), null).profiles;
    expect(headless.hasKey(headless.get('luna'))).toBe(false);
    await expect(headless.key(headless.get('luna'))).rejects.toMatchObject({ code: 'model_key_missing' });
  });

  it('give out a key only as a header can carry it: blanks around it are not its own', async () => {
    const { profiles } = opened(undefined, keychain, { A: ' k-1\n', B: 'k\n1', C: 'schlüssel' });
    for (const [variable, key] of [
      ['A', 'k-1'],
      ['B', null],
      ['C', null],
    ] as const) {
      const set = await profiles.set({ ...luna, key_env: variable });
      if (key !== null) expect(await profiles.key(set)).toBe(key);
      else await expect(profiles.key(set)).rejects.toMatchObject({ code: 'model_key_invalid' });
    }
    const sealed = await profiles.set({ ...luna, key: 'k 1' });
    const error = await profiles.key(sealed).catch((each) => each);
    expect(error.code).toBe('model_key_invalid');
    expect(error.message).not.toContain('k 1');
  });

  it('are agreed to by the host that they have, until the address, the key or its place are others', async () => {
    const { profiles } = opened();
    await profiles.set({ ...luna, key_env: 'A' });
    expect(() => profiles.agree('luna', 'elsewhere.example')).toThrow(/sends to api.openai.com/);
    profiles.agree('luna', 'api.openai.com');
    expect((await profiles.set({ ...luna, key_env: 'A', price: { input: 1, output: 2 } })).agreed).not.toBeNull();
    expect((await profiles.set({ ...luna, key_env: 'B' })).agreed).toBeNull();
    profiles.agree('luna', 'api.openai.com');
    expect((await profiles.set({ ...luna, key_env: 'B', base_url: 'https://api.openai.com/v2' })).agreed).toBeNull();
  });

  it('need an address of their own where the preset has none', async () => {
    const { profiles } = opened();
    await expect(profiles.set({ ...luna, preset: 'azure' })).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('are refused where the file says something else', () => {
    expect(() => opened({ version: 1, profiles: [{ name: 'luna', key: 'sk-1' }] })).toThrow(
      /models\.json: profiles\.0/,
    );
  });
});
