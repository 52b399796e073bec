import { createReadStream, existsSync } from 'node:fs';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { linesOf } from '../../ground/lines.js';
import { type Generated, type GenerateReport, generate } from '../generate.js';
import type { EngineFlags } from '../options.js';
import { optionsAndEngine } from '../options-and-engine.js';
import { printable } from '../printable.js';
import { howOf, readPrompts } from '../prompts.js';
import { runHost } from '../run-host.js';
import { printed } from '../standard-output.js';
import { stopSignal } from '../stop-signal.js';
import { engineFlags, wholeIn } from './engine-flags.js';
import { dollarsIn } from './model-flags.js';

interface Flags extends EngineFlags {
  profile?: string;
  times: number;
  scenario?: string;
  batch: string;
  budget?: string;
  atOnce: number;
  maxTokens: number;
  temperature?: string;
  json?: boolean;
}

/** Prompts to traces: each is run through the proxy, by a command or by a model. */
export function generateCommand(): Command {
  return engineFlags(
    new Command('generate')
      .description('run each prompt of a list through the proxy, so that traces come of them')
      .usage('[options] <prompts.jsonl> (--profile <profile> | -- <command...> with {prompt})'),
  )
    .option('--profile <profile>', 'model profile that answers them, one request a prompt')
    .option('--times <n>', 'how often each is run', (value) => wholeIn('--times', value, 1, 1000), 1)
    .option('--scenario <name>', 'what the traces are made for')
    .option('--batch <name>', 'another name runs the same prompts anew', '')
    .option('--budget <usd>', 'what models may cost at most, in US dollars')
    .option('--at-once <n>', 'so many at the same time', (value) => wholeIn('--at-once', value, 1, 64), 1)
    .option(
      '--max-tokens <n>',
      'how long an answer of the profile may be',
      (value) => wholeIn('--max-tokens', value, 1, 1_000_000),
      4096,
    )
    .option('--temperature <n>', 'temperature of the profile’s answers, 0 to 2')
    .option('--json', 'print the report as JSON')
    .argument('<prompts>', 'JSON lines: texts, or {"id", "prompt", "system"}; - reads standard input')
    .argument('[command...]', 'the command and its arguments, {prompt} among them')
    .action(async (file: string, command: string[], flags: Flags) => {
      if (flags.scenario !== undefined && !/^[ -~\u00a0-\uffff]{1,200}$/u.test(flags.scenario))
        throw new SluiceError('usage', '--scenario needs 1 to 200 characters on one line.');
      const how = howOf(command, flags);
      const budget = dollarsIn(flags.budget);
      if (file !== '-' && !existsSync(file)) throw new SluiceError('usage', `There is no file ${file}.`);
      const prompts = await readPrompts(linesOf(file === '-' ? process.stdin : createReadStream(file)));
      const { times, scenario = null, batch, atOnce } = flags;
      const asked = stopSignal(() => {});
      const host = await runHost(await optionsAndEngine(flags), asked);
      const shown = flags.json !== true;
      try {
        const report = await generate(
          host,
          { how, prompts, times, scenario, batch, budget, atOnce },
          {
            signal: asked,
            progress(done, of, item) {
              if (shown) process.stderr.write(`${done} of ${of}  ${line(item)}\n`);
            },
          },
        );
        await printed(shown ? text(report) : `${JSON.stringify(report)}\n`);
        if (report.failed > 0 || report.stopped !== null) process.exitCode = 1;
      } finally {
        await host.stop();
      }
    });
}

function line({ prompt_id, time, state, trace_ids, exit_code, error }: Generated): string {
  const what =
    error !== null
      ? `failed: ${error.message}`
      : state === 'there'
        ? 'has its trace'
        : `${trace_ids.join(' ')}${exit_code === null || exit_code === 0 ? '' : ` (exit code ${exit_code})`}`;
  return printable(`${prompt_id}${time === 1 ? '' : ` #${time}`}: ${what}`);
}

const stops = {
  budget: 'The budget is used up; a larger --budget goes on where this stopped.\n',
  asked: 'Ended before all were run; the same command goes on.\n',
  failing: 'Five failed one behind the other, the others were not run; the same command goes on.\n',
};

function text({ prompts, ran, there, failed, traces, cost_usd, stopped }: GenerateReport): string {
  const cost = cost_usd === null ? 'nobody says what they cost' : `$${cost_usd.toFixed(4)}`;
  const counts = `${ran} run, ${there} had their traces, ${failed} failed`;
  return `${prompts} prompts: ${counts}; ${traces} traces, ${cost}\n${stopped === null ? '' : stops[stopped]}`;
}
