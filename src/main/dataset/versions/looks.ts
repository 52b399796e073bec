import * as z from 'zod';
import {
  datasetNameSchema,
  type Json,
  trainerIds,
  type VersionCheck,
  type VersionFigures,
  type VersionFile,
  type VersionFindings,
  type VersionRows,
  versionCheckSchema,
  versionFiguresSchema,
  versionFileSchema,
  versionFindingsSchema,
  versionRowsSchema,
} from '../../../shared/model/index.js';
import type { JobStep } from '../../ground/job-kind.js';
import { parseJson } from '../../ground/json.js';
import { fileFormats } from '../formats/index.js';
import { trainerCheck } from '../trainers/check.js';
import { verifyDataset } from '../verify.js';
import { contentsOf, dataFile, fileIn, lyingParts, placeIn, textOf } from './contents.js';
import { datasetFiles } from './files.js';

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
    for (const { part, manifest } of await lyingParts(record)) {
      for (const file of manifest.files) {
        // Whole files in front are passed over without being read.
        if (before + file.rows >= from && rows.length < limit) {
          let row = 0;
          const path = await dataFile(record, part, file.name);
          for await (const value of fileFormats[manifest.format].rows(path, manifest.columns)) {
            row += 1;
            if (before + row < from) continue;
            rows.push({ number: before + row, file: placeIn(part, file.name), row, value: value as Json });
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

const findingsSchema = version.extend({
  trainer: z.enum(trainerIds),
  code: z.string().nullable(),
  from: z.int().nonnegative(),
  limit: z.int().min(1).max(200),
});
/** A page of what a trainer would do to the rows: read as far as the page goes, and nothing of it is kept. */
export const readFindings: JobStep<z.infer<typeof findingsSchema>, VersionFindings, LookTools> = {
  id: 'dataset-findings',
  params: findingsSchema,
  result: versionFindingsSchema,
  async run({ trainer, code, from, limit, ...asked }, _, tools) {
    const record = await recordOf(tools, asked);
    const check = trainerCheck(trainer);
    const items: VersionFindings['items'] = [];
    let passed = 0;
    const full = (found: VersionFindings['items']): boolean => {
      for (const finding of found) {
        if (code !== null && finding.code !== code) continue;
        if (passed >= from && items.length < limit) items.push(finding);
        passed += 1;
      }
      return passed > from + limit;
    };
    for (const { part, manifest } of await lyingParts(record)) {
      for (const { name } of manifest.files) {
        const file = placeIn(part, name);
        const path = await dataFile(record, part, name);
        for await (const row of fileFormats[manifest.format].rows(path, manifest.columns))
          if (full(check.row(file, JSON.parse(JSON.stringify(row))))) return { items, next_from: from + limit };
        if (full(check.endFile(file))) return { items, next_from: from + limit };
      }
    }
    return { items, next_from: null };
  },
};

/** The files of a version that may be fetched. */
export const listContents: JobStep<z.infer<typeof version>, VersionFile[], LookTools> = {
  id: 'dataset-files',
  params: version,
  result: z.array(versionFileSchema),
  run: async (asked, _, tools) => contentsOf(await recordOf(tools, asked)),
};

const fileSchema = version.extend({ file: z.string() });
/** Where one of them lies. */
export const findFile: JobStep<z.infer<typeof fileSchema>, string, LookTools> = {
  id: 'dataset-file',
  params: fileSchema,
  result: z.string(),
  run: async ({ file, ...asked }, _, tools) => fileIn(await recordOf(tools, asked), file),
};
