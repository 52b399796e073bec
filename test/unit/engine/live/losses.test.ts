import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepLosses } from '../../../../src/main/engine/live/losses.js';
import { dataFolder } from '../../../../src/main/home/folder.js';
import { createLogger } from '../../../../src/main/home/log.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-losses-'));
});
afterEach(() => {
  chmodSync(root, 0o700);
  rmSync(root, { recursive: true, force: true });
});
const open = () => keepLosses(dataFolder(root), createLogger('silent'));
const none = { journal_errors: 0, damaged: 0, bodies_lost: 0, quarantined: 0 };

describe('keepLosses', () => {
  it('adds up what runs lost, and tells a later run what those before it lost', () => {
    const first = open();
    expect(first.earlier()).toBeNull();
    let lost = none;
    first.follow(() => lost);
    lost = { ...none, journal_errors: 2, damaged: 1 };
    // Not closed: as after kill -9.
    first.note();

    const second = open();
    expect(second.earlier()).toMatchObject({ ...none, journal_errors: 2, damaged: 1 });
    second.follow(() => ({ ...none, quarantined: 3, journal_errors: 1 }));
    second.close();
    const { since } = second.earlier() ?? {};
    const third = open();
    expect(third.earlier()).toMatchObject({ ...none, journal_errors: 3, damaged: 1, quarantined: 3, since });
    third.close();
    first.close();
  });

  it('no longer tells what was taken note of, and tells what is lost after that', () => {
    const first = open();
    first.follow(() => ({ ...none, damaged: 4 }));
    expect(first.acknowledge()).toBeNull();
    first.close();
    const second = open();
    expect(second.acknowledge()).toEqual({ ...none, damaged: 4 });
    expect(second.earlier()).toBeNull();
    second.follow(() => ({ ...none, damaged: 1, quarantined: 2 }));
    second.close();
    const third = open();
    expect(third.earlier()).toMatchObject({ ...none, damaged: 1, quarantined: 2 });
    third.close();
  });

  it('writes into the room that the file has had from the start, for the user alone', () => {
    const losses = open();
    const path = join(root, 'losses.json');
    const before = statSync(path);
    losses.follow(() => ({ journal_errors: 1e9, damaged: 1e9, bodies_lost: 1e9, quarantined: 1e9 }));
    losses.note();
    losses.close();
    const after = statSync(path);
    expect([after.ino, after.size, after.mode & 0o777]).toEqual([before.ino, before.size, 0o600]);
    expect(JSON.parse(readFileSync(path, 'utf8')).losses.quarantined).toBe(1e9);
  });

  it('begins anew where the file cannot be read', () => {
    writeFileSync(join(root, 'losses.json'), 'torn{');
    const losses = open();
    expect(losses.earlier()).toBeNull();
    losses.follow(() => ({ ...none, damaged: 1 }));
    losses.close();
    const again = open();
    expect(again.earlier()).toMatchObject({ damaged: 1 });
    again.close();
  });
});
