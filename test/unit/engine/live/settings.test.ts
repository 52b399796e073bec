import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sealedCredentials } from '../../../../src/main/engine/live/sealed-credentials.js';
import { openSettings } from '../../../../src/main/engine/live/settings.js';
import { sealedText } from '../../../../src/main/engine/live/typed-text.js';
import { dataFolder } from '../../../../src/main/home/folder.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-settings-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const open = (key = 1) =>
  openSettings(dataFolder(root), {}, sealedCredentials(sealedText(new Uint8Array(32).fill(key))));
const written = () => readFileSync(join(root, 'settings.json'), 'utf8');
const password = `open${'-'}sesame`;
const proxy = `http://user:${password}@proxy.example:3128`;

describe('settings', () => {
  it('leaves the others as they were set before when one is changed', () => {
    const settings = open();
    settings.set({ intercept: ['*.models.example'], drain_grace_ms: 3000 });
    settings.set({ retention: { max_age_days: 30, max_bytes: null, keep_labelled: false } });
    settings.set({ tunnel: ['bank.example'] });
    const kept = {
      intercept: ['*.models.example'],
      drain_grace_ms: 3000,
      retention: { max_age_days: 30, max_bytes: null, keep_labelled: false },
      tunnel: ['bank.example'],
    };
    expect(settings.current()).toMatchObject(kept);
    expect(JSON.parse(written())).toMatchObject(kept);
    expect(open().current()).toMatchObject(kept);
  });

  it('changes nothing where the change is not valid', () => {
    const settings = open();
    settings.set({ drain_grace_ms: 3000 });
    const before = written();
    expect(() => settings.set({ drain_grace_ms: -1 })).toThrow();
    expect(settings.current().drain_grace_ms).toBe(3000);
    expect(written()).toBe(before);
  });

  it('uses URLs with credentials as they are and writes them sealed', () => {
    const upstreams = { plain: 'https://models.example', keyed: `https://models.example/?key=${password}` };
    const webhooks = ['https://ci.example/hook', `https://ci.example/hook?key=${password}`].map((url) => ({
      url,
      kinds: ['qa'],
    }));
    open().set({ upstream_proxy: proxy, upstreams, webhooks });
    expect(written()).not.toContain(password);
    expect(JSON.parse(written())).toMatchObject({
      upstreams: { plain: upstreams.plain },
      webhooks: webhooks.slice(0, 1),
    });
    expect(open().current()).toMatchObject({ upstream_proxy: proxy, upstreams, webhooks });
    // They are taken back as they were set, and another folder's key does not open them.
    expect(() => open(2)).toThrow(/cannot be opened with the key/);
    open().set({ upstream_proxy: null, upstreams: {}, webhooks: [] });
    expect(open().current()).toMatchObject({ upstream_proxy: null, upstreams: {} });
    expect(JSON.parse(written()).sealed).toBeUndefined();
  });

  it('seals at the start what was written by hand', () => {
    writeFileSync(join(root, 'settings.json'), JSON.stringify({ version: 1, upstream_proxy: proxy }));
    expect(open().current().upstream_proxy).toBe(proxy);
    expect(written()).not.toContain(password);
    expect(open().current().upstream_proxy).toBe(proxy);
  });
});
