import { isBudgetUsed } from '../../ground/asking.js';
import { eachAtOnce } from '../../ground/each-at-once.js';
import type { OpenCatalogue } from '../catalogue.js';
import { type Lines, lineOf, seedOf } from '../runs/chunk.js';
import type { Writers } from '../runs/run.js';
import { countAsked, countFailure } from '../runs/statistics.js';
import { type WriteParquet, writeDomain } from '../runs/write-domain.js';
import { worldCount } from '../sampler/sample.js';
import { type Generated, generateTrace, type PhaseModels } from './generate.js';

/** Domains, and traces of each, that are asked about at once: the models' own lanes slow down where they must. */
const [domainsAtOnce, tracesAtOnce] = [4, 8];
/** Each number is tried again once, at the end of its file, when a storm of refusals may be over. */
const rounds = 2;

type Made = Extract<Generated, { shape: unknown }>;

/** Writes a run's domains by models, beside the API: what takes time is their answers. A budget that is used up ends it; what is there stays. */
export function modelWriters(catalogue: OpenCatalogue, asked: PhaseModels, parquet?: WriteParquet): Writers {
  let stopped: 'budget' | null = null;

  const lines: Lines = async function* ({ domain, seed, shapes, aim, from, count }, seen, statistics, tell) {
    const made = new Map<number, Made>();
    const worlds = (number: number) => catalogue.world(domain, number);
    const numbers = Array.from({ length: count }, (_, index) => from + index);
    for (let round = 0; round < rounds; round += 1) {
      const left = numbers.filter((number) => !made.has(number));
      await eachAtOnce(left, tracesAtOnce, async (index) => {
        if (stopped !== null) return;
        const wanted = aim?.(index);
        if (wanted !== undefined && round === 0) countAsked(statistics, domain.id, wanted.intent, wanted.shape);
        const of = {
          ...{ seed: seedOf(seed, round), index, shapes, worlds, worldCount },
          ...(wanted === undefined ? {} : { aim: wanted }),
        };
        try {
          const found = await generateTrace(domain, of, catalogue, asked);
          if ('failures' in found) countFailure(statistics, domain, found.failures);
          else made.set(index, found);
          tell({ ...statistics, validated: made.size });
        } catch (error) {
          if (!isBudgetUsed(error)) throw error;
          stopped = 'budget';
        }
      });
    }
    for (const number of numbers) {
      const found = made.get(number);
      const line = found === undefined ? null : lineOf(domain, found, seen, statistics);
      if (line !== null) yield line;
    }
  };

  return {
    atOnce: domainsAtOnce,
    stopped: () => stopped,
    write: (order, progress) =>
      writeDomain(catalogue, order, {
        signal: asked.signal,
        ...(parquet === undefined ? {} : { parquet }),
        progress,
        lines,
        isCut: () => stopped !== null,
      }),
  };
}
