import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { SluiceError } from '../../shared/errors.js';

/** Versions of the engine's API that this speaks: what it asks for stands in the first, and nothing of it left up to the last. */
export const oldestApi = '1.41';
export const newestApi = '1.52';

/** Milliseconds until an engine that does not answer a simple question counts as away. */
export const patience = 10_000;

/** Functions of the client take options that its types leave out. */
export type Asked<T> = (options: { abortSignal: AbortSignal }) => Promise<T>;

export interface Address {
  /** As a person would write it: `unix:///var/run/docker.sock`, `tcp://…`. */
  name: string;
  options: Docker.DockerOptions;
  /** The socket's file, for what can be said of it; null where it is none. */
  socket: string | null;
}

export interface Connection {
  docker: Docker;
  address: Address;
  /** API that is spoken from here on. */
  api: string;
  version: Docker.DockerVersion;
  podman: boolean;
  /** Whether its kernel has IPv6, and containers so have ::1; found out when the first is started. */
  ipv6: boolean;
  /** Whether users of containers are others outside (`userns-remap`); known with the first look at what the engine can. */
  remapped: boolean;
}

/** Where an engine may listen, best first: DOCKER_HOST alone where it is set. @throws SluiceError `sandbox_unavailable` */
export function addresses(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): Address[] {
  if (env.DOCKER_HOST) return [addressOf(env.DOCKER_HOST, env)];
  if (platform === 'win32')
    return ['docker_engine', 'dockerDesktopLinuxEngine'].map((pipe) => local(`//./pipe/${pipe}`));
  const home = env.HOME ?? homedir();
  const runtime = env.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.() ?? 0}`;
  return [
    '/var/run/docker.sock',
    join(home, '.docker', 'run', 'docker.sock'),
    join(home, '.docker', 'desktop', 'docker.sock'),
    join(runtime, 'docker.sock'),
    join(home, '.orbstack', 'run', 'docker.sock'),
    join(home, '.colima', 'default', 'docker.sock'),
    join(runtime, 'podman', 'podman.sock'),
    '/run/podman/podman.sock',
  ].map(local);
}

function local(path: string): Address {
  return { name: `${path.startsWith('//') ? 'npipe' : 'unix'}://${path}`, options: { socketPath: path }, socket: path };
}

function addressOf(host: string, env: NodeJS.ProcessEnv): Address {
  const path = /^(?:unix|npipe):\/\/(.+)$/.exec(host)?.[1];
  if (path !== undefined) return local(path);
  const url = URL.canParse(host) ? new URL(host) : null;
  if (url === null || !['tcp:', 'http:', 'https:'].includes(url.protocol) || url.hostname === '')
    throw new SluiceError(
      'sandbox_unavailable',
      `DOCKER_HOST is ${host}: it can be unix://, npipe://, tcp:// or https://.`,
    );
  const tls = url.protocol === 'https:' || Boolean(env.DOCKER_TLS_VERIFY) || url.port === '2376';
  const folder = env.DOCKER_CERT_PATH ?? join(env.HOME ?? homedir(), '.docker');
  const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name)) : undefined);
  return {
    name: host,
    options: {
      protocol: tls ? 'https' : 'http',
      host: url.hostname,
      port: url.port || (tls ? 2376 : 2375),
      ...(tls ? { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') } : {}),
    },
    socket: null,
  };
}

/** The first engine that answers. @throws SluiceError `sandbox_unavailable`, `sandbox_forbidden`, `sandbox_engine_unfit` */
export async function connect(env: NodeJS.ProcessEnv): Promise<Connection> {
  const tried: { address: string; why: string; code: string | undefined }[] = [];
  for (const address of addresses(env)) {
    if (!env.DOCKER_HOST && address.name.startsWith('unix:') && !existsSync(address.socket as string)) continue;
    try {
      return await speak(address);
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      const { message, code } = error as NodeJS.ErrnoException;
      tried.push({ address: address.name, why: message, code });
    }
  }
  const forbidden = tried.find(({ code }) => code === 'EACCES' || code === 'EPERM');
  if (forbidden)
    throw new SluiceError('sandbox_forbidden', `This user may not speak to the engine at ${forbidden.address}.`, {
      tried,
    });
  const said = tried.map(({ address, why }) => `${address}: ${why}`).join('; ');
  throw new SluiceError(
    'sandbox_unavailable',
    said === '' ? 'No container engine was found.' : `No engine answers (${said}).`,
    {
      tried,
    },
  );
}

async function speak(address: Address): Promise<Connection> {
  // Half a second of loading, which a start does without.
  const { default: Client } = await import('dockerode');
  const unversioned = new Client(address.options);
  const ask = unversioned.version as unknown as Asked<Docker.DockerVersion>;
  const version = await ask.call(unversioned, { abortSignal: AbortSignal.timeout(patience) });
  const api = negotiated(version);
  const podman = (version.Components ?? []).some(({ Name }) => /podman/i.test(Name));
  return {
    docker: new Client({ ...address.options, version: `v${api}` }),
    address,
    api,
    version,
    podman,
    ipv6: true,
    remapped: false,
  };
}

/** The newest API that both sides know. @throws SluiceError `sandbox_engine_unfit` */
export function negotiated(version: Pick<Docker.DockerVersion, 'ApiVersion' | 'MinAPIVersion' | 'Version'>): string {
  const { ApiVersion: theirs = '0', MinAPIVersion: least = '0' } = version;
  if (compare(theirs, oldestApi) < 0)
    throw new SluiceError(
      'sandbox_engine_unfit',
      `The engine ${version.Version} speaks API ${theirs}; it has to be ${oldestApi} or newer.`,
    );
  if (compare(least, newestApi) > 0)
    throw new SluiceError(
      'sandbox_engine_unfit',
      `The engine ${version.Version} wants API ${least} or newer; this speaks up to ${newestApi}.`,
    );
  return compare(theirs, newestApi) < 0 ? theirs : newestApi;
}

function compare(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}
