import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import type { Prerequisite } from '../ground/sandbox.js';
import { type EngineInfo, infoOf, lacking } from './ability.js';
import { type Connection, connect } from './connect.js';
import { statusOf } from './engine-errors.js';

/** Bytes that have to be free where the engine keeps its images. */
const leastDisk = 2 * 1024 ** 3;

export interface Wanted {
  image: string | null;
  runtime: string | null;
}

const titles = {
  engine: 'Container engine',
  permission: 'Permission to use it',
  version: 'Version of its API',
  limits: 'Limits and system call filter',
  disk: 'Free disk space',
  runtime: 'Runtime',
  image: 'Image',
} as const;
type Id = keyof typeof titles;

const fine = (id: Id, detail: string): Prerequisite => ({ id, title: titles[id], ok: true, detail, next: null });
const wrong = (id: Id, detail: string, next: string): Prerequisite => ({
  id,
  title: titles[id],
  ok: false,
  detail,
  next,
});

/** What tests in containers need, in the order in which it has to be there; what stands behind a missing one is not known yet. */
export async function prerequisitesOf(env: NodeJS.ProcessEnv, wanted: Wanted): Promise<Prerequisite[]> {
  let connection: Connection;
  let info: EngineInfo;
  try {
    connection = await connect(env);
    info = await infoOf(connection);
  } catch (error) {
    if (error instanceof SluiceError) return [...before(error)];
    throw error;
  }
  const { version, address, api, podman } = connection;
  return [
    fine(
      'engine',
      `${podman ? 'Podman' : 'Docker'} ${version.Version} at ${address.name} (${info.OperatingSystem ?? version.Os})`,
    ),
    fine(
      'permission',
      (info.SecurityOptions ?? []).some((option) => option.includes('rootless')) ? 'rootless' : 'allowed',
    ),
    fine('version', `API ${api} of ${version.ApiVersion}`),
    limits(info),
    await disk(connection, info),
    runtime(info, wanted.runtime),
    await image(connection, info, wanted.image),
  ];
}

function before(error: SluiceError): Prerequisite[] {
  if (error.code === 'sandbox_forbidden')
    return [fine('engine', 'found'), wrong('permission', error.message, error.next)];
  if (error.code === 'sandbox_engine_unfit')
    return [fine('engine', 'found'), fine('permission', 'allowed'), wrong('version', error.message, error.next)];
  return [wrong('engine', error.message, error.next)];
}

function limits(info: EngineInfo): Prerequisite {
  const lacks = lacking(info);
  if (lacks.length === 0) return fine('limits', 'memory, swap, processors, processes, seccomp');
  const next = lacks.includes('Linux containers')
    ? 'Switch the engine to Linux containers.'
    : lacks.includes('seccomp')
      ? 'Start the engine with its default seccomp profile, on a kernel that has seccomp.'
      : 'Use cgroup v2 (rootless: let systemd delegate cpu, memory and pids), or boot with `cgroup_enable=memory swapaccount=1`.';
  return wrong('limits', `The engine cannot hold to limits of: ${lacks.join(', ')}.`, next);
}

async function disk({ address }: Connection, { DockerRootDir }: EngineInfo): Promise<Prerequisite> {
  const free = address.socket === null || !DockerRootDir ? null : await freeAt(DockerRootDir);
  if (free === null) return fine('disk', 'not visible from here: the engine keeps its images elsewhere');
  const detail = `${(free / 1e9).toFixed(1)} GB free at ${DockerRootDir}`;
  if (free >= leastDisk) return fine('disk', detail);
  return wrong(
    'disk',
    detail,
    'Free at least 2 GB: `docker system df` shows what takes it, `docker image prune` removes unused images.',
  );
}

/** Free bytes for users at a path, or at the nearest folder above it that may be asked; null where there is none such here. */
async function freeAt(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' && dirname(path) !== path ? freeAt(dirname(path)) : null;
  }
}

function runtime({ Runtimes, DefaultRuntime }: EngineInfo, wanted: string | null): Prerequisite {
  const names = Object.keys(Runtimes ?? {});
  if (wanted === null) return fine('runtime', `the engine's own${DefaultRuntime ? ` (${DefaultRuntime})` : ''}`);
  if (names.includes(wanted)) return fine('runtime', wanted);
  return wrong(
    'runtime',
    `The engine has ${names.join(', ') || 'none'}, not ${wanted}.`,
    `Install ${wanted} and add it to the engine's runtimes, or take the engine's own.`,
  );
}

async function image({ docker }: Connection, { Images = 0 }: EngineInfo, wanted: string | null): Promise<Prerequisite> {
  if (wanted === null)
    return Images > 0
      ? fine('image', `${Images} on the engine`)
      : wrong(
          'image',
          'The engine has no image.',
          'Pull one that fits the repository, such as `docker pull python:3.13-slim`.',
        );
  try {
    const { Id, Size } = await docker.getImage(wanted).inspect();
    return fine('image', `${wanted} (${Id.slice(0, 19)}, ${(Size / 1e6).toFixed(0)} MB)`);
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    return wrong(
      'image',
      `The engine has no image ${wanted}.`,
      `\`docker pull ${wanted}\`, or allow the network for a run.`,
    );
  }
}
