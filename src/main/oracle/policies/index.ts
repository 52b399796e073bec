import { byId, listOf } from '../../ground/list.js';
import type { Rule } from '../domains/schema.js';
import { before } from './before.js';
import { confirm } from './confirm.js';
import { flow } from './flow.js';
import { forbid } from './forbid.js';
import type { RuleKind, Trial } from './policy.js';
import { role } from './role.js';
import { rows } from './rows.js';
import { tenant } from './tenant.js';
import { value } from './value.js';

export const ruleKinds = listOf('kinds of rules', [tenant, forbid, role, rows, confirm, before, flow, value]);
const kinds = byId(ruleKinds);
const kindOf = (rule: Rule): RuleKind => kinds[rule.kind] as RuleKind;

export const applies = (rule: Rule, trial: Trial): boolean => kindOf(rule).applies(rule, trial);
export const broken = (rule: Rule, trial: Trial): string[] => kindOf(rule).broken(rule, trial);
