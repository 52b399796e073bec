import { SluiceError } from '../../../../shared/errors.js';
import { quoted } from './file-tree.js';

/** What an archive says of a file before its bytes. */
export interface ArchiveHeader {
  name: string;
  type?: string | null | undefined;
  mode: number;
  size: number;
  linkname?: string | null | undefined;
}
export type TakeEntry = (header: ArchiveHeader, body: AsyncIterable<Uint8Array>) => Promise<void>;

export function refused(name: string, why: string): SluiceError {
  return new SluiceError('qa_archive_refused', `The archive’s entry ${quoted(name)} ${why}.`, {
    name: name.slice(0, 500),
  });
}
