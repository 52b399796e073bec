import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { type Engine, startEngine } from '../../support/engine.js';
import { median, percentile } from '../capture/stats.js';

/** From the address to the painted first difference. */
const mostMs = 300;
const executablePath = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find((path) => path && existsSync(path));

/**
 * `bench compare [--steps N] [--rounds N] [--json]`: two stored conversations of N messages, of which every sixtieth differs, in the
 * studio in Chromium: from the moment that the page of the two is asked for to the frame that shows the first difference, and what
 * of it the engine takes to align them. Ends with code 1 where the median takes longer than it may.
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      steps: { type: 'string', default: '500' },
      rounds: { type: 'string', default: '15' },
      json: { type: 'boolean', default: false },
    },
  });
  const steps = Number(values.steps);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const engine = await startEngine();
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
  try {
    const [a, b] = await stored(engine, folder, steps);
    const aligned: number[] = [];
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(engine.ready.ui);
    await page.getByRole('grid').first().waitFor();
    const opened: number[] = [];
    // The first time a page is opened its code is loaded, and tells nothing of what comparing takes.
    for (let round = -1; round < Number(values.rounds); round++) {
      const begun = performance.now();
      await engine.api(`/comparisons/align?a_trace=${a}&b_trace=${b}`);
      const alignedMs = performance.now() - begun;
      const openedMs = await open(page, `/compare?a=${a}&b=${b}`);
      if (round < 0) continue;
      aligned.push(alignedMs);
      opened.push(openedMs);
    }
    const of = (each: number[]) => ({ p50_ms: median(each), p95_ms: percentile([...each], 0.95) });
    const result = { steps, rounds: opened.length, opened: of(opened), aligned: of(aligned), load: loadavg() };
    if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else {
      const text = ({ p50_ms, p95_ms }: ReturnType<typeof of>) =>
        `${p50_ms.toFixed(0)} ms (p95 ${p95_ms.toFixed(0)} ms)`;
      process.stdout.write(
        `${steps} by ${steps} steps, ${opened.length} times: first difference shown after ${text(result.opened)}, at most ${mostMs}; ` +
          `aligned by the engine, over HTTP, in ${text(result.aligned)}; load ${(result.load[0] as number).toFixed(1)}\n`,
      );
    }
    if (result.opened.p50_ms > mostMs) process.exitCode = 1;
  } finally {
    await browser.close();
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The ids of two traces that say the same but for every sixtieth message. */
async function stored(engine: Engine, folder: string, steps: number): Promise<[string, string]> {
  const lines = ['northern', 'southern'].map((keeper) =>
    JSON.stringify({
      messages: Array.from({ length: steps }, (_, at) => ({
        role: at % 2 === 0 ? 'user' : 'assistant',
        content:
          at % 60 === 59
            ? `Tide ${at} as the ${keeper} keeper saw it. `.repeat(8)
            : `Tide ${at}, which both keepers saw alike. `.repeat(8),
      })),
    }),
  );
  const path = join(folder, 'chat.jsonl');
  writeFileSync(path, lines.join('\n'));
  await engine.api('/import', { body: { path } });
  await engine.until('/jobs', ({ items }) => items[0].state === 'done');
  await engine.settled();
  const { items } = await engine.api<{ items: { trace_id: string }[] }>('/traces?limit=2');
  const [a, b] = items;
  if (a === undefined || b === undefined) throw new Error('The conversations did not become two traces.');
  return [a.trace_id, b.trace_id];
}

/** Opens the page from another one and waits for the frame behind the one in which the active row is drawn, in ms of the page. */
async function open(page: Page, address: string): Promise<number> {
  await page.evaluate(`location.hash = '#/traces'`);
  await page.getByRole('grid').first().waitFor();
  return page.evaluate<number>(`new Promise((resolve, reject) => {
    const begun = performance.now();
    const late = setTimeout(() => reject(new Error('no difference is shown after 30 s')), 30000);
    const look = () => {
      const row = document.querySelector('[role="listitem"][aria-current]');
      if (row === null || !/keeper saw it/.test(row.textContent)) {
        requestAnimationFrame(look);
        return;
      }
      clearTimeout(late);
      requestAnimationFrame(() => resolve(performance.now() - begun));
    };
    location.hash = ${JSON.stringify(`#${address}`)};
    look();
  })`);
}
