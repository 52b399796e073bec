import type { fileFormatIds } from '../../../shared/model/index.js';
import type { FileFormat } from './format.js';
import { jsonl } from './jsonl.js';
import { parquet } from './parquet.js';

/** Every kind of file an export can write. */
export const fileFormats = { jsonl, parquet } as const satisfies Record<(typeof fileFormatIds)[number], FileFormat>;
