import { join } from 'node:path';
import { createTraceOutputs } from '../../dataset/index.js';
import { firstAndCount } from '../../ground/floods.js';
import { type EngineContext, engineActor } from '../context.js';

export type OutputsPart = ReturnType<typeof outputsPart>;

/** Id of the file that `serve --trace-output` names; those of runs have the run's. */
const ofEngine = 'engine';

/** Files that finished tool calls are appended to. Ended last of all: what capture left is stored, and written, by then. */
export function outputsPart({ options, folder, reader, reading, audit, onTick, log }: EngineContext) {
  const failures = firstAndCount<Error & { code?: string }>(
    ({ code, name }) => code ?? name,
    ({ code, name }, count) => log.warn({ name: code ?? name, count }, 'trace_output_failed'),
  );
  const outputs = createTraceOutputs({
    stateFile: join(folder.root, 'trace-outputs.json'),
    lastFinished: () => reader.lastFinished(),
    rows: (after, session) => reading.reads.finishedRows(after, session),
    onFailure: failures.note,
  });
  let unlisten = () => {};
  return {
    id: 'outputs',
    open: outputs.open,
    close: outputs.close,
    async begin(): Promise<void> {
      unlisten = onTick(({ topics }) => {
        if (topics.includes('traces')) outputs.changed();
      });
      if (options.traceOutput === undefined) return;
      await outputs.open(ofEngine, options.traceOutput, null);
      await audit.record({
        action: 'export_written',
        actor: engineActor,
        details: { layout: 'tool-calls', appended: true },
      });
    },
    async end(): Promise<void> {
      unlisten();
      await outputs.closeAll();
      failures.close();
    },
    endMs: 30_000,
  };
}
