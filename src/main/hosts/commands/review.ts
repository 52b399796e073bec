import { Command } from 'commander';
import type { Queue, QueueProgress } from '../../../shared/model/index.js';
import { openBrowser } from '../browser.js';
import { engineOf } from '../engine-client.js';
import { folderFlag } from './engine-flags.js';

type Shown = Queue & { progress: QueueProgress };

/** How far review queues are, and the studio where they are worked through. */
export function reviewCommand(): Command {
  return folderFlag(new Command('review').description('review queues: how far they are, and the studio at one of them'))
    .option('--queue <name>', 'one of them')
    .option('--token <token>', 'API token, where the engine was started with one of its own')
    .action(async (flags: { dataDir?: string; json?: boolean; token?: string; queue?: string }) => {
      const engine = await engineOf(flags);
      const { queue } = flags;
      const shown =
        queue === undefined
          ? ((await engine.call('GET', '/queues')) as { items: Shown[] }).items
          : [(await engine.call('GET', `/queues/${encodeURIComponent(queue)}`)) as Shown];
      if (flags.json) {
        process.stdout.write(`${JSON.stringify(queue === undefined ? shown : shown[0])}\n`);
        return;
      }
      const page = queue === undefined ? '/review' : `/review/${encodeURIComponent(queue)}`;
      const { api } = engine.holder;
      const lines = shown.length === 0 ? ['no queues'] : shown.map(lineOf);
      process.stdout.write(`${lines.join('\n')}\n${api}/#token=${engine.token}&to=${encodeURIComponent(page)}\n`);
      await openBrowser({ api, token: engine.token }, page);
    });
}

function lineOf({ name, order, progress }: Shown): string {
  const { done, goal, matching, median_ms, disputed, reviewers } = progress;
  const of = goal ?? matching;
  const parts = [
    `${done}${of === null ? '' : ` of ${of}`} done`,
    ...(median_ms === null ? [] : [`${Math.round(median_ms / 1000)} s each`]),
    ...(disputed === 0 ? [] : [`${disputed} disputed`]),
    ...reviewers.map(({ reviewer, done: own }) => `${reviewer} ${own}`),
  ];
  return `${name} (${order}): ${parts.join(', ')}`;
}
