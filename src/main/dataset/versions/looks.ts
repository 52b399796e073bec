import { join } from 'node:path';
import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import {
  datasetNameSchema,
  type Json,
  trainerIds,
  type VersionCheck,
  type VersionFigures,
  type VersionRows,
  versionCheckSchema,
  versionFiguresSchema,
  versionRowsSchema,
} from '../../../shared/model/index.js';
import type { JobStep } from '../../ground/job-kind.js';
import { parseJson } from '../../ground/json.js';
import { isRegular, readRegular } from '../../ground/regular-file.js';
import { fileFormats } from '../formats/index.js';
import { parseManifest } from '../manifest.js';
import { trainerCheck } from '../trainers/check.js';
import { verifyDataset } from '../verify.js';
import { datasetFiles, type VersionRecord } from './files.js';

export interface LookTools {
  datasetsFolder: string;
}

const version = z.object({ name: datasetNameSchema, version: z.int().positive() });
const recordOf = ({ datasetsFolder }: LookTools, asked: z.infer<typeof version>) =>
  datasetFiles(datasetsFolder).record(asked.name, asked.version);

const checkSchema = version.extend({ trainer: z.enum(trainerIds).nullable() });
/** What `sluice dataset verify --trainer` says of the folder of a version. */
export const checkVersion: JobStep<z.infer<typeof checkSchema>, VersionCheck, LookTools> = {
  id: 'dataset-check',
  params: checkSchema,
  result: versionCheckSchema,
  async run({ trainer, ...asked }, _, tools) {
    const { out } = await recordOf(tools, asked);
    const check = trainer === null ? null : trainerCheck(trainer);
    const files = new Set<string>();
    const { rows, problems, manifest_ok, key_id } = await verifyDataset(out, (row, { file }) => {
      files.add(file);
      check?.row(file, JSON.parse(JSON.stringify(row)));
    });
    for (const file of files) check?.endFile(file);
    const found = check && { ...check.summary(), named: check.named };
    return { ok: problems.length === 0, rows, manifest_ok, key_id, problems, trainer: found };
  },
};

const rowsSchema = version.extend({ from: z.int().positive(), limit: z.int().min(1).max(20) });
/** Rows of a version, as its files hold them. */
export const readRows: JobStep<z.infer<typeof rowsSchema>, VersionRows, LookTools> = {
  id: 'dataset-rows',
  params: rowsSchema,
  result: versionRowsSchema,
  async run({ from, limit, ...asked }, _, tools) {
    const record = await recordOf(tools, asked);
    const rows: VersionRows['rows'] = [];
    let before = 0;
    for (const part of record.parts) {
      const manifest = parseManifest(await textOf(record, part, 'manifest.json'), filesOfPart(record, part));
      for (const file of manifest.files) {
        // Whole files in front are passed over without being read.
        if (before + file.rows >= from && rows.length < limit) {
          let row = 0;
          const path = join(record.out, part, file.name);
          if (!(await isRegular(path).catch(() => false)))
            throw new SluiceError('export_unreadable', `${path} is no file that a build wrote.`);
          for await (const value of fileFormats[manifest.format].rows(path, manifest.columns)) {
            row += 1;
            if (before + row < from) continue;
            rows.push({ number: before + row, file: join(part, file.name), row, value: value as Json });
            if (rows.length >= limit) break;
          }
        }
        before += file.rows;
      }
    }
    return { total: before, rows };
  },
};

/** The figures that stand beside the rows of a version. */
export const readFigures: JobStep<z.infer<typeof version>, VersionFigures, LookTools> = {
  id: 'dataset-figures',
  params: version,
  result: versionFiguresSchema,
  async run(asked, _, tools) {
    const record = await recordOf(tools, asked);
    const parts = [];
    for (const part of record.parts)
      parts.push({ part, quality: (parseJson(await textOf(record, part, 'quality.json')) ?? null) as Json });
    return parts;
  },
};

/** The names that the build itself wrote down: others may have written into its folder. */
function filesOfPart({ files }: VersionRecord, part: string): string[] {
  const prefix = part === '' ? '' : `${part}/`;
  return files.flatMap(({ name }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

async function textOf({ out }: VersionRecord, part: string, name: string): Promise<string> {
  const path = join(out, part, name);
  return readRegular(path).catch((cause: NodeJS.ErrnoException) => {
    throw new SluiceError('export_unreadable', `${path} cannot be read (${cause.code}).`);
  });
}
