import type { FileFormatId } from '../../../shared/model/index.js';
import { byId, listOf } from '../../ground/list.js';
import { csv } from './csv.js';
import type { FileFormat } from './format.js';
import { huggingface } from './huggingface.js';
import { jsonl } from './jsonl.js';
import { parquet } from './parquet.js';
import { taskFolders } from './task-folders.js';
import { tfrecord } from './tfrecord.js';

/** Every kind of file an export can write. */
export const fileFormats: Record<FileFormatId, FileFormat> = byId(
  listOf('file formats', [jsonl, parquet, csv, tfrecord, huggingface, taskFolders]),
);
