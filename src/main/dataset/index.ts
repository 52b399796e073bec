export { type ExpandTools, expandKind } from './augment/expand/expand-job.js';
export { forecastOf, mostLookedAt } from './augment/expand/forecast.js';
export { augmenters } from './augment/index.js';
export { datasetChoices } from './choices.js';
export { type DatasetErasure, eraseFromDataset, layoutsWithoutIds, nameKeysOf, rowKeysOf } from './erase.js';
export { executionTrace } from './execution/execution-trace.js';
export { exportDataset, exportPairs } from './export.js';
export { createExports, type ExportOrder, exportKind, type GuardExport } from './exports.js';
export { fileFormats } from './formats/index.js';
export { writeGoldParquet } from './gold-parquet.js';
export { runFiles, runFilesHash } from './harbor/run-files.js';
export { layouts, traceAs } from './layouts/index.js';
export { toolCallRow } from './layouts/tool-calls.js';
export { type Pair, pairsOf } from './pairs.js';
export { removeLeftovers } from './partial-folder.js';
export { previewDataset } from './preview.js';
export type { RowRedactor, WantedPrivacy } from './privacy/row-redactor.js';
export { hubClient, hubPush, pushKind } from './push/kind.js';
export { planPush, planStep, type SecondLook } from './push/plan.js';
export { hubEndpoint, hubToken } from './push/token.js';
export { datasetSigner } from './signing.js';
export type { CallMessages, ExportSource, NearFigures } from './source.js';
export { createTraceOutputs, type TraceOutputReport } from './trace-output.js';
export { contextOf, trainerCheck } from './trainers/check.js';
export { trainers } from './trainers/index.js';
export { type LookAtRow, type VerifiedDataset, verifyDataset } from './verify.js';
export { datasetFiles } from './versions/files.js';
export { buildKind, buildVersion, createDatasets, previewDefinition } from './versions/index.js';
export {
  checkVersion,
  compareRows,
  compareVersions,
  datasetSteps,
  findFile,
  listContents,
  listDatasets,
  noteRun,
  readFigures,
  readFindings,
  readRows,
  readVersion,
  readVersions,
} from './versions/steps.js';
