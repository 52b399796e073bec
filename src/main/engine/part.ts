import type { Services } from '../api/index.js';
import type { JobKind } from '../ground/job-kind.js';

/**
 * One domain's share of the engine. Parts are made and begun in the order of the root's list and ended in the reverse
 * order; `end` is called for every part that was made, whether it was begun or not.
 */
export interface EnginePart {
  id: string;
  /** What carries its domains' contracts out, and what else the API gets of it. */
  services?: Partial<Services>;
  /** Its kinds of jobs that run beside the API; those of the work thread stand in `work/kinds.ts`. */
  jobs?: readonly JobKind[];
  /** Once all parts are made. What it throws ends the start. */
  begin?(): unknown;
  end?(): unknown;
  /** The longest that `end` is waited for, in milliseconds; 5,000 where it is not said. */
  endMs?: number;
}

type ServicesOf<P> = P extends { services: infer S } ? S : Record<never, never>;
type All<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void ? I : never;
type Part = Pick<EnginePart, 'id' | 'services' | 'jobs'>;

/** The services of all parts in one object. @throws TypeError where two parts give the same */
export function servicesOf<P extends Part>(parts: readonly P[]): All<ServicesOf<P>> {
  const givers = new Map<string, string>();
  const all: { [name: string]: unknown } = {};
  for (const part of parts) {
    for (const [name, service] of Object.entries(part.services ?? {})) {
      const other = givers.get(name);
      if (other !== undefined) throw new TypeError(`The parts ${other} and ${part.id} both give services: ${name}.`);
      givers.set(name, part.id);
      all[name] = service;
    }
  }
  return all as All<ServicesOf<P>>;
}

/** The kinds of jobs of all parts; the queue refuses two of the same id. */
export function jobsOf(parts: readonly Part[]): JobKind[] {
  return parts.flatMap(({ jobs }) => [...(jobs ?? [])]);
}
