export { forecastOf, mostLookedAt } from './forecast.js';
export { type JudgeTools, judgeKind } from './judge-job.js';
export { judgeTrace, prepared } from './judge-trace.js';
export { judgePair } from './pair.js';
export { probeKind } from './probes/probe-job.js';
export type { ReasoningJudge } from './reasoning.js';
export { openRubrics } from './rubrics/index.js';
export { checkRubric } from './rubrics/parse.js';
