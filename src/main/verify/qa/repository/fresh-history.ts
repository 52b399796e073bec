import { createHash } from 'node:crypto';
import { byPathBytes, type FileMode } from './file-tree.js';
import { GitPack, type GitType } from './git-pack.js';

/** Bytes after which objects go into another file: they are held until it is whole. */
const maxPackBytes = 32 * 1024 * 1024;
const gitModes: Readonly<Record<FileMode, number>> = { file: 0o100644, executable: 0o100755, symlink: 0o120000 };
const who = 'Sluice <sluice@sluice.invalid>';

interface GitFile {
  /** Below the repository's root. */
  path: string;
  bytes: Uint8Array;
}

interface Staged {
  path: string;
  mode: number;
  hash: Buffer;
  size: number;
}

type Folder = Map<string, { mode: number; hash: Buffer } | Folder>;

/**
 * A repository of git of one commit, made of what is added and nothing else: tests and tools that ask git find one, and no history
 * is there to be read. The same files and time give the same commit.
 */
export class FreshHistory {
  readonly #time: number;
  readonly #staged: Staged[] = [];
  readonly #objects = new Set<string>();
  #pack = new GitPack();

  /** @param time seconds, the commit's */
  constructor(time: number) {
    this.#time = time;
  }

  /** A file of the commit. Gives what git keeps, once it is enough for a file of its own. */
  async add(path: string, mode: FileMode, bytes: Uint8Array): Promise<GitFile[]> {
    const hash = await this.#keep('blob', bytes);
    this.#staged.push({ path, mode: gitModes[mode], hash, size: bytes.length });
    return this.#pack.size < maxPackBytes ? [] : this.#packed();
  }

  /** What else lies in `.git` once all files were added. */
  async finish(): Promise<GitFile[]> {
    this.#staged.sort(byPathBytes);
    const tree = await keepFolder(this.#folders(), (bytes) => this.#keep('tree', bytes));
    const commit = [
      `tree ${tree.toString('hex')}`,
      ...['author', 'committer'].map((role) => `${role} ${who} ${this.#time} +0000`),
      '',
      'State under test',
      '',
    ];
    const head = await this.#keep('commit', Buffer.from(commit.join('\n')));
    const files = this.#packed();
    const text = (path: string, words: string) => files.push({ path: `.git/${path}`, bytes: Buffer.from(words) });
    text('HEAD', 'ref: refs/heads/main\n');
    text('config', '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n');
    text('refs/heads/main', `${head.toString('hex')}\n`);
    files.push({ path: '.git/index', bytes: indexOf(this.#staged) });
    return files;
  }

  async #keep(type: GitType, bytes: Uint8Array): Promise<Buffer> {
    const hash = createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest();
    const name = hash.toString('hex');
    if (!this.#objects.has(name)) await this.#pack.add(type, name, bytes);
    this.#objects.add(name);
    return hash;
  }

  #packed(): GitFile[] {
    const made = this.#pack.finish();
    this.#pack = new GitPack();
    if (made === null) return [];
    const path = `.git/objects/pack/pack-${made.name}`;
    return [
      { path: `${path}.pack`, bytes: made.pack },
      { path: `${path}.idx`, bytes: made.index },
    ];
  }

  #folders(): Folder {
    const root: Folder = new Map();
    for (const { path, mode, hash } of this.#staged) {
      const parts = path.split('/');
      const name = parts.pop() as string;
      let folder = root;
      for (const part of parts) {
        const known = folder.get(part);
        const next: Folder = known instanceof Map ? known : new Map();
        folder.set(part, next);
        folder = next;
      }
      folder.set(name, { mode, hash });
    }
    return root;
  }
}

async function keepFolder(folder: Folder, keep: (bytes: Uint8Array) => Promise<Buffer>): Promise<Buffer> {
  const entries: { path: string; bytes: Buffer }[] = [];
  for (const [name, entry] of folder) {
    const isFolder = entry instanceof Map;
    const mode = isFolder ? '40000' : entry.mode.toString(8);
    const hash = isFolder ? await keepFolder(entry, keep) : entry.hash;
    // Git sorts a folder as if its name ended in a slash.
    entries.push({
      path: isFolder ? `${name}/` : name,
      bytes: Buffer.concat([Buffer.from(`${mode} ${name}\0`), hash]),
    });
  }
  return keep(Buffer.concat(entries.sort(byPathBytes).map(({ bytes }) => bytes)));
}

/** The index of version 2, without times of files: git compares these by their bytes once. */
function indexOf(staged: readonly Staged[]): Buffer {
  const head = Buffer.alloc(12);
  head.write('DIRC');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(staged.length, 8);
  const parts = [head];
  for (const { path, mode, hash, size } of staged) {
    const name = Buffer.from(path);
    const entry = Buffer.alloc((62 + name.length + 8) & ~7);
    entry.writeUInt32BE(mode, 24);
    entry.writeUInt32BE(size, 36);
    hash.copy(entry, 40);
    entry.writeUInt16BE(Math.min(name.length, 0xfff), 60);
    name.copy(entry, 62);
    parts.push(entry);
  }
  const index = Buffer.concat(parts);
  return Buffer.concat([index, createHash('sha1').update(index).digest()]);
}
