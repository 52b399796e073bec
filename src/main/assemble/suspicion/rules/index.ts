import type { SuspicionRule } from '../rule.js';
import { programRules } from './programs.js';
import { serviceRules } from './services.js';
import { testRules } from './tests.js';

/** Each stands for one way in which programs and services say that they failed. */
export const suspicionRules: readonly SuspicionRule[] = [...programRules, ...testRules, ...serviceRules];
