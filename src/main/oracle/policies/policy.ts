import type { GoldTrace } from '../../../shared/model/gold-trace.js';
import type { Domain, Tool } from '../domains/domain.js';
import type { Rule } from '../domains/schema.js';
import type { Row } from '../world/world.js';

export type RuleOf<K extends Rule['kind']> = Extract<Rule, { kind: K }>;

/** A call of a trace with its tool, as a run of the simulator saw it. */
export interface RunCall {
  id: string;
  tool: Tool;
  args: { readonly [name: string]: unknown };
  /** Rows that it gave back or changed; what it was refused is empty. */
  rows: readonly Row[];
  /** Rows that it was run on, as they were before. */
  before: readonly Row[];
  sources: NonNullable<GoldTrace['graph']['calls'][number]['argument_sources']>;
}

export interface Trial {
  domain: Domain;
  caller: { role: string; tenant: string };
  /** In the order in which they run. */
  calls: readonly RunCall[];
}

/** How rules of one kind are held, and what breaks them. */
export interface RuleKind<K extends Rule['kind'] = Rule['kind']> {
  readonly id: K;
  /** Whether a trace has to do with the rule at all. */
  applies(rule: RuleOf<K>, trial: Trial): boolean;
  /** What breaks it: one sentence a call. */
  broken(rule: RuleOf<K>, trial: Trial): string[];
}
