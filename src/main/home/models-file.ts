import { existsSync, readFileSync } from 'node:fs';
import { SluiceError } from '../../shared/errors.js';
import { replaceFileSync } from '../ground/replace-file.js';
import type { DataFolder } from './folder.js';

/** What models.json holds; undefined where there is none. @throws SluiceError `models_invalid` where it is no JSON */
export function readModelsFile({ models }: Pick<DataFolder, 'models'>): unknown {
  if (!existsSync(models)) return undefined;
  try {
    return JSON.parse(readFileSync(models, 'utf8'));
  } catch (cause) {
    throw new SluiceError('models_invalid', `${models} cannot be read as JSON.`, undefined, { cause });
  }
}

/** Writes it whole or not at all. */
export function writeModelsFile({ models }: Pick<DataFolder, 'models'>, content: object): void {
  replaceFileSync(models, `${JSON.stringify(content, null, 2)}\n`);
}
