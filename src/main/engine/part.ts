import type { Services } from '../api/services.js';
import type { JobRunner } from '../jobs/index.js';

/**
 * One domain's share of the engine. Parts are made and begun in the order of the root's list and ended in the reverse
 * order; `end` is called for every part that was made, whether it was begun or not.
 */
export interface EnginePart {
  id: string;
  /** What the API gets of it. */
  services?: Partial<Services>;
  /** What runs its kinds of jobs. */
  jobs?: { [kind: string]: JobRunner };
  /** Once all parts are made. What it throws ends the start. */
  begin?(): unknown;
  end?(): unknown;
  /** The longest that `end` is waited for, in milliseconds; 5,000 where it is not said. */
  endMs?: number;
}

type Given<P> = P extends { services: infer S } ? S : Record<never, never>;
type All<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void ? I : never;
type Part = Pick<EnginePart, 'id' | 'services' | 'jobs'>;

/** The services of all parts in one object. @throws TypeError where two parts give the same */
export function servicesOf<P extends Part>(parts: readonly P[]): All<Given<P>> {
  return joined(parts, 'services') as All<Given<P>>;
}

/** The runners of all parts by kind. @throws TypeError where two parts run the same kind */
export function jobsOf(parts: readonly Part[]): { [kind: string]: JobRunner } {
  return joined(parts, 'jobs') as { [kind: string]: JobRunner };
}

function joined(parts: readonly Part[], what: 'services' | 'jobs'): object {
  const givers = new Map<string, string>();
  const all: { [name: string]: unknown } = {};
  for (const part of parts) {
    for (const [name, given] of Object.entries(part[what] ?? {})) {
      const other = givers.get(name);
      if (other !== undefined) throw new TypeError(`The parts ${other} and ${part.id} both give ${what}: ${name}.`);
      givers.set(name, part.id);
      all[name] = given;
    }
  }
  return all;
}
