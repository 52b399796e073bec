import { pack } from 'tar-stream';
import { byPathBytes, type FileMode, type FileTree, pathProblem, quoted } from './file-tree.js';
import { FreshHistory } from './fresh-history.js';

/** What stands in a file's place: its bytes, with another mode too; null where it goes. */
export type Changed = Uint8Array | { mode: FileMode; bytes: Uint8Array } | null;

export interface TarOptions {
  /** Files that are otherwise than in the tree. */
  changed?: ReadonlyMap<string, Changed>;
  leaveOut?: (path: string) => boolean;
  /** Seconds; of every entry. */
  mtime: number;
  /** Adds a `.git` with one commit of exactly what the tar holds, and nothing else. */
  commit: boolean;
}

const permissions: Readonly<Record<FileMode, number>> = { file: 0o644, executable: 0o755, symlink: 0o777 };

/**
 * A state of a repository as a tar: the same bytes for the same state.
 * @throws `qa_file_too_large`, and what reading throws
 */
export async function* tarOf(tree: FileTree, options: TarOptions): AsyncGenerator<Uint8Array> {
  const made = pack();
  const writing = writeFiles(made, tree, options);
  writing.catch((error: Error) => made.destroy(error));
  try {
    yield* made as AsyncIterable<Uint8Array>;
    await writing;
  } finally {
    made.destroy();
    await writing.catch(() => {});
  }
}

async function writeFiles(made: ReturnType<typeof pack>, tree: FileTree, options: TarOptions): Promise<void> {
  const mtime = new Date(options.mtime * 1000);
  const write = (name: string, mode: FileMode, bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      const header = { name, mode: permissions[mode], mtime, uid: 0, gid: 0, uname: '', gname: '' };
      const done = (error?: Error | null) => (error ? reject(error) : resolve());
      if (mode === 'symlink') made.entry({ ...header, type: 'symlink', linkname: Buffer.from(bytes).toString() }, done);
      else made.entry({ ...header, type: 'file', size: bytes.length }, Buffer.from(bytes), done);
    });
  const history = options.commit ? new FreshHistory(options.mtime) : null;
  for (const file of await filesOf(tree, options)) {
    const bytes = await file.read();
    await write(file.path, file.mode, bytes);
    for (const kept of (await history?.add(file.path, file.mode, bytes)) ?? [])
      await write(kept.path, 'file', kept.bytes);
  }
  for (const { path, bytes } of (await history?.finish()) ?? []) await write(path, 'file', bytes);
  made.finalize();
}

interface Entry {
  path: string;
  mode: FileMode;
  read(): Promise<Uint8Array>;
}

async function filesOf(tree: FileTree, { changed = new Map(), leaveOut }: TarOptions): Promise<Entry[]> {
  const entries: Entry[] = tree
    .files()
    .filter(({ path }) => !changed.has(path))
    .map(({ path, mode }) => ({ path, mode, read: () => tree.read(path) }));
  for (const [path, now] of changed) {
    if (now === null) continue;
    const problem = pathProblem(path);
    if (problem !== null) throw new TypeError(`${quoted(path)}: ${problem}`);
    const { mode, bytes } = now instanceof Uint8Array ? { mode: tree.file(path)?.mode ?? 'file', bytes: now } : now;
    entries.push({ path, mode, read: async () => bytes });
  }
  return entries.filter(({ path }) => leaveOut === undefined || !leaveOut(path)).sort(byPathBytes);
}
