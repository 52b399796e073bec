import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openRepository } from '../../../../src/main/verify/qa/repository/open.js';
import { commitAll, gitIn, makeRepository, write } from '../../../support/repositories.js';

const folder = mkdtempSync(join(tmpdir(), 'repository-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
const fresh = (...words: string[]) => {
  const path = join(folder, `r${++count}`);
  makeRepository(path, ...words);
  return path;
};
const listed = (tree: { files(): readonly { path: string; mode: string }[] }) =>
  tree.files().map(({ path, mode }) => (mode === 'file' ? path : `${path} ${mode}`));

/** A repository of two commits with all that a tree can hold. */
function twoCommits(path: string) {
  write(path, {
    'a.txt': 'one\n',
    'dir/b.txt': 'two\r\n',
    'run.sh': '#!/bin/sh\n',
    'übung/ß.txt': 'drei',
    'a b\n.txt': '',
  });
  chmodSync(join(path, 'run.sh'), 0o755);
  symlinkSync('/etc/passwd', join(path, 'out'));
  const before = commitAll(path);
  write(path, { 'a.txt': 'changed\n' });
  rmSync(join(path, 'dir/b.txt'));
  const after = commitAll(path);
  return { before, after };
}

describe('commits and their files', () => {
  it.each(['sha1', 'sha256'])('loose, packed, bare, cloned, in a further work folder: %s', async (format) => {
    const path = fresh(`--object-format=${format}`);
    const { before, after } = twoCommits(path);
    const bare = join(folder, `bare-${format}.git`);
    gitIn(folder, 'clone', '--quiet', '--bare', path, bare);
    const worktree = join(folder, `worktree-${format}`);
    gitIn(path, 'worktree', 'add', '--quiet', worktree, before);
    const ids = new Set<string>();
    const look = async (place: string) => {
      const repository = await openRepository(place);
      expect(repository.kind).toBe('git');
      expect(await repository.commit('main~1')).toEqual({ commit: before, time: 1_700_000_000 });
      expect((await repository.commit('main')).commit).toBe(after);
      expect((await repository.commit(before.slice(0, 9))).commit).toBe(before);
      expect((await repository.commit(`${after.slice(0, 9)}^`)).commit).toBe(before);
      const tree = await repository.tree(before);
      expect(listed(tree)).toEqual([
        'a b\n.txt',
        'a.txt',
        'dir/b.txt',
        'out symlink',
        'run.sh executable',
        'übung/ß.txt',
      ]);
      expect(tree.left_out).toEqual([]);
      expect(tree.format).toBe(format);
      expect(Buffer.from(await tree.read('dir/b.txt')).toString()).toBe('two\r\n');
      expect(Buffer.from(await tree.read('out')).toString()).toBe('/etc/passwd');
      await expect(tree.read('nothing')).rejects.toMatchObject({ code: 'not_found' });
      ids.add(tree.id);
      expect(listed(await repository.tree(after))).not.toContain('dir/b.txt');
    };
    await look(path);
    gitIn(path, 'gc', '--quiet');
    await look(path);
    await look(bare);
    await look(worktree);
    expect(ids.size).toBe(1);
    expect((await openRepository(bare)).name).toBe(`bare-${format}`);
    // The further work folder stands at the first commit; so does what lies in it.
    expect((await (await openRepository(worktree)).tree(null)).id).toBe([...ids][0]);
    await expect((await openRepository(bare)).tree(null)).rejects.toMatchObject({ code: 'qa_commit_unknown' });
  });

  it('tags and branches by name; a tag that looks like a hash is not taken for the commit', async () => {
    const path = fresh();
    const { before, after } = twoCommits(path);
    gitIn(path, 'tag', '--annotate', '--message', 'x', 'v1.0', before);
    gitIn(path, 'branch', 'feature/x-y', before);
    gitIn(path, 'tag', after.slice(0, 8), before);
    const repository = await openRepository(path);
    expect((await repository.commit('v1.0')).commit).toBe(before);
    expect((await repository.commit('feature/x-y')).commit).toBe(before);
    expect((await repository.commit('refs/heads/main')).commit).toBe(after);
    expect((await repository.commit(after.slice(0, 8))).commit).toBe(after);
    expect((await repository.commit('HEAD')).commit).toBe(after);
  });

  it.each([
    '--help',
    '-1',
    '--output=/tmp/x',
    ':/change',
    'main^{/change}',
    '@{-1}',
    'main@{yesterday}',
    'main:a.txt',
    'a..b',
    'main\nHEAD',
    'main HEAD',
    '',
    ' ',
    '../x',
    'x.lock',
    'a//b',
    '\0',
    'x'.repeat(300),
    'nowhere',
    'deadbeef',
    '0'.repeat(40),
  ])('no commit: %j', async (ref) => {
    const path = fresh();
    commitAll(path);
    // A branch that is called like an option exists.
    write(path, { '.git/refs/heads/--help': `${gitIn(path, 'rev-parse', 'HEAD')}\n` });
    const repository = await openRepository(path);
    await expect(repository.commit(ref)).rejects.toMatchObject({ code: 'qa_commit_unknown' });
  });

  it('a shallow clone says that it is one; a partial one names what it lacks and fetches nothing', async () => {
    const path = fresh();
    const { before, after } = twoCommits(path);
    gitIn(path, 'config', 'uploadpack.allowFilter', 'true');
    const shallow = join(folder, 'shallow');
    gitIn(folder, 'clone', '--quiet', '--depth=1', `file://${path}`, shallow);
    const clone = await openRepository(shallow);
    expect((await clone.commit('main')).commit).toBe(after);
    await expect(clone.commit(before)).rejects.toThrow('The clone is shallow.');
    const partial = join(folder, 'partial');
    gitIn(folder, 'clone', '--quiet', '--filter=blob:none', '--no-checkout', `file://${path}`, partial);
    await expect((await openRepository(partial)).tree(after)).rejects.toMatchObject({
      code: 'qa_repository_unreadable',
    });
  });

  it('submodules, repositories within, names that are not UTF-8 and .git are left out by name', async () => {
    const path = fresh();
    const { before } = twoCommits(path);
    const blob = gitIn(path, 'rev-parse', `${before}:a.txt`);
    const entry = (mode: string, hash: string, name: string | Buffer) =>
      Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from('\0'), Buffer.from(hash, 'hex')]);
    const make = (...entries: Buffer[]) => {
      const input = Buffer.concat(entries);
      const words = ['-C', path, 'hash-object', '-t', 'tree', '--literally', '-w', '--stdin'];
      const tree = execFileSync('git', words, { input }).toString().trim();
      return gitIn(path, 'commit-tree', '-m', 'x', tree);
    };
    const commit = make(
      entry('40000', gitIn(path, 'rev-parse', `${before}:dir`), '.git'),
      entry('100644', blob, 'a'),
      entry('100644', blob, Buffer.from('caf\xe9', 'latin1')),
      entry('160000', before, 'module'),
    );
    const repository = await openRepository(path);
    const tree = await repository.tree(commit);
    expect(listed(tree)).toEqual(['a']);
    expect(tree.left_out).toEqual([
      { path: '.git', reason: 'history and settings of git stay out' },
      { path: 'caf\\xe9', reason: 'its name is not UTF-8' },
      { path: 'module', reason: 'is a repository of its own (a submodule)' },
    ]);
    // A tree in which a name leads out, or lies below a file.
    const climbing = make(entry('40000', gitIn(path, 'rev-parse', `${before}:dir`), '..'));
    await expect(repository.tree(climbing)).rejects.toMatchObject({ code: 'qa_repository_unreadable' });
    const below = make(entry('120000', blob, 'a'), entry('40000', gitIn(path, 'rev-parse', `${before}:dir`), 'a'));
    await expect(repository.tree(below)).rejects.toThrow('is a file');
  });

  it('an object that is not what its name says is found out', async () => {
    const path = fresh();
    write(path, { 'a.txt': 'x'.repeat(100), 'b.txt': 'y'.repeat(100) });
    const commit = commitAll(path);
    const place = (name: string) => {
      const hash = gitIn(path, 'rev-parse', `HEAD:${name}`);
      return join(path, '.git/objects', hash.slice(0, 2), hash.slice(2));
    };
    rmSync(place('a.txt'));
    execFileSync('cp', [place('b.txt'), place('a.txt')]);
    const tree = await (await openRepository(path)).tree(commit);
    await expect(tree.read('a.txt')).rejects.toMatchObject({ code: expect.stringMatching(/^qa_repository_/) });
    // What is asked afterwards is answered.
    expect(Buffer.from(await tree.read('b.txt')).toString()).toBe('y'.repeat(100));
  });
});

describe('the working folder', () => {
  it('what is ignored stays out, what is new and changed is there; nothing is followed', async () => {
    const path = fresh();
    write(path, { '.gitignore': 'ignored\nbuild/\n', 'a.txt': 'a', 'gone.txt': 'x', 'real/secret.txt': 'in' });
    commitAll(path);
    write(folder, { 'outside/secret.txt': 'out' });
    write(path, { 'a.txt': 'changed', ignored: 'x', 'build/x': 'x', 'new.txt': 'n' });
    rmSync(join(path, 'gone.txt'));
    rmSync(join(path, 'real'), { recursive: true });
    symlinkSync(join(folder, 'outside'), join(path, 'real'));
    makeRepository(join(path, 'inner'));
    write(path, { 'inner/x.txt': 'x' });
    execFileSync('mkfifo', [join(path, 'pipe')]);
    writeFileSync(Buffer.from(`${path}/caf\xe9`, 'latin1'), 'x');
    const tree = await (await openRepository(path)).tree(null);
    expect(listed(tree)).toEqual(['.gitignore', 'a.txt', 'new.txt', 'real symlink']);
    expect(tree.left_out.map((each) => each.path).sort()).toEqual(['caf\\xe9', 'inner']);
    expect(Buffer.from(await tree.read('a.txt')).toString()).toBe('changed');
    // What changes after it was looked at is not taken for the same.
    write(path, { 'a.txt': 'again!!' });
    await expect(tree.read('a.txt')).rejects.toMatchObject({ code: 'qa_repository_changed' });
  });

  it('a folder without git is taken whole; one below a clone says where the clone is', async () => {
    const path = join(folder, 'plain');
    write(path, { 'a/b.txt': 'x', '.gitignore': 'a', 'sub/.git/config': 'x', 'sub/c.txt': 'y' });
    symlinkSync('../..', join(path, 'up'));
    execFileSync('mkfifo', [join(path, 'pipe')]);
    const repository = await openRepository(path);
    expect(repository.kind).toBe('folder');
    const tree = await repository.tree(null);
    expect(listed(tree)).toEqual(['.gitignore', 'a/b.txt', 'sub/c.txt', 'up symlink']);
    expect(tree.left_out.map((each) => each.path)).toEqual(['pipe', 'sub/.git']);
    await expect(repository.commit('main')).rejects.toThrow('The folder is no clone of git.');
    const clone = fresh();
    mkdirSync(join(clone, 'packages/a'), { recursive: true });
    const below = await openRepository(join(clone, 'packages/a'));
    await expect(below.commit('main')).rejects.toThrow(/The clone is the folder above, .*r\d+/);
  });

  it('a file that is too large is named when it is read; the others are to be had', async () => {
    const path = join(folder, 'huge');
    write(path, { 'small.txt': 'x' });
    write(path, { 'huge.bin': '' });
    truncateSync(join(path, 'huge.bin'), 200 * 1024 * 1024);
    const tree = await (await openRepository(path)).tree(null);
    expect(tree.file('huge.bin')?.size).toBe(200 * 1024 * 1024);
    await expect(tree.read('huge.bin')).rejects.toMatchObject({
      code: 'qa_file_too_large',
      details: { path: 'huge.bin' },
    });
    truncateSync(join(path, 'huge.bin'), 5 * 1024 ** 3);
    await expect((await openRepository(path)).tree(null)).rejects.toMatchObject({ code: 'qa_repository_too_large' });
  });

  it('20,000 files', async () => {
    const path = fresh();
    const files: Record<string, string> = {};
    for (let n = 0; n < 20_000; n++) files[`d${n % 200}/f${n}.txt`] = `${n}\n`;
    write(path, files);
    const commit = commitAll(path);
    const repository = await openRepository(path);
    const [working, committed] = [await repository.tree(null), await repository.tree(commit)];
    expect(committed.files()).toHaveLength(20_000);
    expect(working.id).toBe(committed.id);
  });
});

describe('what cannot be opened', () => {
  it.each([
    ['relative/path', 'qa_repository_missing'],
    ['', 'qa_repository_missing'],
    [join(folder, 'not-there'), 'qa_repository_missing'],
    [`${folder}\0x`, 'qa_repository_missing'],
    ['/dev/null', 'qa_repository_unreadable'],
  ])('%j: %s', async (path, code) => {
    await expect(openRepository(path)).rejects.toMatchObject({ code });
  });

  it('a broken clone, with what git says of it', async () => {
    const path = join(folder, 'broken');
    write(path, { '.git/HEAD': 'nonsense' });
    await expect(openRepository(path)).rejects.toMatchObject({
      code: 'qa_repository_unreadable',
      message: expect.stringContaining('git says'),
    });
  });
});

describe('a hostile clone', () => {
  it('its settings, hooks and attributes run nothing, fetch nothing, and lead nowhere', async () => {
    const path = fresh();
    write(path, { 'a.txt': 'a', '.gitattributes': '* filter=evil diff=evil text\n' });
    const commit = commitAll(path);
    write(path, { '.git/info/attributes': '* filter=evil diff=evil working-tree-encoding=UTF-16\n' });
    const mark = join(folder, 'mark');
    const evil = `touch ${mark}-`;
    const hook = `#!/bin/sh\n${evil}hook\n`;
    for (const name of ['post-checkout', 'post-index-change', 'pre-auto-gc', 'fsmonitor', 'reference-transaction'])
      write(path, { [`.git/hooks/${name}`]: hook });
    execFileSync('chmod', ['-R', '755', join(path, '.git/hooks')]);
    write(path, {
      '.git/config': `[core]
\trepositoryformatversion = 0
\tbare = false
\tfsmonitor = "${evil}fsmonitor"
\tfsmonitorHookVersion = 2
\thooksPath = ${join(path, '.git/hooks')}
\tsshCommand = "${evil}ssh"
\tpager = "${evil}pager"
\teditor = "${evil}editor"
\taskPass = "${evil}askpass"
\talternateRefsCommand = "${evil}alternates"
\tgitProxy = "${evil}proxy"
\tworktree = /etc
\tattributesFile = ${join(path, '.gitattributes')}
\tuntrackedCache = true
[filter "evil"]
\tclean = "${evil}clean"
\tsmudge = "${evil}smudge"
\tprocess = "${evil}process"
\trequired = true
[diff "evil"]
\ttextconv = "${evil}textconv"
\tcommand = "${evil}diff"
[diff]
\texternal = "${evil}external"
[pager]
\tls-tree = "${evil}pager"
\tls-files = "${evil}pager"
\trev-parse = "${evil}pager"
[alias]
\tcat-file = "!${evil}alias"
\trev-parse = "!${evil}alias"
[extensions]
\tpartialClone = origin
[remote "origin"]
\turl = "ext::sh -c ${evil}ext"
\tpromisor = true
\tpartialclonefilter = blob:none
\tvcs = evil
\tuploadpack = "${evil}uploadpack"
[credential]
\thelper = "!${evil}credential"
[gpg]
\tprogram = "${evil}gpg"
[log]
\tshowSignature = true
[trace2]
\teventTarget = ${mark}-trace
`,
    });
    const hash = gitIn(path, '-c', 'core.fsmonitor=false', '--work-tree', path, 'rev-parse', 'HEAD:a.txt');
    write(path, { '.git/refs/replace/x': 'x' });
    const repository = await openRepository(path);
    const tree = await repository.tree(commit);
    expect(Buffer.from(await tree.read('a.txt')).toString()).toBe('a');
    expect(listed(await repository.tree(null))).toEqual(['.gitattributes', 'a.txt']);
    await expect(repository.commit('no-such')).rejects.toMatchObject({ code: 'qa_commit_unknown' });
    await expect(repository.commit('f'.repeat(40))).rejects.toMatchObject({ code: 'qa_commit_unknown' });
    // An object that is missing is what a partial clone would fetch.
    rmSync(join(path, '.git/objects', hash.slice(0, 2)), { recursive: true });
    await expect(repository.tree(commit)).rejects.toMatchObject({ code: 'qa_repository_unreadable' });
    await expect(tree.read('a.txt')).rejects.toMatchObject({ code: 'qa_repository_unreadable' });
    expect(execFileSync('sh', ['-c', `ls -d ${mark}-* 2>/dev/null || true`]).toString()).toBe('');
    expect(existsSync(`${mark}-trace`)).toBe(false);
  });

  it('what replaces an object counts for nothing', async () => {
    const path = fresh();
    const { before, after } = twoCommits(path);
    gitIn(path, 'replace', before, after);
    const tree = await (await openRepository(path)).tree(before);
    expect(Buffer.from(await tree.read('a.txt')).toString()).toBe('one\n');
  });
});
