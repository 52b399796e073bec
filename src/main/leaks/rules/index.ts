import { listOf } from '../../ground/list.js';
import { knownValueRules } from './known-values.js';
import { personalRules } from './personal.js';
import type { LeakRules } from './rule.js';
import { secretlintRules } from './secretlint.js';

/** Every set of rules that looks at what was exported, each listed once. */
export const leakRules: readonly LeakRules[] = listOf('leak rules', [knownValueRules, secretlintRules, personalRules]);
