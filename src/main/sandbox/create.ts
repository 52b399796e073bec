import type Docker from 'dockerode';
import { SluiceError } from '../../shared/errors.js';
import type { Connection } from './connect.js';
import { engineError, isGone, statusOf, wordsOf } from './engine-errors.js';
import { environmentOf } from './environment.js';
import { assertClosed, type Closed, hostConfig, hostname } from './hardening.js';
import { freshName, type Kind, labelsOf, type Maker } from './names.js';

export interface ContainerRequest extends Omit<Closed, 'ipv6'> {
  kind: Kind;
  image: Docker.ImageInspectInfo;
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  workdir: string;
  user: string;
  /** What differs from a closed container: only the preparation of an image has any. */
  opened?: Pick<Docker.HostConfig, 'NetworkMode' | 'ReadonlyRootfs' | 'CapAdd' | 'Ulimits'>;
}

/**
 * Creates a container that is closed as asked and proves that the engine made it so; it is not started.
 * @throws SluiceError `sandbox_limits_missing`, `image_missing`, `sandbox_engine_failed`; nothing is left behind then
 */
export async function createContainer(
  { docker, ipv6 }: Connection,
  maker: Maker,
  request: ContainerRequest,
): Promise<Docker.Container> {
  const [first, ...others] = request.argv;
  if (first === undefined) throw new SluiceError('usage', 'There is no command to run.');
  const asked = { ...hostConfig({ ...request, ipv6 }), ...request.opened };
  // Folders that the image declares as volumes would each be one on the host's disk, of no size.
  const declared = Object.keys(request.image.Config.Volumes ?? {})
    .filter((path) => !asked.Mounts?.some(({ Target }) => Target === path))
    .map((Target) => ({ Type: 'tmpfs', Target, TmpfsOptions: { SizeBytes: 64 * 1024 * 1024, Mode: 0o1777 } }));
  asked.Mounts = [...(asked.Mounts ?? []), ...(declared as Docker.MountSettings[])];
  // The image's own would run commands beside the one that was asked for.
  const { Healthcheck: healthcheck } = request.image.Config as { Healthcheck?: unknown };
  let container: Docker.Container;
  try {
    container = await docker.createContainer({
      name: freshName(maker, request.kind),
      Image: request.image.Id,
      // An entrypoint that is given leaves nothing of the image's own entrypoint and command.
      Entrypoint: [first, ...others],
      Env: environmentOf(request.image.Config.Env ?? [], request.env),
      WorkingDir: request.workdir,
      User: request.user,
      Hostname: hostname,
      Labels: labelsOf(maker, request.kind),
      ...(healthcheck ? { Healthcheck: { Test: ['NONE'] } } : {}),
      AttachStdin: false,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      HostConfig: asked,
    });
  } catch (error) {
    if (statusOf(error) === 404) throw engineError(error, 'The engine has no such image', 'image_missing');
    if (/cgroup|swap|cpu|pids|memory limit/i.test(wordsOf(error)))
      throw engineError(error, 'The engine does not take the limits', 'sandbox_limits_missing');
    throw engineError(error, 'The engine makes no container');
  }
  try {
    const { warnings = [] } = container as Docker.Container & { warnings?: string[] };
    assertClosed(asked, await container.inspect(), warnings);
    return container;
  } catch (error) {
    await removeContainer(container);
    throw engineError(error, 'The engine does not say what it made');
  }
}

/** Ends and removes it with the volumes that are its alone; one that is gone already is no failure. */
export async function removeContainer(container: Docker.Container): Promise<void> {
  await container.remove({ force: true, v: true }).catch((error) => {
    if (!isGone(error)) throw engineError(error, 'The engine does not remove a container');
  });
}
