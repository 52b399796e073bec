import { describe, expect, it } from 'vitest';
import {
  bridgeArguments,
  chooseSurface,
  externalUrl,
  isRealEncryption,
  isStudioUrl,
  mayCallBridge,
  mayRestart,
  mayShowInFolder,
  mayUsePermission,
  studioAt,
  suggestedFileName,
} from '../../../src/main/electron/policy.js';
import { desktopMethods } from '../../../src/shared/desktop.js';

const studio = 'http://127.0.0.1:7691/#token=abc';

describe('which URL may load', () => {
  it.each(['http://127.0.0.1:7691/', 'http://127.0.0.1:7691/#/traces/1', 'http://127.0.0.1:7691/docs?x=1'])(
    'the studio’s own: %s',
    (url) => expect(isStudioUrl(url, studio)).toBe(true),
  );

  it.each([
    'http://127.0.0.1:7690/',
    'http://localhost:7691/',
    'https://127.0.0.1:7691/',
    'http://127.0.0.1:7691@evil.example/',
    'http://127.0.0.1:76910/',
    'https://example.com/',
    'file:///etc/passwd',
    'data:text/html,<script>1</script>',
    'javascript:alert(1)',
    'about:blank',
    'blob:http://127.0.0.1:7691/0000',
    'chrome://gpu',
    'not a url',
    '',
  ])('nothing else: %s', (url) => expect(isStudioUrl(url, studio)).toBe(false));

  it('is nothing at all before the engine has an address', () => {
    expect(isStudioUrl('http://127.0.0.1:7691/', '')).toBe(false);
    expect(isStudioUrl('', '')).toBe(false);
    expect(isStudioUrl('about:blank', 'about:blank')).toBe(false);
  });
});

describe('what opens in the system’s browser', () => {
  it('is https to a named public host, as the parser wrote it', () => {
    expect(externalUrl('https://docs.example.com/a b?c#d')).toBe('https://docs.example.com/a%20b?c#d');
    expect(externalUrl('HTTPS://EXAMPLE.com')).toBe('https://example.com/');
  });

  it.each([
    'http://example.com/',
    'https://user:secret@example.com/',
    'https://token@example.com/',
    'https://localhost/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://192.168.1.1/admin',
    'https://router.local/',
    'https://intranet/',
    'https://db.internal/',
    'https://printer.lan/',
    'file:///C:/Windows/System32/calc.exe',
    'smb://example.com/share',
    'ms-msdt:/id',
    'mailto:a@example.com',
    'vscode://file/etc/passwd',
    'javascript:alert(1)',
    'https://',
    'nonsense',
  ])('never %s', (url) => expect(externalUrl(url)).toBeNull());
});

describe('permissions', () => {
  it('are denied to everyone but the studio’s copy buttons', () => {
    expect(mayUsePermission('clipboard-sanitized-write', 'http://127.0.0.1:7691/', studio)).toBe(true);
    expect(mayUsePermission('clipboard-sanitized-write', 'https://example.com/', studio)).toBe(false);
    const others = ['clipboard-read', 'media', 'geolocation', 'notifications', 'openExternal', 'fileSystem', 'usb'];
    for (const permission of [...others, 'display-capture', 'unknown', 'one-that-comes-later']) {
      expect(mayUsePermission(permission, 'http://127.0.0.1:7691/', studio)).toBe(false);
    }
  });
});

describe('the bridge', () => {
  it('answers the studio’s top frame only', () => {
    expect(mayCallBridge({ url: 'http://127.0.0.1:7691/#/live', isMainFrame: true }, studio)).toBe(true);
    expect(mayCallBridge({ url: 'http://127.0.0.1:7691/', isMainFrame: false }, studio)).toBe(false);
    expect(mayCallBridge({ url: 'https://example.com/', isMainFrame: true }, studio)).toBe(false);
    expect(mayCallBridge({ url: 'http://127.0.0.1:7691/', isMainFrame: true }, '')).toBe(false);
    expect(mayCallBridge(null, studio)).toBe(false);
  });

  it('exposes exactly these functions', () => {
    expect([...desktopMethods]).toEqual(['pickFile', 'pickFolder', 'saveFile', 'showInFolder', 'engine']);
    expect(Object.keys(bridgeArguments).sort()).toEqual([...desktopMethods].sort());
  });

  it('checks what it is given', () => {
    expect(bridgeArguments.pickFile.safeParse(undefined).success).toBe(true);
    const filters = [{ name: 'Data', extensions: ['jsonl'] }];
    expect(bridgeArguments.saveFile.safeParse({ suggestedName: 'a.jsonl', filters }).success).toBe(true);
    for (const bad of [undefined, {}, { suggestedName: '' }, { suggestedName: 'a', defaultPath: '/etc' }, 'a']) {
      expect(bridgeArguments.saveFile.safeParse(bad).success).toBe(false);
    }
    expect(bridgeArguments.engine.safeParse({ anything: 1 }).success).toBe(false);
    expect(bridgeArguments.showInFolder.safeParse('x'.repeat(4097)).success).toBe(false);
  });

  it('suggests a bare file name', () => {
    expect(suggestedFileName('traces.jsonl')).toBe('traces.jsonl');
    expect(suggestedFileName('../../.bashrc')).toBe('bashrc');
    expect(suggestedFileName('C:\\Windows\\evil.exe')).toBe('evil.exe');
    expect(suggestedFileName('report\u202efdp.exe\u0000')).toBe('reportfdp.exe');
    for (const empty of ['', '/', '..', '\u0007']) expect(suggestedFileName(empty)).toBe('export');
  });

  it('shows local absolute paths only', () => {
    expect(mayShowInFolder('/home/a/export', 'linux')).toBe(true);
    expect(mayShowInFolder('export', 'linux')).toBe(false);
    expect(mayShowInFolder('/home/a\0b', 'darwin')).toBe(false);
    expect(mayShowInFolder('C:\\Users\\a', 'win32')).toBe(true);
    for (const path of ['\\\\evil.example\\share', '//evil.example/share', '\\\\?\\UNC\\evil\\x', '\\Users', 'Users']) {
      expect(mayShowInFolder(path, 'win32')).toBe(false);
    }
  });
});

describe('safeStorage', () => {
  it('counts only where it keeps a secret from other programs', () => {
    expect(isRealEncryption(true, 'darwin', 'unknown')).toBe(true);
    expect(isRealEncryption(true, 'win32', 'unknown')).toBe(true);
    expect(isRealEncryption(true, 'linux', 'gnome_libsecret')).toBe(true);
    expect(isRealEncryption(true, 'linux', 'kwallet6')).toBe(true);
    expect(isRealEncryption(true, 'linux', 'basic_text')).toBe(false);
    expect(isRealEncryption(true, 'linux', 'unknown')).toBe(false);
    expect(isRealEncryption(false, 'darwin', 'unknown')).toBe(false);
  });
});

describe('window or browser', () => {
  const desktop = { platform: 'linux', binary: true, env: { DISPLAY: ':0' }, isRoot: false } as const;

  it('opens a window where there can be one', () => {
    expect(chooseSurface(desktop)).toEqual({ kind: 'window' });
    expect(chooseSurface({ ...desktop, env: { WAYLAND_DISPLAY: 'wayland-0' } })).toEqual({ kind: 'window' });
    expect(chooseSurface({ platform: 'darwin', binary: true, env: {}, isRoot: false })).toEqual({ kind: 'window' });
    expect(chooseSurface({ platform: 'win32', binary: true, env: {}, isRoot: false })).toEqual({ kind: 'window' });
  });

  it.each([
    [{ ...desktop, env: {} }, 'display'],
    [{ ...desktop, env: { DISPLAY: '' } }, 'display'],
    [{ ...desktop, isRoot: true }, 'root'],
    [{ ...desktop, binary: false }, 'not installed'],
    [{ platform: 'darwin', binary: false, env: {}, isRoot: false } as const, 'not installed'],
  ])('says why it is the browser instead', (machine, word) => {
    expect(chooseSurface(machine)).toMatchObject({ kind: 'browser', reason: expect.stringContaining(word) });
  });
});

describe('a crashed engine', () => {
  it('is started again, but not for ever', () => {
    const now = 1_000_000;
    const crash = (ago: number, wasUp: boolean) => ({ at: now - ago, wasUp });
    expect(mayRestart([crash(0, false)], now)).toBe(true);
    expect(mayRestart([crash(20_000, false), crash(0, false)], now)).toBe(true);
    expect(mayRestart([crash(90_000, false), crash(40_000, false), crash(0, false)], now)).toBe(false);
    expect(mayRestart([crash(40_000, false), crash(20_000, true), crash(0, false)], now)).toBe(true);
    expect(mayRestart(Array(10).fill(crash(1_000, true)), now)).toBe(true);
    expect(mayRestart(Array(31).fill(crash(1_000, true)), now)).toBe(false);
    expect(mayRestart(Array(31).fill(crash(61_000, true)), now)).toBe(true);
  });
});

describe('the studio after a restart of its engine', () => {
  it('keeps the route that was open', () => {
    const at = (shown: string) => studioAt(studio, shown);
    expect(at('http://127.0.0.1:7000/#/traces/1?x=a b')).toBe(`${studio}&to=%2Ftraces%2F1%3Fx%3Da%2520b`);
    // The engine ended again before the page had taken its address apart.
    expect(at(`${studio}&to=%2Ftraces%2F1`)).toBe(`${studio}&to=%2Ftraces%2F1`);
    for (const start of ['http://127.0.0.1:7000/#/', 'http://127.0.0.1:7000/', 'http://127.0.0.1:7000/#token=a', '']) {
      expect(at(start)).toBe(studio);
    }
  });
});
