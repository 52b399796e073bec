import type { Trace } from '../../shared/model/index.js';
import type { Column } from './columns.js';
import type { RowPlace } from './formats/shards.js';
import type { RowOrigin } from './layouts/layout.js';

/** Beside the data: where each of its rows comes from. */
export const provenanceFile = 'provenance.parquet';

const column = (name: string, type: Column['type'], nullable: boolean, description: string): Column => ({
  name,
  type,
  nullable,
  description,
});

export const provenanceColumns: readonly Column[] = [
  column('file', 'string', false, 'File of data, by its path in the folder'),
  column('row', 'int', false, 'Row of the file, from 0'),
  column('trace_id', 'string', false, 'Trace that it was made of'),
  column('other_trace_id', 'string', true, 'Trace that the other output of a pair is of'),
  column('inlined', 'json', true, 'Other traces that stand in the row, such as subagents: [{trace_id, revision}]'),
  column('revision', 'int', true, 'State of the trace at that time'),
  column('call_id', 'string', true, 'Model call; null where the row tells of more than one'),
  column('step_id', 'string', true, 'Step; null where the row tells of more than one'),
  column('exchange_id', 'string', true, 'Exchange that the call was captured in'),
  column('sha256', 'string', false, 'Hash of the row: a leaf of the tree that manifest.sig signs'),
];

export interface Provenance {
  file: string;
  row: number;
  trace_id: string;
  other_trace_id: string | null;
  /** Absent in datasets of before. */
  inlined?: { trace_id: string; revision: number | null }[] | null;
  revision: number | null;
  call_id: string | null;
  step_id: string | null;
  exchange_id: string | null;
  sha256: string;
}

/** Every trace that something of stands in a row, with its state as far as that is known. */
export function tracesIn({
  trace_id,
  revision,
  other_trace_id,
  inlined,
}: Pick<Provenance, 'trace_id' | 'revision' | 'other_trace_id' | 'inlined'>): {
  trace_id: string;
  revision: number | null;
}[] {
  const other = other_trace_id == null ? [] : [{ trace_id: other_trace_id, revision: null }];
  return [{ trace_id, revision }, ...other, ...(inlined ?? [])];
}

/** Tells where the rows of a trace come from. */
export function provenanceOf(trace: Trace) {
  const exchanges = new Map(trace.calls.map(({ call_id, exchange_id }) => [call_id, exchange_id]));
  return ({ file, row }: RowPlace, origin: RowOrigin | undefined, leaf: Buffer) => {
    const call_id = origin?.call_id ?? null;
    return {
      file,
      row,
      trace_id: trace.trace_id,
      other_trace_id: origin?.other?.trace_id ?? null,
      inlined: origin?.inlined?.map(({ trace_id, revision = null }) => ({ trace_id, revision })) ?? null,
      revision: trace.revision ?? null,
      call_id,
      step_id: origin?.step_id ?? null,
      exchange_id: call_id === null ? null : (exchanges.get(call_id) ?? null),
      sha256: leaf.toString('hex'),
    } satisfies Provenance;
  };
}
