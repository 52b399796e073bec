import { resolve } from 'node:path';
import { ownUser } from '../../shared/contract/operation.js';
import { SluiceError } from '../../shared/errors.js';
import type { Status } from '../../shared/model/index.js';
import { writeCaBundle } from '../capture/launch/ca-bundle.js';
import { launchVariables } from '../capture/launch/environment.js';
import { dataFolder, defaultDataDir } from '../home/folder.js';
import { runningEngine } from '../hosts/engine-client.js';
import { engineHere } from './engine-here.js';
import type { CaptureSummary, TraceProxyOptions } from './types.js';

interface Order {
  session: string | null;
  host: string | null;
  port: number;
  trace_output: string | null;
  consent: null;
  pid: number | null;
}

/** The engine that captures: the one that holds the folder, or one in this process. */
interface Host {
  api: string;
  caPath: string;
  start(order: Order): Promise<{ run_id: string; proxy: string }>;
  end(runId: string): Promise<CaptureSummary>;
  stop(): Promise<void>;
}

interface Started {
  host: Host;
  runId: string;
  proxy: string;
}

/**
 * A proxy on a port of its own whose traffic is captured, redacted and stored as traces; each finished tool call is appended to
 * `trace_output`. A studio that runs on the data folder captures for it, else an engine in this process does.
 */
export class TraceProxy {
  readonly #options: TraceProxyOptions;
  #started: Started | null = null;

  constructor(options?: TraceProxyOptions);
  constructor(host: string, port: number, trace_output?: string);
  constructor(first: TraceProxyOptions | string = {}, port = 0, trace_output?: string) {
    this.#options =
      typeof first === 'string'
        ? { host: first, port, ...(trace_output === undefined ? {} : { trace_output }) }
        : first;
  }

  /** @throws SluiceError `port_in_use`, `trace_output_unwritable`, `usage` where it runs already */
  async start(): Promise<this> {
    if (this.#started !== null) throw new SluiceError('usage', 'The proxy runs already.');
    const { host = null, port = 0, trace_output, session = null } = this.#options;
    const engine = await hostOf(this.#options);
    try {
      const { run_id, proxy } = await engine.start({
        session,
        host,
        port,
        trace_output: trace_output === undefined ? null : resolve(trace_output),
        consent: null,
        pid: process.pid,
      });
      this.#started = { host: engine, runId: run_id, proxy };
    } catch (error) {
      await engine.stop();
      throw error;
    }
    return this;
  }

  /** Where it listens, e.g. `http://127.0.0.1:8080`: an HTTP proxy, and a gateway at `/openai/v1` and the like. */
  get url(): string {
    return this.#running().proxy;
  }

  /** API and studio of the engine that captures. */
  get api(): string {
    return this.#running().host.api;
  }

  /** Certificate of the CA that clients of HTTPS have to trust, PEM. */
  get ca(): string {
    return this.#running().host.caPath;
  }

  /** Variables for a child process whose traffic is to be captured, as `sluice run` sets them. */
  environment(): { [name: string]: string } {
    const { proxy, host } = this.#running();
    const target = { proxy, caPath: host.caPath, bundlePath: writeCaBundle(host.caPath) };
    return Object.fromEntries(launchVariables(target).map(({ name, value }) => [name, value]));
  }

  /** Closes the port and waits until all that came is stored and written. */
  async stop(): Promise<CaptureSummary> {
    const { host, runId } = this.#running();
    this.#started = null;
    try {
      return await host.end(runId);
    } finally {
      await host.stop();
    }
  }

  #running(): Started {
    if (this.#started === null) throw new SluiceError('usage', 'The proxy does not run: call start() first.');
    return this.#started;
  }
}

/** What a proxy says of its run besides. */
const nothingMore = { scenario: null, mode: null, prompt_id: null, profile: null };

async function hostOf({ data_dir, upstreams }: TraceProxyOptions): Promise<Host> {
  const folder = dataFolder(data_dir ?? process.env.SLUICE_DATA_DIR ?? defaultDataDir());
  const engine = runningEngine(folder);
  if (engine) {
    const { api, ca_path } = (await engine.call('GET', '/status')) as Status;
    return {
      api,
      caPath: ca_path,
      start: (order) => engine.call('POST', '/runs', order) as Promise<{ run_id: string; proxy: string }>,
      end: async (runId) => summaryOf((await engine.call('POST', `/runs/${runId}/end`, {})) as CaptureSummary),
      stop: async () => {},
    };
  }
  const own = await engineHere({ data_dir: folder.root, ...(upstreams === undefined ? {} : { upstreams }) });
  const { runs } = own.operations;
  return {
    api: own.ready.api,
    caPath: own.ready.ca,
    // It ends with this process, and the run with it.
    start: async (order) => runs.start.run({ ...order, ...nothingMore, pid: null }, ownUser),
    end: async (run_id) => summaryOf(await runs.end.run({ run_id, bypassed: [], exit_code: null }, ownUser)),
    stop: () => own.stop(),
  };
}

function summaryOf({ exchanges, calls, tool_calls, trace_ids, trace_output }: CaptureSummary): CaptureSummary {
  return { exchanges, calls, tool_calls, trace_ids, trace_output };
}
