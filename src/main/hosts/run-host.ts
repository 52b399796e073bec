import type { CommandLine } from '../../shared/command-line.js';
import { ownUser } from '../../shared/contract/operation.js';
import type { Bypass, ConsentPatch, Status, ValidationSummary } from '../../shared/model/index.js';
import { dataFolder } from '../home/folder.js';
import { commandHere, engineAt, type RunningEngine } from './engine-client.js';
import type { OptionsAndEngine } from './options-and-engine.js';
import { ownEngine } from './own-engine.js';

export interface RunSummary {
  exchanges: number;
  calls: number;
  tool_calls: number;
  trace_ids: string[];
  validation: ValidationSummary;
  trace_output: { rows: number; complete: boolean } | null;
}

interface RunOrder {
  session: string | null;
  scenario: string | null;
  mode: string | null;
  prompt_id: string | null;
  profile: string | null;
  consent: ConsentPatch | null;
  trace_output: string | null;
}

interface Asked {
  prompt: string;
  system: string | null;
  max_tokens: number;
  temperature: number | null;
  account: string;
  budget_usd: number | null;
}

/** An engine that takes a run: the one that holds the folder, or one started for it. */
export interface RunHost {
  caPath: string;
  /** How the studio is reached after the run; null where the engine ends with it. */
  ui: string | null;
  /** How its commands are called. */
  commands: CommandLine;
  start(order: RunOrder): Promise<{ run_id: string; proxy: string }>;
  /** Asks the model of the run's profile. */
  ask(runId: string, asked: Asked): Promise<{ text: string; model: string; cost_usd: number | null }>;
  end(runId: string, bypassed: Bypass[], exitCode: number | null): Promise<RunSummary>;
  /** Asks the REST API. */
  call: RunningEngine['call'];
  stop(): Promise<void>;
}

export async function runHost({ options, engine }: OptionsAndEngine, signal: AbortSignal): Promise<RunHost> {
  const folder = dataFolder(options.dataDir);
  if (engine) {
    const status = (await engine.call('GET', '/status')) as Status;
    return {
      caPath: status.ca_path,
      // Without the token: what a command prints ends up in logs and pastes.
      ui: status.api,
      commands: status.command,
      start: (order) => engine.call('POST', '/runs', { ...order, pid: process.pid }) as ReturnType<RunHost['start']>,
      ask: (runId, asked) => engine.call('POST', `/runs/${runId}/ask`, asked) as ReturnType<RunHost['ask']>,
      end: (runId, bypassed, exit_code) =>
        engine.call('POST', `/runs/${runId}/end`, { bypassed, exit_code }) as Promise<RunSummary>,
      call: engine.call,
      stop: async () => {},
    };
  }
  const own = await ownEngine(options, signal);
  const { runs } = own.operations;
  return {
    caPath: own.ready.ca,
    ui: null,
    commands: commandHere(folder),
    start: (order) => runs.start.run({ ...order, pid: null, host: null, port: 0 }, ownUser),
    ask: (run_id, asked) => runs.ask.run({ run_id, ...asked }, ownUser),
    end: (run_id, bypassed, exit_code) => runs.end.run({ run_id, bypassed, exit_code }, ownUser),
    call: engineAt(folder, own.ready.token).call,
    stop: () => own.stop(),
  };
}
