import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { SluiceError } from '../../shared/errors.js';
import type { PreparedImage, PrepareRequest } from '../ground/sandbox.js';
import { assertAble } from './ability.js';
import type { Connection } from './connect.js';
import { createContainer, removeContainer } from './create.js';
import { engineError, statusOf } from './engine-errors.js';
import { preparingCapabilities, ulimits } from './hardening.js';
import { labels, type Maker, preparedRepository } from './names.js';
import { removeImage } from './reap.js';
import { runContainer } from './run-container.js';
import { putTar } from './sandbox.js';
import { safeTar } from './tar.js';

/** Prepared images of a data folder that are kept; the oldest go. */
const keptImages = 20;
/** Milliseconds between two looks at how much a preparation has written. */
const lookEvery = 1000;

type Tell = (line: string) => void;

/** Images with what tests need, each made once for a base and a key, also where several ask at the same time. */
export function createPreparer(maker: Maker) {
  const underWay = new Map<string, Promise<unknown>>();

  return async (
    connection: Connection,
    request: PrepareRequest,
    tell: Tell,
    signal: AbortSignal,
  ): Promise<PreparedImage> => {
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    const base = await baseImage(connection, request, tell, signal);
    if (request.commands.length === 0)
      return { image: request.base, image_id: base.Id, cached: true, seconds: seconds() };
    const key = createHash('sha256')
      .update(JSON.stringify([base.Id, request.workdir, request.key]))
      .digest('hex');
    const image = `${preparedRepository(maker)}:${key.slice(0, 40)}`;
    // Whoever comes second finds it made, or makes it where the first did not.
    while (underWay.has(image)) await underWay.get(image)?.catch(() => {});
    signal.throwIfAborted();
    const making = findOrMake(connection, maker, base, image, request, tell, signal);
    underWay.set(image, making);
    try {
      return { image, ...(await making), seconds: seconds() };
    } finally {
      underWay.delete(image);
    }
  };
}

async function find(docker: Docker, image: string): Promise<Docker.ImageInspectInfo | null> {
  try {
    return await docker.getImage(image).inspect();
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw engineError(error, `The engine does not say what the image ${image} is`);
  }
}

/** @throws SluiceError `image_missing` where the engine has none and may not fetch it, or cannot */
async function baseImage(
  { docker }: Connection,
  { base, network }: PrepareRequest,
  tell: Tell,
  signal: AbortSignal,
): Promise<Docker.ImageInspectInfo> {
  const there = await find(docker, base);
  if (there !== null) return there;
  if (!network) throw new SluiceError('image_missing', `The engine has no image ${base}.`, { image: base });
  tell(`Fetching the image ${base}`);
  try {
    const progress = await docker.pull(base, { abortSignal: signal });
    await new Promise<void>((resolve, reject) =>
      docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve())),
    );
  } catch (error) {
    signal.throwIfAborted();
    throw engineError(error, `The image ${base} cannot be fetched`, 'image_missing');
  }
  const pulled = await find(docker, base);
  if (pulled === null) throw new SluiceError('image_missing', `The engine has no image ${base}.`, { image: base });
  return pulled;
}

async function findOrMake(
  connection: Connection,
  maker: Maker,
  base: Docker.ImageInspectInfo,
  image: string,
  request: PrepareRequest,
  tell: Tell,
  signal: AbortSignal,
): Promise<{ image_id: string; cached: boolean }> {
  const known = await find(connection.docker, image);
  if (known !== null) return { image_id: known.Id, cached: true };
  return { image_id: await make(connection, maker, base, image, request, tell, signal), cached: false };
}

/** Runs the commands one after the other, each on what the one before left, and names the last image; its id. */
async function make(
  connection: Connection,
  maker: Maker,
  base: Docker.ImageInspectInfo,
  image: string,
  request: PrepareRequest,
  tell: Tell,
  signal: AbortSignal,
): Promise<string> {
  const { docker } = connection;
  await assertAble(connection, null);
  const made: string[] = [];
  let from = base;
  try {
    for (const [index, argv] of request.commands.entries()) {
      tell(`$ ${argv.join(' ')}`);
      const container = await preparing(connection, maker, from, argv, request);
      try {
        if (index === 0) await putTar(container, filesFor(request), '/');
        await carryOut(connection, container, argv, request, tell, signal);
        const last = index === request.commands.length - 1;
        const [repo, tag] = image.split(':');
        const { Id } = (await container
          .commit(last ? { repo, tag, pause: false } : { pause: false })
          .catch((error) => Promise.reject(engineError(error, 'The engine does not keep what was prepared')))) as {
          Id: string;
        };
        made.push(Id);
        from = await docker.getImage(Id).inspect();
      } finally {
        await removeContainer(container);
      }
    }
    // Engines of one kind keep what an image was made of for as long as it, those of the other kind need it no more.
    for (const id of made.slice(0, -1).reverse()) await removeImage(docker, id, false);
    await dropOldest(docker, maker);
    return from.Id;
  } catch (error) {
    for (const id of made.reverse()) await removeImage(docker, id);
    throw error;
  }
}

/** The files below the working folder, as root of the container has them. */
function filesFor({ files, workdir }: PrepareRequest): AsyncGenerator<Uint8Array> {
  return safeTar(files(), { below: `${workdir.replace(/^\/+|\/+$/g, '')}/`, at: '/', uid: 0, gid: 0 });
}

/**
 * A container that may write to its own root and be root in it, since installing takes both; of the rest it is closed as tests are,
 * and has the network only where the request has it.
 */
function preparing(
  connection: Connection,
  maker: Maker,
  image: Docker.ImageInspectInfo,
  argv: readonly string[],
  { env, workdir, limits, network }: PrepareRequest,
): Promise<Docker.Container> {
  return createContainer(connection, maker, {
    kind: 'prepare',
    image,
    argv,
    env,
    workdir,
    user: '0:0',
    limits,
    runtime: null,
    mounts: [
      { Type: 'tmpfs', Target: '/tmp', Source: '', TmpfsOptions: { SizeBytes: limits.tmp_bytes, Mode: 0o1777 } },
    ],
    opened: {
      NetworkMode: network ? 'bridge' : 'none',
      ReadonlyRootfs: false,
      CapAdd: preparingCapabilities,
      Ulimits: [...ulimits, { Name: 'fsize', Soft: limits.work_bytes, Hard: limits.work_bytes }],
    },
  });
}

/** @throws SluiceError `prepare_failed` with the end of its output; `sandbox_work_full` where it writes more than it may */
async function carryOut(
  engine: Connection,
  container: Docker.Container,
  argv: readonly string[],
  { limits }: PrepareRequest,
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  const full = new AbortController();
  const over = new AbortController();
  const watching = watchSize(container, limits.work_bytes, full, over.signal);
  const lines = lineByLine(tell);
  const result = await runContainer(container, {
    seconds: limits.seconds,
    signal: AbortSignal.any([signal, full.signal]),
    output_bytes: limits.output_bytes,
    engine,
    onOutput: lines.add,
  });
  over.abort();
  await watching;
  lines.end();
  signal.throwIfAborted();
  if (full.signal.aborted)
    throw new SluiceError('sandbox_work_full', `\`${argv.join(' ')}\` wrote more than ${limits.work_bytes} bytes.`);
  if (result.exit_code === 0) return;
  const output = Buffer.from(result.output.tail.length > 0 ? result.output.tail : result.output.head).toString('utf8');
  const how = {
    timeout: `took longer than ${limits.seconds} s`,
    memory: 'ran out of memory',
    engine: 'was lost with the engine',
  };
  const said =
    result.ended_by in how ? how[result.ended_by as keyof typeof how] : `ended with exit code ${result.exit_code}`;
  throw new SluiceError('prepare_failed', `\`${argv.join(' ')}\` ${said}.`, {
    argv,
    exit_code: result.exit_code,
    ended_by: result.ended_by,
    output: output.slice(-4000),
  });
}

/** A layer has no size of its own on most engines: what it writes is looked at, and ended when it is too much. */
async function watchSize(
  container: Docker.Container,
  most: number,
  full: AbortController,
  over: AbortSignal,
): Promise<void> {
  while (!over.aborted) {
    await sleep(lookEvery, undefined, { signal: over }).catch(() => {});
    if (over.aborted) return;
    const inspected = (
      container.inspect as unknown as (options: { size: boolean }) => Promise<{ SizeRw?: number }>
    ).call(container, { size: true });
    const { SizeRw = 0 } = await inspected.catch(() => ({ SizeRw: 0 }));
    if (SizeRw > most) return full.abort();
  }
}

function lineByLine(tell: Tell) {
  const decoder = new TextDecoder();
  let rest = '';
  return {
    add(bytes: Uint8Array): void {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n|\r/);
      // A line without an end is told in pieces.
      rest = (lines.pop() as string).slice(-8192);
      for (const line of lines) tell(line);
    },
    end(): void {
      if (rest !== '') tell(rest);
    },
  };
}

async function dropOldest(docker: Docker, maker: Maker): Promise<void> {
  const filters = { reference: [preparedRepository(maker)], label: [`${labels.owner}=${maker.owner}`] };
  const images = await docker.listImages({ filters });
  for (const { Id } of images.sort((a, b) => b.Created - a.Created).slice(keptImages)) await removeImage(docker, Id);
}
