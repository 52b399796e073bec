import { join } from 'node:path';
import { fileFormats } from '../formats/index.js';
import { type Provenance, provenanceColumns, provenanceFile } from '../provenance.js';
import type { DatasetFiles, VersionRecord } from './files.js';

/** Where each row of a version came from when it was built. */
export async function* rowsOfVersion(
  files: DatasetFiles,
  { name, version, parts }: VersionRecord,
): AsyncGenerator<Provenance & { part: string }> {
  for (const part of parts) {
    const path = join(files.recordOf(name, version), part, provenanceFile);
    for await (const row of fileFormats.parquet.rows(path, provenanceColumns))
      yield { ...(row as unknown as Provenance), part };
  }
}
