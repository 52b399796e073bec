import { buildKind, datasetSteps, exportKind } from '../../dataset/index.js';
import type { JobKind, JobStep } from '../../ground/job-kind.js';
import { listOf } from '../../ground/list.js';
import { checkFinal, importKind } from '../../intake/index.js';
import { leaksKind } from '../../leaks/index.js';
import { listDomains, measureTraces, plantInGold, samplePrompts, showDomain } from '../../oracle/index.js';
import { consentKind, rescanKind, retentionKind } from '../../privacy/index.js';
import { bulkReviewKind, dedupeKind, qualityKind } from '../../review/index.js';
import { validateKind, validateTraces } from '../../validate/index.js';
import { readRunStep } from '../../verify/qa/index.js';
import { eraseExports, eraseTexts, findTargets, redactTexts } from '../erasure/steps.js';
import { runSummaryStep } from '../run-summary.js';

/**
 * The kinds of jobs that run on the work thread, which gives them the tools of `tools.ts`. Kinds that live beside the API stand in
 * their parts: erasure and what is held on a subject (they wait for the store's thread).
 */
export const workKinds = listOf('job kinds', [
  buildKind,
  bulkReviewKind,
  consentKind,
  dedupeKind,
  exportKind,
  importKind,
  leaksKind,
  qualityKind,
  rescanKind,
  retentionKind,
  validateKind,
]);

/** What those beside the API, and requests, have computed on it. */
const workSteps = listOf('job steps', [
  ...datasetSteps,
  checkFinal,
  listDomains,
  measureTraces,
  plantInGold,
  samplePrompts,
  showDomain,
  findTargets,
  readRunStep,
  eraseTexts,
  redactTexts,
  eraseExports,
  runSummaryStep,
  validateTraces,
]);

/** A kind or a step as the thread runs it. */
export function workNamed(id: string): JobStep | undefined {
  return [...workKinds, ...workSteps].find((each) => each.id === id) as JobStep | JobKind | undefined;
}
