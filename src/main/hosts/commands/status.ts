import { Command } from 'commander';
import type { Status } from '../../../shared/model/index.js';
import { engineOf } from '../engine-client.js';
import { folderFlag } from './engine-flags.js';

export function statusCommand(): Command {
  return folderFlag(new Command('status').description('what the running engine does'))
    .option('--token <token>', 'API token, where the engine was started with one of its own')
    .option('--acknowledge', 'take note of what earlier runs lost: it is not shown again')
    .action(async (flags: { dataDir?: string; json?: boolean; token?: string; acknowledge?: boolean }) => {
      const engine = await engineOf(flags);
      if (flags.acknowledge) await engine.call('POST', '/losses/acknowledge');
      const status = (await engine.call('GET', '/status')) as Status;
      if (flags.json) {
        process.stdout.write(`${JSON.stringify({ ...status, ui: `${status.api}/#token=${engine.token}` })}\n`);
        return;
      }
      const { exchanges, capture } = status;
      const lines = [
        `Running as process ${status.pid} since ${Math.round(status.uptime_s)} s, version ${status.version}`,
        `Studio     ${status.api}/#token=${engine.token}`,
        `Proxy      ${status.proxy}`,
        `CA         ${status.ca_path}`,
        `Data       ${status.data_dir}`,
        `Exchanges  ${exchanges.seen} seen, ${exchanges.stored} stored, ${exchanges.pending} pending, ${exchanges.undecoded} undecoded, ${exchanges.failed} failed`,
        `Capture    ${capture.in_flight} in flight, ${capture.tunnelled} tunnelled, ${capture.bytes_in} bytes in, ${capture.bytes_out} bytes out`,
        ...status.reasons.map(({ message, next }) => `Degraded   ${message} ${next}`),
        ...earlierLines(status.earlier_losses),
        ...status.refusals.map(
          (refusal) => `Refused    ${refusal.client} for ${refusal.host} (${refusal.count}×): ${refusal.fix}`,
        ),
        ...status.policy_problems.map((problem) => `Policy     the file does not hold: ${problem}`),
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
    });
}

function earlierLines(earlier: Status['earlier_losses']): string[] {
  if (earlier === null) return [];
  const { since, last_at, journal_errors, damaged, bodies_lost, quarantined } = earlier;
  return [
    `Lost       by earlier runs since ${since}, last ${last_at}: ${journal_errors} failed writes to the journal, ${damaged} records not read back, ${bodies_lost} bodies, ${quarantined} kept sealed. \`--acknowledge\` takes note of it.`,
  ];
}
