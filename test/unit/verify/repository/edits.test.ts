import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { applyEdits, compareEdits, type Edit } from '../../../../src/main/verify/qa/repository/edits.js';
import { openRepository } from '../../../../src/main/verify/qa/repository/open.js';
import { write } from '../../../support/repositories.js';

const folder = mkdtempSync(join(tmpdir(), 'edits-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
async function treeOf(files: Readonly<Record<string, string | Uint8Array>>) {
  const place = join(folder, `t${++count}`);
  mkdirSync(place);
  write(place, files);
  return (await openRepository(place)).tree(null);
}

type Files = Readonly<Record<string, string>>;

/** What the edits make of files: those that differ, as text; what does not fit, by its reason. */
async function edited(files: Files, ...edits: (Edit | string)[]) {
  const applied = await applyEdits(
    await treeOf(files),
    edits.map((edit) => (typeof edit === 'string' ? { path: 'a.txt', diff: edit } : edit)),
  );
  const texts = [...applied.files].map(([path, now]) => {
    const bytes = now === null || now instanceof Uint8Array ? now : now.bytes;
    return [path, bytes === null ? null : Buffer.from(bytes).toString()];
  });
  return { files: Object.fromEntries(texts), unfit: applied.unfit.map(({ why }) => why) };
}

const ten = '1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n';
const hunk = '@@ -4,3 +4,4 @@\n 4\n-5\n+five\n+5.5\n 6\n';
const after = '1\n2\n3\n4\nfive\n5.5\n6\n7\n8\n9\n10\n';

describe('the forms of a diff', () => {
  it.each([
    ['hunks alone', hunk],
    ['as diff -u writes it', `--- a.txt\t2026-01-01 00:00:00.0 +0000\n+++ a.txt\t2026-01-01 00:00:00.0 +0000\n${hunk}`],
    ['as git writes it', `diff --git a/a.txt b/a.txt\nindex 111..222 100644\n--- a/a.txt\n+++ b/a.txt\n${hunk}`],
    ['with prefixes of git’s own', `diff --git i/a.txt w/a.txt\n--- i/a.txt\n+++ w/a.txt\n${hunk}`],
    ['without prefixes', `diff --git a.txt a.txt\n--- a.txt\n+++ a.txt\n${hunk}`],
    [
      'as a mail',
      `From 1 Mon\nSubject: [PATCH] x\n\n---\n a.txt | 3 +-\n\ndiff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n${hunk}-- \n2.39.5\n`,
    ],
    [
      'as svn writes it',
      `Index: a.txt\n${'='.repeat(67)}\n--- a.txt\t(revision 1)\n+++ a.txt\t(working copy)\n${hunk}`,
    ],
    ['with names that say nothing', `--- original\n+++ modified\n${hunk}`],
    ['in a fence', `\`\`\`diff\n${hunk}\`\`\`\n`],
    ['sent with CR LF', hunk.replaceAll('\n', '\r\n')],
    ['without a line end at its end', hunk.trimEnd()],
    ['with a heading behind its numbers', hunk.replace('@@\n', '@@ def f():\n')],
    ['without numbers', hunk.replace(/@@.*@@/, '@@ @@')],
    ['with @@ alone', hunk.replace(/@@.*@@/, '@@')],
    ['from elsewhere above', hunk.replace('-4,3 +4,4', '-1,3 +1,4')],
    ['from elsewhere below', hunk.replace('-4,3 +4,4', '-400,3 +400,4')],
    ['without context', '@@ -5 +5,2 @@\n-5\n+five\n+5.5\n'],
    ['as two hunks', '@@ -5 +5 @@\n-5\n+five\n@@ -5,0 +6 @@\n+5.5\n'],
    [
      'with a name of its own machine',
      { path: '/home/me/x/a.txt', diff: `--- /home/me/x/a.txt\n+++ /home/me/x/a.txt\n${hunk}` },
    ],
    ['with a name of Windows', { path: 'C:\\x\\a.txt', diff: hunk }],
    ['with a name that begins with a point', { path: './a.txt', diff: `--- ./a.txt\n+++ ./a.txt\n${hunk}` }],
  ])('%s', async (_, edit) => {
    expect(await edited({ 'a.txt': ten, 'b.txt': 'other' }, edit)).toEqual({ files: { 'a.txt': after }, unfit: [] });
  });

  it('several hunks, each moved as the one before', async () => {
    const text = `0\n0.1\n0.2\n${ten}`;
    const diff = '@@ -2 +2,2 @@\n-2\n+two\n+2.5\n@@ -9,2 +10,2 @@\n-9\n+nine\n 10\n';
    expect((await edited({ 'a.txt': text }, diff)).files).toEqual({
      'a.txt': '0\n0.1\n0.2\n1\ntwo\n2.5\n3\n4\n5\n6\n7\n8\nnine\n10\n',
    });
  });

  it('of places that look alike, the nearest to its number', async () => {
    const text = 'x\na\nx\nb\nx\nc\n';
    expect((await edited({ 'a.txt': text }, '@@ -5 +5 @@\n-x\n+y\n')).files['a.txt']).toBe('x\na\nx\nb\ny\nc\n');
    expect((await edited({ 'a.txt': text }, '@@ @@\n-x\n+y\n')).unfit[0]).toContain('more than once');
  });

  it('new, deleted, renamed, copied and empty files, modes, names with umlauts and blanks', async () => {
    const diff = [
      'diff --git a/new.sh b/new.sh\nnew file mode 100755\nindex 000..111\n--- /dev/null\n+++ b/new.sh\n@@ -0,0 +1,2 @@\n+#!/bin/sh\n+true\n',
      'diff --git a/empty.txt b/empty.txt\nnew file mode 100644\nindex 000..e69\n',
      'diff --git a/gone.txt b/gone.txt\ndeleted file mode 100644\n--- a/gone.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n',
      'diff --git a/old name.txt b/new name.txt\nsimilarity index 100%\nrename from old name.txt\nrename to new name.txt\n',
      'diff --git a/r.txt b/s.txt\nsimilarity index 50%\nrename from r.txt\nrename to s.txt\n--- a/r.txt\n+++ b/s.txt\n@@ -1 +1 @@\n-r\n+s\n',
      'diff --git a/c.txt b/d.txt\ncopy from c.txt\ncopy to d.txt\n',
      'diff --git "a/\\303\\274.txt" "b/\\303\\274.txt"\n--- "a/\\303\\274.txt"\n+++ "b/\\303\\274.txt"\n@@ -1 +1 @@\n-ü\n+ä\n',
      'diff --git a/m.sh b/m.sh\nold mode 100644\nnew mode 100755\n',
    ].join('');
    const files = {
      'gone.txt': 'gone\n',
      'old name.txt': 'o\n',
      'r.txt': 'r\n',
      'c.txt': 'c\n',
      'ü.txt': 'ü\n',
      'm.sh': 'm\n',
    };
    const tree = await treeOf(files);
    const applied = await applyEdits(tree, [{ path: 'whatever', diff }]);
    expect(applied.unfit).toEqual([]);
    expect(applied.files.get('new.sh')).toEqual({ mode: 'executable', bytes: Buffer.from('#!/bin/sh\ntrue\n') });
    expect(applied.files.get('m.sh')).toEqual({ mode: 'executable', bytes: Buffer.from('m\n') });
    expect((await edited(files, { path: 'whatever', diff })).files).toEqual({
      'new.sh': '#!/bin/sh\ntrue\n',
      'empty.txt': '',
      'gone.txt': null,
      'old name.txt': null,
      'new name.txt': 'o\n',
      'r.txt': null,
      's.txt': 's\n',
      'd.txt': 'c\n',
      'ü.txt': 'ä\n',
      'm.sh': 'm\n',
    });
  });

  it('the end of a file without a line end', async () => {
    const mark = '\\ No newline at end of file\n';
    expect((await edited({ 'a.txt': 'a\nb' }, `@@ -1,2 +1,2 @@\n a\n-b\n${mark}+c\n${mark}`)).files['a.txt']).toBe(
      'a\nc',
    );
    expect((await edited({ 'a.txt': 'a\nb' }, `@@ -1,2 +1,2 @@\n a\n-b\n${mark}+b\n`)).files['a.txt']).toBe('a\nb\n');
    expect((await edited({ 'a.txt': 'a\nb\n' }, `@@ -1,2 +1,2 @@\n a\n-b\n+b\n${mark}`)).files['a.txt']).toBe('a\nb');
    expect((await edited({ 'a.txt': 'a\nb' }, `@@ -1,2 +1,2 @@\n-a\n+x\n b\n${mark}`)).files['a.txt']).toBe('x\nb');
    expect((await edited({ 'a.txt': 'a\nb' }, '@@ -1,2 +1,2 @@\n-a\n+x\n b\n')).files['a.txt']).toBe('x\nb');
    expect((await edited({ 'a.txt': 'a\nb\n' }, `@@ -1,2 +1,2 @@\n a\n-b\n${mark}+c\n`)).unfit).toHaveLength(1);
  });

  it('files with CR LF: told with it or without, they keep it', async () => {
    const text = ten.replaceAll('\n', '\r\n');
    const now = after.replaceAll('\n', '\r\n');
    expect((await edited({ 'a.txt': text }, hunk)).files['a.txt']).toBe(now);
    expect((await edited({ 'a.txt': text }, hunk.replaceAll('\n', '\r\n'))).files['a.txt']).toBe(now);
    const asGit = `--- a/a.txt\n+++ b/a.txt\n@@ -4,3 +4,4 @@\n${hunk
      .split('\n')
      .slice(1, -1)
      .map((line) => `${line}\r\n`)
      .join('')}`;
    expect((await edited({ 'a.txt': text }, asGit)).files['a.txt']).toBe(now);
    // A change of line ends alone.
    const ends = '@@ -1,2 +1,2 @@\n-a\r\n-b\r\n+a\n+b\n';
    expect((await edited({ 'a.txt': 'a\r\nb\r\n' }, ends)).files['a.txt']).toBe('a\nb\n');
  });

  it('empty lines of context whose blank was trimmed, in the middle and at the end', async () => {
    const text = 'a\n\nb\n\nc\n';
    expect((await edited({ 'a.txt': text }, '@@ -1,4 +1,4 @@\n a\n\n-b\n+x\n')).files['a.txt']).toBe('a\n\nx\n\nc\n');
    expect((await edited({ 'a.txt': 'a\n\nb\nd\n' }, '@@ -1,4 +1,4 @@\n a\n\n-b\n+x\n')).unfit).toHaveLength(1);
  });

  it('bytes that are not UTF-8 stay as they are', async () => {
    const tree = await treeOf({ 'a.txt': Buffer.from('caf\xe9\nx\n', 'latin1') });
    const { files, unfit } = await applyEdits(tree, [{ path: 'a.txt', diff: '@@ -2 +2 @@\n-x\n+ä\n' }]);
    expect(unfit).toEqual([]);
    expect(files.get('a.txt')).toMatchObject({
      bytes: Buffer.concat([Buffer.from('caf\xe9\n', 'latin1'), Buffer.from('ä\n')]),
    });
  });

  it('one edit after the other, each on what the one before left', async () => {
    const edits = [
      { path: 'n.txt', diff: '--- /dev/null\n+++ b/n.txt\n@@ -0,0 +1 @@\n+one\n' },
      { path: 'n.txt', diff: '@@ -1 +1,2 @@\n one\n+two\n' },
      { path: 'a.txt', diff: '--- a/a.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n' },
      { path: 'n.txt', diff: '@@ -9 +9 @@\n-nine\n+ten\n' },
      { path: 'x.txt', diff: '--- /dev/null\n+++ b/x.txt\n@@ -0,0 +1 @@\n+x\n' },
      { path: 'x.txt', diff: '--- a/x.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n' },
    ];
    expect(await edited({ 'a.txt': 'a\n' }, ...edits)).toEqual({
      files: { 'n.txt': 'one\ntwo\n', 'a.txt': null },
      unfit: ['hunk 1 of 1 does not fit: its lines do not stand there'],
    });
  });
});

describe('what is no diff, or does not fit, changes nothing and says why', () => {
  const searchReplace = 'a.txt\n<<<<<<< SEARCH\n5\n=======\nfive\n>>>>>>> REPLACE\n';
  it.each([
    ['', 'it is no unified diff'],
    ['changed five to 5', 'it is no unified diff'],
    [searchReplace, 'it is no unified diff'],
    ['*** Begin Patch\n*** Update File: a.txt\n-5\n+five\n*** End Patch\n', 'it is no unified diff'],
    ['*** a.txt\n--- a.txt\n***************\n*** 4,6 ****\n! 5\n--- 4,6 ----\n! five\n', 'it is no unified diff'],
    ['diff --git a/a.txt b/a.txt\nindex 1..2 100644\n', 'it is no unified diff'],
    ['diff --git a/a.txt b/a.txt\nindex 1..2\nGIT binary patch\nliteral 1\n', 'it is of a binary file'],
    ['diff --git a/a.txt b/a.txt\nBinary files a/a.txt and b/a.txt differ\n', 'it is of a binary file'],
    ['diff --cc a.txt\n--- a/a.txt\n+++ b/a.txt\n@@@ -1 -1 +1 @@@\n- 1\n', 'it is a diff of a merge'],
    ['@@ -4,3 +4,3 @@\n 4\n-5\n', 'a hunk has fewer lines than its head says'],
    ['@@ -4,3 +4,2 @@\n 4\n-5\n', 'does not fit'],
    ['@@ -4,2 +4,2 @@\n 4\n-5\n+five\n 6\n', 'a hunk has more lines than its head says'],
    ['@@ -4,2 +4,2 @@\n 4\n-5\n+five\n+more\n', 'a hunk has more lines than its head says'],
    ['@@ -4,3 +4,3 @@\n 4\n-5\n+five\nwhat\n 6\n', 'a hunk has fewer lines than its head says'],
    ['@@ -4,2 +4,2 @@\n 4\n 5\n', 'a hunk changes nothing'],
    ['@@ -4,3 +4,3 @@\n 4\n-five\n+5\n 6\n', 'does not fit'],
    ['@@ -4,3 +4,3 @@\n 4 \n-5\n+five\n 6\n', 'does not fit'],
    ['@@ -0,0 +1 @@\n+new\n', 'the file is there already'],
    ['@@ -50,0 +51 @@\n+new\n', 'lies behind the end of the file'],
    ['@@ @@\n+new\n', 'says nothing of its place'],
    ['--- a/a.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n', 'more stands in the file'],
    ['diff --git a/a.txt b/b.txt\nrename from a.txt\nrename to b.txt\n', 'a file of its new name is there already'],
    [
      'diff --git a/x b/x\n--- /dev/null\n+++ b/../../etc/x\n@@ -0,0 +1 @@\n+x\ndiff --git a/y b/y\n--- /dev/null\n+++ b/y\n@@ -0,0 +1 @@\n+x\n',
      'leads out of the repository',
    ],
    [
      'diff --git a/x b/x\n--- /dev/null\n+++ b/.git/hooks/x\n@@ -0,0 +1 @@\n+x\ndiff --git a/y b/y\n--- /dev/null\n+++ b/y\n@@ -0,0 +1 @@\n+x\n',
      'it is git’s own',
    ],
    [
      'diff --git a/x b/x\n--- /dev/null\n+++ b/a.txt/x\n@@ -0,0 +1 @@\n+x\ndiff --git a/y b/y\n--- /dev/null\n+++ b/y\n@@ -0,0 +1 @@\n+x\n',
      'a file stands where its folder would be',
    ],
    [`${hunk}@@ -9 +9 @@\n-no\n+yes\n`, 'hunk 2 of 2 does not fit'],
  ])('%j', async (diff, why) => {
    const { files, unfit } = await edited({ 'a.txt': ten, 'b.txt': 'b' }, diff);
    expect(files).toEqual({});
    expect(unfit[0]).toContain(why);
  });

  it('a file that is not there', async () => {
    expect((await edited({}, { path: 'no.txt', diff: hunk })).unfit).toEqual(['there is no such file']);
  });

  it('texts that would be looked through for ever are given up', async () => {
    const same = 'a\n'.repeat(200_000);
    const diff = `@@ -1,50001 +1,50000 @@\n${' a\n'.repeat(50_000)}-b\n`;
    const { unfit } = await edited({ 'a.txt': same }, ...Array.from({ length: 20 }, () => diff));
    expect(new Set(unfit)).toEqual(new Set(['hunk 1 of 1 is looked for too long']));
  });
});

describe('as git and diff make them', () => {
  const line = fc.constantFrom('a', 'b', 'c', '', '  d', '- e', '+ f', '@@ g', 'ä', '\\ h', '--- i', '+++ j');
  const text = fc
    .tuple(fc.array(line, { maxLength: 30 }), fc.boolean(), fc.constantFrom('\n', '\r\n'))
    .map(([lines, open, end]) => lines.join(end) + (open || lines.length === 0 ? '' : end));

  it('any two texts: the diff of one to the other, laid onto the first, gives the second', async () => {
    const [before, now] = [join(folder, 'before'), join(folder, 'now')];
    await fc.assert(
      fc.asyncProperty(text, text, fc.constantFrom(0, 1, 3), fc.boolean(), async (one, other, context, byGit) => {
        fc.pre(one !== other);
        writeFileSync(before, one);
        writeFileSync(now, other);
        const words = byGit
          ? ['git', 'diff', '--no-index', '--no-color', `-U${context}`, '--', before, now]
          : ['diff', `-U${context}`, before, now];
        const diff = spawnSync(words[0] as string, words.slice(1)).stdout.toString();
        fc.pre(!/^Binary/m.test(diff));
        const { files, unfit } = await edited(
          { 'a.txt': one },
          { path: 'a.txt', diff: diff.replaceAll(before, 'a.txt').replaceAll(now, 'a.txt') },
        );
        expect(unfit).toEqual([]);
        expect(files['a.txt']).toBe(other);
      }),
      { numRuns: 200 },
    );
  });
});

describe('edits beside the commit after', () => {
  const compare = async (before: Files, now: Files, ...edits: Edit[]) =>
    compareEdits(await treeOf(before), await treeOf(now), edits);

  it('same, other, unfit and none', async () => {
    const edit = { path: 'a.txt', diff: hunk };
    expect(await compare({ 'a.txt': ten }, { 'a.txt': after }, edit)).toEqual({
      result: 'same',
      detail: '1 of 1 files are as after the change.',
      files: [{ path: 'a.txt', state: 'same' }],
    });
    expect(await compare({ 'a.txt': ten }, { 'a.txt': after })).toMatchObject({ result: 'none', files: [] });
    const other = await compare(
      { 'a.txt': ten, 'b.txt': 'b', 'c.txt': 'c\n' },
      { 'a.txt': `${after}more`, 'b.txt': 'changed', 'c.txt': 'c\n' },
      edit,
      { path: 'c.txt', diff: '@@ -1 +1 @@\n-c\n+d\n' },
    );
    expect(other.result).toBe('other');
    expect(other.files).toEqual([
      { path: 'a.txt', state: 'differs' },
      { path: 'b.txt', state: 'only_after' },
      { path: 'c.txt', state: 'only_edited' },
    ]);
    const unfit = await compare({ 'a.txt': 'other\n' }, { 'a.txt': after }, edit);
    expect(unfit).toEqual({
      result: 'unfit',
      detail:
        '1 of 1 edits do not fit. "a.txt": hunk 1 of 1 does not fit: its lines do not stand there. 0 of 1 files are as after the change.',
      files: [{ path: 'a.txt', state: 'unfit' }],
    });
  });

  it('an edit that is taken back is as if it had not been; deleted and renamed files count', async () => {
    const there = { path: 'x.txt', diff: '@@ -1 +1 @@\n-x\n+y\n' };
    const back = { path: 'x.txt', diff: '@@ -1 +1 @@\n-y\n+x\n' };
    const gone = { path: 'a.txt', diff: '--- a/a.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n' };
    const renamed = { path: 'r.txt', diff: 'diff --git a/r.txt b/s.txt\nrename from r.txt\nrename to s.txt\n' };
    const before = { 'x.txt': 'x\n', 'a.txt': 'a\n', 'r.txt': 'r\n' };
    const { result, files } = await compare(before, { 'x.txt': 'x\n', 's.txt': 'r\n' }, there, back, gone, renamed);
    expect(result).toBe('same');
    expect(files.map(({ path }) => path).sort()).toEqual(['a.txt', 'r.txt', 's.txt', 'x.txt']);
  });
});
