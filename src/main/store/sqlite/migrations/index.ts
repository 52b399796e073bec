import { initial } from './001-initial.js';
import { intake } from './002-intake.js';
import { consent } from './003-consent.js';
import { findings } from './004-findings.js';
import { erasure } from './005-erasure.js';
import { revisions } from './006-revisions.js';
import { histories } from './007-histories.js';
import { sessions } from './008-sessions.js';
import { finishedToolCalls } from './009-finished-tool-calls.js';
import { suspicions } from './010-suspicions.js';
import { scenarios } from './011-scenarios.js';
import { quality } from './012-quality.js';
import { labels } from './013-labels.js';
import { domains } from './014-domains.js';
import { untoldTimes } from './015-untold-times.js';
import { textBatches } from './016-text-batches.js';
import { drafts } from './017-drafts.js';
import { modelCalls } from './018-model-calls.js';
import { judgements } from './019-judgements.js';
import { callAccounts } from './020-call-accounts.js';
import { qaRuns } from './021-qa-runs.js';
import { untoldRows } from './022-untold-rows.js';
import { pairJudgements } from './023-pair-judgements.js';
import { goneQaRuns } from './024-gone-qa-runs.js';
import { sentQaStatus } from './025-sent-qa-status.js';
import { expansions } from './026-expansions.js';
import type { Migration } from './migration.js';

export const migrations: readonly Migration[] = [
  initial,
  intake,
  consent,
  findings,
  erasure,
  revisions,
  histories,
  sessions,
  finishedToolCalls,
  suspicions,
  scenarios,
  quality,
  labels,
  domains,
  untoldTimes,
  textBatches,
  drafts,
  modelCalls,
  judgements,
  callAccounts,
  qaRuns,
  untoldRows,
  pairJudgements,
  goneQaRuns,
  sentQaStatus,
  expansions,
];
