import { createReadStream, existsSync } from 'node:fs';
import { SluiceError } from '../../../shared/errors.js';
import { linesOf } from '../../ground/lines.js';
import { domainsFolder, openCatalogue } from '../../oracle/index.js';
import { resourcesDir } from '../paths.js';
import { wholeIn } from './engine-flags.js';

export interface DomainFlags {
  /** A folder with domains of one's own. */
  domains?: string;
  json?: boolean;
}

const shipped = domainsFolder(resourcesDir);

export const foldersOf = ({ domains }: DomainFlags) => (domains === undefined ? [shipped] : [shipped, domains]);
export const catalogueOf = (flags: DomainFlags) => openCatalogue(foldersOf(flags));
export const seedOf = (value: string) => wholeIn('--seed', value, 0);

export async function* linesOfFile(file: string): AsyncIterable<string> {
  if (!existsSync(file)) throw new SluiceError('usage', `There is no file ${file}.`);
  yield* linesOf(createReadStream(file));
}
