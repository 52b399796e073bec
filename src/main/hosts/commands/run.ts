import { Command, Option } from 'commander';
import { shownCommand } from '../../../shared/command-line.js';
import { SluiceError } from '../../../shared/errors.js';
import { type Bypass, type ConsentPatch, executionModes } from '../../../shared/model/index.js';
import { writeCaBundle } from '../../capture/launch/ca-bundle.js';
import { runCommand as launch } from '../../capture/launch/run-command.js';
import type { EngineFlags } from '../options.js';
import { optionsAndEngine } from '../options-and-engine.js';
import { type RunHost, type RunSummary, runHost } from '../run-host.js';
import { stopSignal } from '../stop-signal.js';
import { readConsent } from './consent-flag.js';
import { engineFlags, traceOutputFlag } from './engine-flags.js';

interface RunFlags extends EngineFlags {
  session?: string;
  scenario?: string;
  mode?: string;
  json?: boolean;
  consent?: string;
  licence?: string;
}

export function runCommand(): Command {
  return traceOutputFlag(
    engineFlags(new Command('run').description('start a command with its traffic captured').passThroughOptions()),
  )
    .option('--session <name>', 'name of the session that the traces carry')
    .option(
      '--scenario <name>',
      'what the traces are made for; an own x-sluice-scenario header of a request goes before',
    )
    .addOption(
      new Option('--mode <mode>', 'what kind of run it is; the header is x-sluice-mode').choices([...executionModes]),
    )
    .option('--consent <json>', 'consent of its traces: a JSON file, or JSON itself')
    .option('--licence <licence>', 'licence of its traces, e.g. MIT')
    .option('--json', 'print the summary as JSON on stderr')
    .argument('<command...>', 'the command and its arguments')
    .action(async (command: string[], flags: RunFlags) => {
      if (flags.session !== undefined && (flags.session.length === 0 || flags.session.length > 200)) {
        throw new SluiceError('usage', '--session needs 1 to 200 characters.');
      }
      if (flags.scenario !== undefined && !/^[ -~\u00a0-\uffff]{1,200}$/u.test(flags.scenario)) {
        throw new SluiceError('usage', '--scenario needs 1 to 200 characters on one line.');
      }
      const consent = consentOf(flags);
      // While the command runs they are its own; what is open is given back in any case.
      const asked = stopSignal(() => {});
      const { options: allOptions, engine } = await optionsAndEngine(flags);
      const { traceOutput = null, ...options } = allOptions;
      const host = await runHost({ options, engine }, asked);
      try {
        if (asked.aborted) throw new SluiceError('shutting_down', 'The run was ended before its command began.');
        const { run_id, proxy } = await host.start({
          session: flags.session ?? null,
          scenario: flags.scenario ?? null,
          mode: flags.mode ?? null,
          prompt_id: null,
          profile: null,
          consent,
          trace_output: traceOutput,
        });
        const { code, bypassed } = await launch(command, {
          proxy,
          caPath: host.caPath,
          bundlePath: writeCaBundle(host.caPath),
        });
        const summary = await host.end(run_id, bypassed, null);
        report({ ...summary, bypassed }, { ...host, code, traceOutput }, flags.json === true);
        process.exitCode = code;
      } finally {
        await host.stop();
      }
    });
}

/** What the flags say of the right to use the traces; null where they say nothing. */
function consentOf({ consent, licence }: RunFlags): ConsentPatch | null {
  return consent === undefined && licence === undefined
    ? null
    : { ...readConsent(consent), ...(licence === undefined ? {} : { licence }) };
}

/** On stderr: stdout belongs to the command. */
function report(
  summary: RunSummary & { bypassed: Bypass[] },
  { code, ui, commands, traceOutput }: Pick<RunHost, 'ui' | 'commands'> & { code: number; traceOutput: string | null },
  json: boolean,
): void {
  if (json) {
    process.stderr.write(`${JSON.stringify({ ...summary, exit_code: code })}\n`);
    return;
  }
  const { exchanges, calls, tool_calls, trace_ids, validation, bypassed } = summary;
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  const lines = [
    `sluice: ${count(exchanges, 'exchange')}, ${count(calls, 'model call')}, ${count(tool_calls, 'tool call')}, ${count(trace_ids.length, 'trace')}`,
  ];
  for (const id of trace_ids.slice(0, 20)) lines.push(`  trace ${id}`);
  if (trace_ids.length > 20) lines.push(`  and ${trace_ids.length - 20} more`);
  if (traceOutput !== null && summary.trace_output !== null) {
    const { rows, complete } = summary.trace_output;
    lines.push(
      `  ${count(rows, 'tool call')} in ${traceOutput}${complete ? '' : ', and some that could not be written'}`,
    );
  }
  for (const { command, address, port } of bypassed.slice(0, 10)) {
    lines.push(`  past the proxy: ${command} to ${address}:${port}`);
  }
  if (bypassed.length > 10) lines.push(`  and ${bypassed.length - 10} more past the proxy`);
  if (validation.invalid > 0) {
    const codes = Object.entries(validation.errors_by_code).map(([code, times]) => `${code} ${times}`);
    lines.push(`  ${count(validation.invalid, 'trace')} not in order: ${codes.join(', ')}`);
  }
  if (exchanges === 0)
    lines.push(
      `  Nothing came through: the command may ignore proxy variables. \`${shownCommand(commands, 'status')}\` and the Connect page of the studio say more.`,
    );
  else if (ui !== null)
    lines.push(`  studio ${ui} (\`${shownCommand(commands, 'status')}\` prints the link that opens it)`);
  else lines.push(`  open them with \`${shownCommand(commands, '')}\``);
  process.stderr.write(`${lines.join('\n')}\n`);
}
