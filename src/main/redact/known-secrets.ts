import { isStandIn } from './detectors/stand-ins.js';
import { createNameJudge } from './names.js';
import type { RedactionPolicy } from './policy.js';

/**
 * The secrets in an environment: values of at least 8 characters under names that the policy calls sensitive, for
 * `createRedactor({ known })`. Paths, plain words and short numbers are left out; they would hit ordinary text.
 */
export function secretsOfEnvironment(env: { [name: string]: string | undefined }, policy: RedactionPolicy): string[] {
  const names = createNameJudge(policy);
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined || value.length < 8 || names.key(name) === null || isStandIn(value)) return [];
    return /^(?:[a-z]+|[~.]{0,2}\/.*|\d{1,12})$/i.test(value) ? [] : [value];
  });
}
