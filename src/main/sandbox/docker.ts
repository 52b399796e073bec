import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { SluiceError } from '../../shared/errors.js';
import type { OpenRequest, SandboxMaker } from '../ground/sandbox.js';
import { assertAble } from './ability.js';
import { commandByHand } from './by-hand.js';
import { type Connection, connect } from './connect.js';
import { prerequisitesOf } from './doctor.js';
import { engineError, statusOf } from './engine-errors.js';
import type { Maker } from './names.js';
import { createPreparer } from './prepare.js';
import { reapOn } from './reap.js';
import { openSandbox } from './sandbox.js';

export interface DockerOptions {
  /** Id of the data folder: lowercase letters and digits. What is made carries it, and `reap` removes what carries it. */
  owner: string;
  /** Where DOCKER_HOST, HOME and the like are read from. */
  env: NodeJS.ProcessEnv;
}

/** Sandboxes of Docker Engine, Docker Desktop or Podman, rootless ones too. The engine is looked for when it is first needed. */
export function dockerSandboxes({ owner, env }: DockerOptions): SandboxMaker {
  if (!/^[a-z0-9]{8,64}$/.test(owner)) throw new Error(`not an id of a data folder: ${owner}`);
  const maker: Maker = { owner, run: randomBytes(8).toString('hex') };
  const prepare = createPreparer(maker);
  let known: Promise<Connection> | null = null;
  /** Of the engine that was found last. */
  let podman = false;

  /** The engine that was found, looked for again after it was not there. */
  function engine(): Promise<Connection> {
    known ??= connect(env).catch((error) => {
      known = null;
      throw error;
    });
    return known;
  }

  /** Forgets the engine when it no longer answers: it may come back as another one. */
  async function on<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await engine();
    podman = connection.podman;
    try {
      return await work(connection);
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'sandbox_unavailable') known = null;
      throw error;
    }
  }

  return {
    id: 'docker',
    prerequisites: (wanted) => prerequisitesOf(env, wanted ?? { image: null, runtime: null }),
    prepare: (request, tell, signal) => on((connection) => prepare(connection, request, tell, signal)),
    open: (request: OpenRequest) =>
      on(async (connection) => {
        const [image] = await Promise.all([
          imageOf(connection.docker, request.image),
          assertAble(connection, request.runtime),
        ]);
        try {
          return await openSandbox(connection, maker, image, request);
        } catch (error) {
          if (!connection.ipv6 || !/disable_ipv6/.test((error as Error).message)) throw error;
          connection.ipv6 = false;
          return openSandbox(connection, maker, image, request);
        }
      }),
    byHand: (request, argv) => commandByHand(request, argv, podman),
    reap: (everything = false) => on((connection) => reapOn(connection, maker, everything)),
  };
}

async function imageOf(docker: Docker, name: string): Promise<Docker.ImageInspectInfo> {
  try {
    return await docker.getImage(name).inspect();
  } catch (error) {
    if (statusOf(error) === 404)
      throw new SluiceError('image_missing', `The engine has no image ${name}.`, { image: name });
    throw engineError(error, `The engine does not say what the image ${name} is`);
  }
}
