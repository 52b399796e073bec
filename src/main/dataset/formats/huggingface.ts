import { featuresOf } from './features.js';
import type { FileFormat } from './format.js';
import { openParquet, parquet } from './parquet.js';

/**
 * The folder that the Hugging Face Hub and `datasets` expect: `data/<split>-00000-of-00001.parquet`, shards of at most 500 MB unless told otherwise, the
 * features in each file's metadata and in the card.
 */
export const huggingface = {
  ...parquet,
  id: 'huggingface',
  title: 'Hugging Face',
  description: 'Parquet shards in data/ with a card that the Hub and datasets read.',
  folder: 'data',
  shardMb: 500,
  open(path, columns, compress) {
    const features = JSON.stringify({ info: { features: featuresOf(columns, 'huggingface') } });
    return openParquet(path, columns, { compress, features });
  },
} satisfies FileFormat;
