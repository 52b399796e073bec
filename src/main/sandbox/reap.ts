import type { Connection } from './connect.js';
import { removeContainer } from './create.js';
import { engineError, statusOf } from './engine-errors.js';
import { labels, type Maker, preparedRepository } from './names.js';
import { removeVolume } from './sandbox.js';

/**
 * Removes what other runs of this data folder left on the engine: containers, then volumes, then images that were never finished.
 * `everything`: also what this run has, and the prepared images.
 */
export async function reapOn(
  { docker }: Connection,
  maker: Maker,
  everything: boolean,
): Promise<{ containers: number; volumes: number; images: number }> {
  const filters = { label: [`${labels.owner}=${maker.owner}`] };
  const left = (found: Record<string, string> | null | undefined) => everything || found?.[labels.run] !== maker.run;
  try {
    const containers = (await docker.listContainers({ all: true, filters })).filter(({ Labels }) => left(Labels));
    await Promise.all(containers.map(({ Id }) => removeContainer(docker.getContainer(Id))));
    const volumes = ((await docker.listVolumes({ filters })).Volumes ?? []).filter(({ Labels }) => left(Labels));
    await Promise.all(volumes.map(({ Name }) => removeVolume(docker, Name)));
    const images = (await docker.listImages({ filters })).filter(
      ({ Labels, RepoTags }) => left(Labels) && (everything || !isPrepared(maker, RepoTags)),
    );
    let removed = 0;
    for (const { Id } of images) removed += (await removeImage(docker, Id)) ? 1 : 0;
    return { containers: containers.length, volumes: volumes.length, images: removed };
  } catch (error) {
    throw engineError(error, 'What earlier runs left is not removed');
  }
}

function isPrepared(maker: Maker, tags: readonly string[] | null | undefined): boolean {
  return (tags ?? []).some((tag) => tag.includes(`${preparedRepository(maker)}:`));
}

/** False where another image is made of it or a container uses it: it goes with these. `force`: also with a name. */
export async function removeImage(docker: Connection['docker'], id: string, force = true): Promise<boolean> {
  try {
    await docker.getImage(id).remove({ force });
    return true;
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 409) return false;
    throw error;
  }
}
