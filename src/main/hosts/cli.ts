#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { SluiceError } from '../../shared/errors.js';
import { auditCommand } from './commands/audit.js';
import { augmentCommand } from './commands/augment.js';
import { benchCommand } from './commands/bench.js';
import { caCommand } from './commands/ca.js';
import { datasetCommand } from './commands/dataset.js';
import { dedupeCommand } from './commands/dedupe.js';
import { engineFlags } from './commands/engine-flags.js';
import { envCommand } from './commands/env.js';
import { eraseCommand } from './commands/erase.js';
import { expandCommand } from './commands/expand.js';
import { exportCommand } from './commands/export.js';
import { generateCommand } from './commands/generate.js';
import { importCommand } from './commands/import.js';
import { jobsCommand } from './commands/jobs.js';
import { judgeCommand } from './commands/judge.js';
import { labelsCommand } from './commands/labels.js';
import { leaksCommand } from './commands/leaks.js';
import { mapCommand } from './commands/map.js';
import { modelsCommand } from './commands/models.js';
import { normalizeCommand } from './commands/normalize.js';
import { oracleCommand } from './commands/oracle.js';
import { policyCommand } from './commands/policy.js';
import { qaCommand } from './commands/qa.js';
import { qualityCommand } from './commands/quality.js';
import { redactCommand } from './commands/redact.js';
import { rescanCommand } from './commands/rescan.js';
import { retentionCommand } from './commands/retention.js';
import { reviewCommand } from './commands/review.js';
import { runCommand } from './commands/run.js';
import { openStudio, serveCommand } from './commands/serve.js';
import { statusCommand } from './commands/status.js';
import { tokenCommand } from './commands/token.js';
import { validateCommand } from './commands/validate.js';
import { watchCommand } from './commands/watch.js';
import { flagsBefore } from './flags-before.js';
import { appVersion } from './paths.js';

/** The command line. Exit codes: 0 done, 1 failed, 2 wrong usage; `run` passes on the code of its command. */

const program = engineFlags(
  new Command('sluice')
    .description(
      'Point any agent at a local proxy, watch its calls live, get trajectories and clean training data out.',
    )
    .version(appVersion)
    .enablePositionalOptions()
    .showHelpAfterError('(sluice --help shows the commands)')
    .exitOverride(),
)
  .action(openStudio)
  .hook('preAction', flagsBefore);
for (const command of [
  serveCommand,
  runCommand,
  envCommand,
  caCommand,
  statusCommand,
  jobsCommand,
  tokenCommand,
  exportCommand,
  datasetCommand,
  leaksCommand,
  augmentCommand,
  expandCommand,
  dedupeCommand,
  qualityCommand,
  reviewCommand,
  labelsCommand,
  judgeCommand,
  qaCommand,
  oracleCommand,
  generateCommand,
  importCommand,
  watchCommand,
  mapCommand,
  normalizeCommand,
  validateCommand,
  retentionCommand,
  redactCommand,
  rescanCommand,
  eraseCommand,
  policyCommand,
  modelsCommand,
  auditCommand,
  benchCommand,
]) {
  program.addCommand(command().exitOverride().copyInheritedSettings(program));
}

// `sluice … | head`: nobody reads on. What was begun is ended all the same, what it would say is lost, and who waits for room has it.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    stream.write = (_chunk: unknown, ...more: unknown[]) => {
      const written = more.at(-1);
      if (typeof written === 'function') process.nextTick(written);
      return true;
    };
    stream.emit('drain');
  });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  // Commander has printed its own message already; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof SluiceError) {
    if (process.argv.includes('--json')) process.stderr.write(`${JSON.stringify({ error: error.toJSON() })}\n`);
    else process.stderr.write(`sluice: ${error.message}\n        ${error.next} [${error.code}]\n`);
    return error.code === 'usage' || error.code === 'query_invalid' ? 2 : 1;
  }
  process.stderr.write(`sluice: ${(error as Error)?.stack ?? String(error)}\n`);
  return 1;
}
