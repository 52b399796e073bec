import type { fileFormatIds } from '../../../shared/model/index.js';
import { byId, listOf } from '../../ground/list.js';
import type { FileFormat } from './format.js';
import { jsonl } from './jsonl.js';
import { parquet } from './parquet.js';

/** Every kind of file an export can write. */
export const fileFormats = byId(listOf('file formats', [jsonl, parquet])) satisfies Record<
  (typeof fileFormatIds)[number],
  FileFormat
>;
