import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { extract } from 'tar-stream';
import { SluiceError } from '../../shared/errors.js';
import type { ExecRequest, OpenRequest, Sandbox, SandboxLimits } from '../ground/sandbox.js';
import type { Connection } from './connect.js';
import { createContainer, removeContainer } from './create.js';
import { engineError, isGone, statusOf, wordsOf } from './engine-errors.js';
import { user } from './hardening.js';
import { freshName, labelsOf, type Maker } from './names.js';
import { runContainer } from './run-container.js';
import { safeTar } from './tar.js';

/** What keeps the folders there between commands needs next to nothing, and is over after a day where nobody ends it. */
const holderLimits = { memory_bytes: 64 * 1024 * 1024, cpus: 1, pids: 16 };
const holderCommand = ['sleep', '86400'];

/**
 * A sandbox is two folders in memory (`limits.work_bytes`, `limits.tmp_bytes`: what fills them fills nothing else), one container that
 * holds them and runs nothing of others, and one container a command. When a command ends, the kernel ends what it left behind with it;
 * when it is killed, the folders and what it wrote there are still to be had.
 */
export async function openSandbox(
  connection: Connection,
  maker: Maker,
  image: Docker.ImageInspectInfo,
  request: OpenRequest,
): Promise<Sandbox> {
  const { workdir, limits, runtime, env } = request;
  if (!posix.isAbsolute(workdir) || posix.normalize(workdir) === '/' || posix.normalize(workdir).startsWith('/tmp'))
    throw new SluiceError('usage', `The working folder ${workdir} has to be absolute, and outside of /tmp.`);
  const volumes = await makeFolders(connection, maker, workdir, limits);
  const mounts = volumes.map(({ name, path }) => ({
    Type: 'volume',
    Source: name,
    Target: path,
    VolumeOptions: { NoCopy: true },
  }));
  const base = { image, mounts: mounts as Docker.MountSettings[], runtime, workdir, user: `${user.uid}:${user.gid}` };
  const containers = new Set<Docker.Container>();
  const removals = new Set<Promise<void>>();
  let closing: Promise<void> | null = null;

  async function removeAll(): Promise<void> {
    await Promise.allSettled(removals);
    await Promise.all([...containers].map(removeContainer));
    await Promise.all(volumes.map(({ name }) => removeVolume(connection.docker, name)));
  }

  function assertOpen(): void {
    if (closing !== null) throw new SluiceError('sandbox_closed', 'The sandbox was closed.');
  }

  let holder: Docker.Container;
  try {
    // It runs nothing of others, and a kernel of its own would take more than it may have.
    const own = { runtime: null, env: {}, limits: holderLimits };
    const request = { ...base, ...own, kind: 'holder' as const, argv: holderCommand };
    holder = await createContainer(connection, maker, request);
    containers.add(holder);
    await holder.start();
  } catch (error) {
    await removeAll();
    if (/executable file not found|no such file/i.test(wordsOf(error)))
      throw engineError(error, 'The image lacks `sleep`', 'image_unfit');
    throw engineError(error, 'The sandbox does not open');
  }

  return {
    id: holder.id,
    async copyIn(tar) {
      assertOpen();
      await putTar(holder, safeTar(tar, { below: '', at: posix.normalize(workdir), ...user }), workdir);
    },
    async exec(request: ExecRequest) {
      assertOpen();
      const container = await createContainer(connection, maker, {
        ...base,
        kind: 'command',
        argv: request.argv,
        env: { ...env, ...request.env },
        limits,
      });
      containers.add(container);
      try {
        const { seconds, signal, onOutput } = request;
        const { output_bytes } = limits;
        return await runContainer(container, { seconds, signal, onOutput, output_bytes, engine: connection });
      } finally {
        // It has ended: whoever waits for the result need not wait for this.
        const removal = removeContainer(container).then(
          () => void containers.delete(container),
          () => {},
        );
        removals.add(removal);
        void removal.finally(() => removals.delete(removal));
      }
    },
    async copyOut(path, maxBytes) {
      assertOpen();
      return readFile(holder, posix.resolve(workdir, path), [posix.normalize(workdir), '/tmp'], maxBytes);
    },
    close() {
      closing ??= removeAll();
      return closing;
    },
  };
}

/**
 * Podman takes a volume's `size` for a quota of its disk, which few file systems have. The kernel takes the size in pages too; those are
 * of 4096 bytes for certain on this architecture alone, and elsewhere Podman may say no.
 */
function sizeOption({ podman, version }: Connection, bytes: number): string {
  return podman && version.Arch === 'amd64' ? `nr_blocks=${Math.ceil(bytes / 4096)}` : `size=${bytes}`;
}

/** Memory of a stated size under a name, which a container has for as long as one that uses it runs. */
async function makeFolders(connection: Connection, maker: Maker, workdir: string, limits: SandboxLimits) {
  const { docker, remapped } = connection;
  // An engine that maps users to others counts them differently where it mounts.
  const own = remapped ? 'mode=1777' : `uid=${user.uid},gid=${user.gid},mode=0755`;
  const folders = [
    { path: workdir, bytes: limits.work_bytes, access: own },
    { path: '/tmp', bytes: limits.tmp_bytes, access: 'mode=1777' },
  ];
  const made = await Promise.allSettled(
    folders.map(async ({ path, bytes, access }) => {
      const name = freshName(maker, 'volume');
      const files = Math.max(4096, Math.ceil(bytes / 4096));
      await docker.createVolume({
        Name: name,
        Driver: 'local',
        DriverOpts: {
          type: 'tmpfs',
          device: 'tmpfs',
          o: `${sizeOption(connection, bytes)},nr_inodes=${files},${access},nosuid,nodev`,
        },
        Labels: labelsOf(maker, 'volume'),
      });
      return { name, path };
    }),
  );
  const volumes = made.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failed = made.find((each) => each.status === 'rejected');
  if (failed === undefined) return volumes;
  await Promise.all(volumes.map(({ name }) => removeVolume(docker, name)));
  throw engineError(failed.reason, 'The engine makes no folder for the sandbox');
}

/** An engine takes a moment to see that the last container which used it is gone. */
export async function removeVolume(docker: Docker, name: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await docker.getVolume(name).remove();
      return;
    } catch (error) {
      if (statusOf(error) === 404) return;
      if (statusOf(error) !== 409 || attempt === 6) throw engineError(error, 'The engine does not remove a folder');
      await sleep(50 * 2 ** attempt);
    }
  }
}

/** @throws SluiceError `sandbox_archive_refused`, `sandbox_work_full` */
export async function putTar(container: Docker.Container, tar: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  let refused: unknown = null;
  const bytes = Readable.from(
    (async function* () {
      try {
        yield* tar;
      } catch (error) {
        refused = error;
        throw error;
      }
    })(),
    { objectMode: false },
  );
  try {
    await container.putArchive(bytes, { path });
  } catch (error) {
    if (refused !== null) throw refused;
    const full = /no space left on device/i.test(wordsOf(error));
    throw engineError(
      full ? new SluiceError('sandbox_work_full', 'The copy does not fit into the sandbox.') : error,
      'The copy fails',
    );
  }
}

/** The file's bytes; null where there is no regular file, or where a link is on the way to it. */
async function readFile(
  container: Docker.Container,
  path: string,
  below: readonly string[],
  maxBytes: number,
): Promise<Uint8Array | null> {
  const root = below.find((folder) => path.startsWith(`${folder}/`));
  if (root === undefined) return null;
  const parts = path.slice(root.length + 1).split('/');
  const ways = parts.slice(0, -1).map((_, index) => `${root}/${parts.slice(0, index + 1).join('/')}`);
  const kinds = await Promise.all([...ways, path].map((each) => kindOf(container, each)));
  const last = kinds.pop();
  if (last?.kind !== 'file' || kinds.some((each) => each?.kind !== 'folder')) return null;
  if (last.size > maxBytes) throw tooLarge(path, last.size, maxBytes);
  const tar = (await container.getArchive({ path })) as Readable;
  const entries = extract();
  tar.on('error', (error) => entries.destroy(error)).pipe(entries);
  const parts_: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const entry of entries) {
      if (entry.header.type !== 'file') return null;
      for await (const chunk of entry as AsyncIterable<Uint8Array>) {
        size += chunk.length;
        if (size > maxBytes) throw tooLarge(path, size, maxBytes);
        parts_.push(chunk);
      }
      return new Uint8Array(Buffer.concat(parts_));
    }
    return null;
  } catch (error) {
    throw engineError(error, 'The engine does not give the file');
  } finally {
    tar.destroy();
  }
}

function tooLarge(path: string, size: number, maxBytes: number): SluiceError {
  return new SluiceError('sandbox_file_too_large', `${path} has ${size} bytes; at most ${maxBytes} are taken.`, {
    path,
    size,
  });
}

/** Bits of Go's FileMode, which the engine sends. */
const folderBit = 2 ** 31;
const notRegular = [2 ** 31, 2 ** 27, 2 ** 26, 2 ** 25, 2 ** 24, 2 ** 21, 2 ** 19];

async function kindOf(
  container: Docker.Container,
  path: string,
): Promise<{ kind: 'file' | 'folder' | 'other'; size: number } | null> {
  try {
    const answer = (await container.infoArchive({ path })) as Readable & {
      headers: Record<string, string | undefined>;
    };
    answer.resume();
    const told = answer.headers['x-docker-container-path-stat'] ?? '';
    const { mode, size } = JSON.parse(Buffer.from(told, 'base64').toString('utf8')) as { mode: number; size: number };
    const has = (bit: number) => Math.floor(mode / bit) % 2 === 1;
    return { kind: has(folderBit) ? 'folder' : notRegular.some(has) ? 'other' : 'file', size };
  } catch (error) {
    if (statusOf(error) === 404 || isGone(error)) return null;
    throw engineError(error, 'The engine does not give the file');
  }
}
