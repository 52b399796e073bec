import { SluiceError } from '../../../shared/errors.js';
import type { ModelProfile } from '../../../shared/model/index.js';
import type { RunningEngine } from '../engine-client.js';

/** Where there is one profile that was agreed to, it is meant. */
export async function onlyProfile(engine: Pick<RunningEngine, 'call'>): Promise<string> {
  const { items } = (await engine.call('GET', '/models')) as { items: ModelProfile[] };
  const agreed = items.filter((profile) => profile.agreed !== null);
  const [only] = agreed;
  if (only !== undefined && agreed.length === 1) return only.name;
  throw new SluiceError(
    'usage',
    agreed.length === 0
      ? 'No model is set and agreed to, and nothing is sent before: `sluice models add` makes a profile.'
      : `Name one with --profile: ${agreed.map(({ name }) => name).join(', ')}.`,
  );
}

/** What `--budget` allows, null where nothing limits it. @throws SluiceError `usage` */
export function dollarsIn(value: string | undefined): number | null {
  if (value === undefined) return null;
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number) && number >= 0) return number;
  throw new SluiceError('usage', `--budget is an amount in US dollars, not "${value}".`);
}

/** What a job may come to, before it is ordered. */
export function forecastLine({ traces, calls, most_usd }: { traces: number; calls: number; most_usd: number | null }) {
  const cost = most_usd === null ? 'nobody says what they cost' : `at most $${most_usd.toFixed(4)}`;
  return `${traces} traces, up to ${calls} calls, ${cost}`;
}

/** Says that a job ended before its time, and how it goes on. */
export function tellStopped({ stopped }: { stopped: 'budget' | null }): void {
  if (stopped === null) return;
  process.stderr.write('sluice: the budget is used up; a larger --budget goes on where this stopped.\n');
  process.exitCode = 1;
}

/** What a job cost, with what may have been paid for answers that never came. */
export function spentWords({ cost_usd, unheard_usd }: { cost_usd: number | null; unheard_usd: number }): string {
  const cost = cost_usd === null ? 'nobody says what it cost' : `$${cost_usd.toFixed(4)}`;
  return unheard_usd === 0 ? cost : `${cost} and up to $${unheard_usd.toFixed(4)} for answers that never came`;
}
