/** What the pipeline thread counts, in memory shared with the main thread; survives a crash of the thread. */
const names = [
  'backlog',
  'processed',
  'stored',
  'undecoded',
  'quarantined',
  'bodies_lost',
  'damaged',
  /** 1 while the last batch could not be committed. */
  'store_failing',
  'unknown_events',
  'format_errors',
  'rule_errors',
  'at_segment',
  'at_offset',
] as const;
export type PipelineCounter = (typeof names)[number];

export const pipelineCountersBytes = names.length * Float64Array.BYTES_PER_ELEMENT;

const indexes = Object.fromEntries(names.map((name, index) => [name, index])) as Record<PipelineCounter, number>;

export function pipelineCounters(memory: SharedArrayBuffer) {
  const values = new Float64Array(memory);
  return {
    add(name: PipelineCounter, amount = 1): void {
      values[indexes[name]] = (values[indexes[name]] as number) + amount;
    },
    set(name: PipelineCounter, value: number): void {
      values[indexes[name]] = value;
    },
    get: (name: PipelineCounter): number => values[indexes[name]] as number,
  };
}
