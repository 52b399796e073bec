import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { PrepareRequest, Prerequisite } from '../../../../src/main/ground/sandbox.js';
import { doctorOf, untilReady } from '../../../../src/main/verify/qa/doctor.js';
import { createCleaner } from '../../../../src/main/verify/qa/kept.js';
import { tellOutput } from '../../../../src/main/verify/qa/live-output.js';
import { lookAt } from '../../../../src/main/verify/qa/look.js';
import { preparationOf } from '../../../../src/main/verify/qa/prepared.js';
import { openRepository } from '../../../../src/main/verify/qa/repository/open.js';
import { createSlots } from '../../../../src/main/verify/qa/slots.js';
import { type QaSettings, qaDefaultsSchema } from '../../../../src/shared/model/index.js';
import { cloneOf, type Files } from '../../../support/clones.js';
import { fakeSandboxes } from '../../../support/fake-sandboxes.js';
import { tarEntries } from '../../../support/repositories.js';
import { smallLimits } from '../../../support/sandboxes.js';

const clones: string[] = [];
afterAll(() => {
  for (const path of clones) rmSync(path, { recursive: true, force: true });
});

async function treeOf(files: Files) {
  const { path } = cloneOf(files);
  clones.push(path);
  return (await openRepository(path)).tree(null);
}

const never = new AbortController().signal;

describe('what attempts wrote, on its way through the gate', () => {
  it('gives way to others by time: names may be as long and as many as a report likes', async () => {
    const slow = (text: string) => {
      for (const until = performance.now() + 2; performance.now() < until; );
      return text;
    };
    const tests = Array.from({ length: 200 }, (_, n) => ({ id: `test ${n}`, outcome: 'passed' as const }));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const none = { head: new Uint8Array(), tail: new Uint8Array(), dropped_bytes: 0 };
    const ended = { exit_code: 0, ended_by: 'itself', seconds: 1, dropped_bytes: 0 } as const;
    const { tests: cleaned } = await createCleaner(
      slow,
      never,
    )({
      report: { tier: 'report', tests, evidence: true },
      output: none,
      side: 'fixed',
      restored: false,
      n: 1,
      ...ended,
    });
    clearInterval(timer);
    expect(cleaned).toHaveLength(200);
    expect(ticks).toBeGreaterThan(5);
  });
});

describe('slots', () => {
  it('let so many go at once, in the order of their coming, and heed a change of how many', async () => {
    let most = 1;
    const inSlot = createSlots(() => most);
    const began: number[] = [];
    const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
    const all = ends.map(({ promise }, n) =>
      inSlot(never, async () => {
        began.push(n);
        await promise;
        return n;
      }),
    );
    await expect.poll(() => began).toEqual([0]);
    most = 3;
    ends[0]?.resolve();
    await all[0];
    await expect.poll(() => began).toEqual([0, 1, 2, 3]);
    for (const { resolve } of ends) resolve();
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
  });

  it('are given back by whoever was called off or failed', async () => {
    const inSlot = createSlots(() => 1);
    const held = Promise.withResolvers<void>();
    const first = inSlot(never, () => held.promise);
    const off = new AbortController();
    const second = inSlot(off.signal, async () => 'never');
    const third = inSlot(never, async () => {
      throw new Error('it failed');
    });
    const fourth = inSlot(never, async () => 'fourth');
    off.abort(new Error('called off'));
    await expect(second).rejects.toThrow('called off');
    held.resolve();
    await first;
    await expect(third).rejects.toThrow('it failed');
    expect(await fourth).toBe('fourth');
  });
});

describe('what running tests needs', () => {
  const missing: Prerequisite = { id: 'image', title: 'Image', ok: false, detail: 'No image x.', next: 'Pull x.' };
  const settings = { image: 'x', runtime: null, missing_engine: 'fail', network_in_prepare: false } as QaSettings;

  it('is looked for again until it is there, and told once', async () => {
    let looks = 0;
    const { maker } = fakeSandboxes({ run: () => ({}), missing: () => (++looks < 3 ? [missing] : []) });
    const heard: string[] = [];
    await untilReady(maker, { ...settings, missing_engine: 'wait' }, never, (said) => heard.push(said), 1);
    expect(looks).toBe(3);
    expect(heard).toEqual(['Image: No image x. Pull x.']);
  });

  it('is an error of its own where nobody is to wait; an image that may be fetched need not be there', async () => {
    const { maker } = fakeSandboxes({ run: () => ({}), missing: () => [missing] });
    await expect(untilReady(maker, settings, never, () => {})).rejects.toMatchObject({ code: 'image_missing' });
    await untilReady(maker, { ...settings, network_in_prepare: true }, never, () => {});
    expect(await doctorOf(maker, qaDefaultsSchema.parse({}))).toEqual({ ok: false, prerequisites: [missing] });
  });
});

describe('output that is told as it comes', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1');
  const nothing = { head: new Uint8Array(), tail: new Uint8Array(), dropped_bytes: 0 };

  it('goes line by line, whatever pieces it comes in, byte for byte', () => {
    const lines: string[] = [];
    const output = tellOutput((line) => lines.push(line));
    for (const piece of ['on', 'e\r\ntwo\nca', 'f\xe9\n', '\x1b[31mred\x1b[0m\nlast']) output.add(bytes(piece));
    expect(lines).toEqual(['one', 'two', 'café', 'red']);
    output.end(nothing);
    expect(lines.at(-1)).toBe('last');
  });

  it('ends where it floods, and is told by its last lines', () => {
    const lines: string[] = [];
    const output = tellOutput((line) => lines.push(line));
    for (let n = 0; n < 100_000; n += 1) output.add(bytes(`line ${n}\n`));
    output.add(bytes('x'.repeat(1_000_000)));
    const before = lines.length;
    expect(before).toBeLessThan(10_000);
    output.end({ ...nothing, tail: bytes('99998\n99999\n1 passed\n') });
    expect(lines.slice(before)).toEqual(['99998', '99999', '1 passed', '']);
    const endless: string[] = [];
    const one = tellOutput((line) => endless.push(line));
    for (let n = 0; n < 10; n += 1) one.add(bytes('y'.repeat(5000)));
    one.end(nothing);
    expect(endless).toEqual(['[a long line without a space]']);
  });
});

describe('what an image is prepared of', () => {
  const files = {
    'requirements.txt': 'a==1\n',
    'src/main.py': 'x',
    'scripts/install.sh': 'pip install a\n',
    'test_a.py': '',
  };
  const asked = (commands: string[][]) => ({
    image: 'python',
    commands,
    network: false,
    limits: smallLimits,
    mtime: 1,
  });
  const namesOf = async ({ files: tar }: PrepareRequest) =>
    (await tarEntries(tar())).map(({ header }) => header.name).sort();
  const install = [['pip', 'install', '-r', 'requirements.txt']];

  it('is what the repository depends on and what the commands name: the same of it is the same image', async () => {
    const one = preparationOf(await treeOf(files), asked(install));
    expect(await namesOf(one)).toEqual(['requirements.txt']);
    expect(one).toMatchObject({ base: 'python', workdir: '/work', network: false, commands: install });
    const key = async (changed: Files, commands = install) =>
      preparationOf(await treeOf({ ...files, ...changed }), asked(commands)).key;
    expect(await key({ 'src/main.py': 'mended', 'test_a.py': 'other' })).toBe(one.key);
    expect(await key({ 'requirements.txt': 'a==2\n' })).not.toBe(one.key);
    expect(await key({}, [['pip', 'install', 'a']])).not.toBe(one.key);
    const script = [['sh', './scripts/install.sh']];
    expect(await namesOf(preparationOf(await treeOf(files), asked(script)))).toEqual([
      'requirements.txt',
      'scripts/install.sh',
    ]);
    expect(await key({ 'scripts/install.sh': 'true\n' }, script)).not.toBe(await key({}, script));
    expect(await namesOf(preparationOf(await treeOf(files), asked([['pip', 'install', '.']])))).toHaveLength(4);
    expect(await namesOf(preparationOf(await treeOf(files), asked([])))).toEqual([]);
  });
});

describe('questions about a repository', () => {
  it('read what they look at, and are asked again until they miss nothing', async () => {
    const tree = await treeOf({ a: 'b', b: 'c', c: 'end', large: 'x'.repeat(300_000) });
    const read: string[] = [];
    const ask = lookAt({
      ...tree,
      read(path) {
        read.push(path);
        return tree.read(path);
      },
    });
    const last = await ask((look) => {
      let path = 'a';
      for (let text = look.read(path); text !== null && text !== 'end'; text = look.read(path)) path = text;
      return [path, look.read('large'), look.read('none'), look.files.length];
    });
    expect(last).toEqual(['c', null, null, 4]);
    expect(read).toEqual(['a', 'b', 'c']);
  });
});
