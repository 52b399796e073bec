import { Command } from 'commander';
import { shownCommand } from '../../../shared/command-line.js';
import { SluiceError } from '../../../shared/errors.js';
import type { Engine } from '../../engine/index.js';
import { dataFolder } from '../../home/folder.js';
import { openBrowser } from '../browser.js';
import { commandHere, runningEngine } from '../engine-client.js';
import { type EngineFlags, resolveOptions } from '../options.js';
import { stopAsked, stopSignal } from '../stop-signal.js';
import { openWindow, surfaceHere } from '../window.js';
import { engineFlags, traceOutputFlag } from './engine-flags.js';

export function serveCommand(): Command {
  return traceOutputFlag(engineFlags(new Command('serve').description('run the engine without opening the studio')))
    .option('--json', 'print one line of JSON when ready, and nothing else')
    .action(async (flags: EngineFlags & { json?: boolean }) => {
      await serve(flags, (engine) => {
        if (flags.json) process.stdout.write(`${JSON.stringify(engine.ready)}\n`);
        else announce(engine);
      });
    });
}

/** Bare `sluice`: the window where there can be one, else the engine here and the browser. */
export async function openStudio(flags: EngineFlags): Promise<void> {
  const surface = surfaceHere();
  if (surface.kind === 'window') {
    process.exitCode = await openWindow(process.argv.slice(2));
    return;
  }
  const options = resolveOptions(flags, process.env);
  const running = runningEngine(dataFolder(options.dataDir), options.token);
  if (running !== null) {
    const { holder, token } = running;
    const ui = `${holder.api}/#token=${encodeURIComponent(token)}`;
    process.stdout.write(`The studio is already running (process ${holder.pid}).\n  Studio  ${ui}\n`);
    await openBrowser({ api: holder.api, token });
    return;
  }
  await serve(flags, (engine) => {
    announce(engine);
    void openBrowser(engine.ready);
  });
}

/** Runs the engine until a signal, then ends the process. */
async function serve(flags: EngineFlags, ready: (engine: Engine) => void): Promise<never> {
  // Before anything is opened: whoever asks while it starts, or reads that it is ready, is heard.
  const asked = stopSignal();
  const { startHeadless } = await import('../headless.js');
  const starting = startHeadless(resolveOptions(flags, process.env), {
    signal: asked,
    onFatal(error) {
      process.stderr.write(
        `sluice: a thread crashed again and again (${error.name}); stopping. Nothing captured is lost.\n`,
      );
      process.exit(1);
    },
  });
  const engine = await starting.catch((error: unknown) => {
    if (asked.aborted && error instanceof SluiceError && error.code === 'shutting_down') process.exit(0);
    throw error;
  });
  ready(engine);
  await stopAsked(asked);
  await engine.stop();
  process.exit(0);
}

function announce({ ready }: Engine): void {
  process.stdout.write(
    [
      '',
      `  Studio  ${ready.ui}`,
      `  Proxy   ${ready.proxy}`,
      `  CA      ${ready.ca}`,
      `  Data    ${ready.data_dir}`,
      '',
      `  Point an agent at it:  ${shownCommand(commandHere(dataFolder(ready.data_dir)), 'run', '-- your-agent')}`,
      '  Ctrl-C stops.',
      '',
    ].join('\n'),
  );
}
