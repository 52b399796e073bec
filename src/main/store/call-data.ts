import type { Call } from '../../shared/model/index.js';

/** The JSON in a call's row: what no list filters or sums by. */
export type CallData = Pick<
  Call,
  'edge' | 'response_id' | 'format' | 'operation' | 'model' | 'params' | 'usage' | 'stop_reason' | 'partial' | 'error'
>;
