import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Engine } from '../../support/engine.js';

export interface Measured {
  name: string;
  requests: number;
  answers: { [status: string]: number };
  seconds: number;
  /** The longest that a timer of the main thread came late, in milliseconds: what others took of the processor counts too. */
  delay_ms: number;
  /** The most that the main thread itself worked in one go. */
  work_ms: number;
}

type Ask = () => Promise<{ status: number | string }>;

/** Measures kinds of requests, each some times; the best of them is what counts, since other work on the machine only adds. */
export function measuring(engine: Engine, probe: string, rounds: number) {
  const measured: Measured[] = [];

  /** Waits too: what a request sets off holds others up as much as the request itself. */
  async function round(requests: Ask[], restMs: number): Promise<Omit<Measured, 'name'>> {
    await held(engine, probe);
    const began = performance.now();
    const codes: { [status: string]: number } = {};
    await Promise.all(
      requests.map(async (ask) => {
        const { status } = await ask();
        codes[status] = (codes[status] ?? 0) + 1;
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    await new Promise((resolve) => setTimeout(resolve, restMs));
    return { requests: requests.length, answers: codes, seconds, ...(await held(engine, probe)) };
  }

  return {
    measured,
    async during(name: string, requests: Ask[], restMs = 1500): Promise<void> {
      const all: Omit<Measured, 'name'>[] = [];
      for (let count = 0; count < rounds; count++) all.push(await round(requests, restMs));
      const least = (of: 'delay_ms' | 'work_ms' | 'seconds') => Math.min(...all.map((each) => each[of]));
      const [first] = all as [Omit<Measured, 'name'>];
      const found = { ...first, seconds: least('seconds'), delay_ms: least('delay_ms'), work_ms: least('work_ms') };
      measured.push({ name, ...found });
      process.stderr.write(`${name}: ${found.delay_ms.toFixed(1)} ms, work ${found.work_ms.toFixed(1)} ms\n`);
    },
  };
}

/** Since this was last asked. */
async function held(engine: Engine, probe: string): Promise<Pick<Measured, 'delay_ms' | 'work_ms'>> {
  const metrics = await (await engine.fetch('/metrics')).text();
  const delay = /^sluice_event_loop_delay_max_seconds (\S+)$/m.exec(metrics)?.[1];
  if (delay === undefined) throw new Error('The engine does not say how long its main thread holds up others.');
  return { delay_ms: Number(delay) * 1000, work_ms: Number(await text(connect(probe))) };
}
