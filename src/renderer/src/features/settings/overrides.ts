import type { Field } from './draft.js';

/** The flag that sets a field for one run. */
const flags: Partial<Record<Field, string>> = {
  host: '--host',
  proxy_port: '--proxy-port',
  api_port: '--api-port',
  upstreams: '--upstream',
  intercept: '--intercept',
  insecure_upstream: '--insecure-upstream',
};

/** Why a field cannot be changed here: `--proxy-port` and `SLUICE_PROXY_PORT` go over the file. */
export function overrideReason(field: Field): string {
  const variable = `SLUICE_${(flags[field]?.slice(2) ?? field).replaceAll('-', '_').toUpperCase()}`;
  const by = flags[field] ? `${flags[field]} or ${variable}` : variable;
  return `Set by ${by} for this run. Start without it to change it here.`;
}
