import type { OpenCatalogue } from '../catalogue.js';
import { writeRunBaseline } from '../features/baseline-file.js';
import { calibrate } from './calibration.js';
import { feedingPairs } from './coverage.js';
import { type Diversity, diversityOf } from './diversity.js';
import type { RunResult, Writers } from './run.js';

/** What a run's figures are worked out of. */
export type FiguresOrder = Pick<RunResult, 'files' | 'domains'> & { out: string; seed: number };

export interface Figures {
  calibration: ReturnType<typeof calibrate>;
  diversity: Diversity;
  /** Pairs of tools that the intents of its domains let feed each other. */
  pairs: string[];
}

/** What validators find, and how different the requests are: seconds of work. */
export async function figuresOf(
  catalogue: OpenCatalogue,
  { out, seed, files, domains }: FiguresOrder,
): Promise<Figures> {
  await writeRunBaseline(catalogue, out, files);
  const own = domains.map((id) => catalogue.named(id));
  return {
    calibration: calibrate(catalogue, own, seed),
    diversity: await diversityOf(catalogue, out, files),
    pairs: own.flatMap(feedingPairs),
  };
}

/** Threads beside this one that do all of a run that computes. */
export interface OracleThreads extends Writers {
  figures(order: FiguresOrder): Promise<Figures>;
  end(): Promise<void>;
}
