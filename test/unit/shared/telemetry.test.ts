import { describe, expect, it } from 'vitest';
import {
  finalizeSchema,
  isPlainCommand,
  isRepositoryPath,
  sentEventSchema,
  toIso,
} from '../../../src/shared/model/index.js';

describe('what programs may send', () => {
  it.each(['npm test', 'pytest -q tests/test_x.py::test_y', 'FOO=1 make check', 'go test ./...'])(
    'takes the command %s',
    (command) => expect(isPlainCommand(command)).toBe(true),
  );
  it.each([
    'a; b',
    'a && b',
    'a | b',
    'a > b',
    'a $(b)',
    'a $\u007bb}',
    'a `b`',
    '(a)',
    '!a',
    'a\nb',
    'a\u2028b',
    '\u001b[1mx',
    ' ',
  ])('refuses the command %j', (command) => expect(isPlainCommand(command)).toBe(false));

  it.each(['src/a.ts', 'a b/c.md', '.github/x.yml', 'a..b/c', 'src/[id].tsx'])('takes the path %s', (path) =>
    expect(isRepositoryPath(path)).toBe(true),
  );
  it.each([
    '/etc/passwd',
    '../x',
    'a/../../x',
    '~root/x',
    '~',
    '$HOME/x',
    '%7e/x',
    '%252e%252e/x',
    '%c0%ae%c0%ae/x',
    ' ../x',
    '.. /x',
    's3:x',
    'C:x',
    '\\\\host\\share',
    'a\0b',
  ])('refuses the path %j', (path) => expect(isRepositoryPath(path)).toBe(false));

  it('looks for paths in every kind of diff header', () => {
    const edit = (diff: string) =>
      sentEventSchema.safeParse({ type: 'code_edit', file: 'a', diff, timestamp: '2026-01-01T00:00:00Z' }).success;
    expect(edit('--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n')).toBe(true);
    expect(edit('diff --git a/x b/y\nrename from x\nrename to y\n')).toBe(true);
    expect(edit('rename from ../x\nrename to y\n')).toBe(false);
    expect(edit('diff --git a/../x b/x\nBinary files differ\n')).toBe(false);
  });

  it('takes no time and no duration that the store cannot hold', () => {
    const event = (fields: object) =>
      sentEventSchema.safeParse({ type: 'file_open', file: 'a', timestamp: '2026-01-01T00:00:00Z', ...fields }).success;
    expect(event({})).toBe(true);
    expect(event({ duration_ms: 1e308 })).toBe(false);
    expect(event({ timestamp: '1969-12-31T23:59:59Z' })).toBe(false);
    expect(event({ timestamp: '9999-12-31T23:59:59Z' })).toBe(false);
    expect(finalizeSchema.safeParse({ end_time: '9999-12-31T00:00:00Z' }).success).toBe(false);
  });

  it('shows a time that no calendar has as the last there is', () => {
    expect(toIso(Number.POSITIVE_INFINITY)).toBe('9999-12-31T23:59:59.999Z');
    expect(toIso(Number.NaN)).toBe('9999-12-31T23:59:59.999Z');
  });
});
