import type { Field } from './draft.js';

/** The flag that sets a field for one run; the variable is named after it. */
const flags: Partial<Record<Field, string>> = {
  host: '--host',
  proxy_port: '--proxy-port',
  api_port: '--api-port',
  upstreams: '--upstream',
  intercept: '--intercept',
  insecure_upstream: '--insecure-upstream',
};

/** Why a field cannot be changed here: a flag or variable goes over the file. */
export function overrideReason(field: Field): string {
  const flag = flags[field];
  if (!flag) return 'Set from outside for this run.';
  const variable = `SLUICE_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`;
  return `Set by ${flag} or ${variable} for this run. Start without it to change it here.`;
}
