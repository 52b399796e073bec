import { listOf } from '../../../ground/list.js';
import { accuracy } from './accuracy.js';
import { appropriateness } from './appropriateness.js';
import { completeness } from './completeness.js';
import { efficiency } from './efficiency.js';
import { learningValue } from './learning-value.js';
import { novelty } from './novelty.js';
import { outcomeAlignment } from './outcome-alignment.js';
import { reasoningClarity } from './reasoning-clarity.js';
import { successRate } from './success-rate.js';
import { userSatisfaction } from './user-satisfaction.js';

/** Every score, as docs/quality.md describes them. Whoever changes a formula, or the rules of domains, raises `qualityVersion`. */
export const qualityRules = listOf('quality scores', [
  successRate,
  efficiency,
  accuracy,
  userSatisfaction,
  appropriateness,
  reasoningClarity,
  outcomeAlignment,
  learningValue,
  completeness,
  novelty,
]);

/** What was scored by an older one is scored anew. */
export const qualityVersion = 2;
