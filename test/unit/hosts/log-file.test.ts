import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLogFile } from '../../../src/main/hosts/log-file.js';

let folder: string;
let path: string;
const errors: (string | undefined)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-log-'));
  path = join(folder, 'logs', 'engine.log');
  errors.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const openLog = () => openLogFile(path, (error) => errors.push(error.code));

describe('a log file', () => {
  it('goes on where it was, for its user alone', () => {
    mkdirSync(join(folder, 'logs'));
    writeFileSync(path, 'before\n', { mode: 0o644 });
    const log = openLog();
    log.write('after\n');
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('before\nafter\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keeps 2 MB and the two files before, whatever is written', () => {
    const log = openLog();
    const line = (number: number) => `${String(number).padStart(9, '0')} ${'x'.repeat(989)}\n`;
    for (let number = 0; number < 9000; number++) log.write(line(number));
    log.close();
    const names = readdirSync(join(folder, 'logs')).sort();
    expect(names).toEqual(['engine.log', 'engine.log.1', 'engine.log.2']);
    for (const name of names) {
      expect(statSync(join(folder, 'logs', name)).size).toBeLessThanOrEqual(2_000_000);
      expect(statSync(join(folder, 'logs', name)).mode & 0o777).toBe(0o600);
    }
    const kept = names
      .toReversed()
      .map((name) => readFileSync(join(folder, 'logs', name), 'utf8'))
      .join('');
    expect(kept).toBe(
      Array.from({ length: kept.length / 1000 }, (_, n) => line(9000 - kept.length / 1000 + n)).join(''),
    );
    expect(errors).toEqual([]);
  });

  it('says once that it cannot be written, and goes on when it can', () => {
    writeFileSync(join(folder, 'logs'), 'in the way');
    const log = openLog();
    log.write('a\n');
    log.write('b\n');
    expect(errors).toHaveLength(1);
    rmSync(join(folder, 'logs'));
    log.write('c\n');
    log.close();
    expect(existsSync(path) && readFileSync(path, 'utf8')).toBe('c\n');
  });
});
