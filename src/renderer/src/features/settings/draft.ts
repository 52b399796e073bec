import { type Settings, settingsSchema } from '../../../../shared/settings.js';
import { commandProblems, fromQaDraft, meantWebhooks, type QaDraft, toQaDraft, type WebhookRow } from './qa-draft.js';

export type Field = Exclude<keyof Settings, 'version'>;

/** A named upstream while it is being edited: names may collide or be empty until saved. */
export interface UpstreamRow {
  id: number;
  name: string;
  url: string;
}

/** What the form holds: fields as typed, which need not be valid yet. */
export interface Draft extends Omit<Settings, 'upstreams' | 'qa' | 'webhooks' | 'version'> {
  upstreams: UpstreamRow[];
  qa: QaDraft;
  webhooks: WebhookRow[];
}

export function toDraft({ upstreams, qa, webhooks, version: _version, ...rest }: Settings): Draft {
  return {
    ...rest,
    upstreams: Object.entries(upstreams).map(([name, url], id) => ({ id, name, url })),
    qa: toQaDraft(qa),
    webhooks: webhooks.map((webhook, id) => ({ id, ...webhook })),
  };
}

export function fromDraft(draft: Draft): Omit<Settings, 'version'> {
  const rows = draft.upstreams.filter((row) => row.name !== '' || row.url !== '');
  return {
    ...draft,
    upstreams: Object.fromEntries(rows.map((row) => [row.name, row.url])),
    qa: fromQaDraft(draft.qa),
    webhooks: meantWebhooks(draft.webhooks).map(({ id: _, ...webhook }) => webhook),
  };
}

/** Fields whose value differs from what is stored. */
export function changedFields(draft: Draft, stored: Settings): Field[] {
  const now = fromDraft(draft);
  return (Object.keys(now) as Field[]).filter((field) => JSON.stringify(now[field]) !== JSON.stringify(stored[field]));
}

/** Where the schema's own words would not say what is wanted. */
const messages: Record<string, string> = {
  host: 'An address or a host name',
  proxy_port: 'A whole number from 0 to 65535',
  api_port: 'A whole number from 0 to 65535',
  upstreams: 'A name of small letters, digits, - and _, and an http:// or https:// address',
  upstream_proxy: 'An address that begins with http://',
  body_limit_bytes: 'From 0.001 to 1024 MiB',
  drain_grace_ms: 'From 0 to 600 seconds',
  quality_every_minutes: 'A whole number of minutes, from 0 to 10080 (a week)',
  reviewer_name: 'A name of 1 to 80 characters',
  'qa.repeat.base': 'From 1 to 20',
  'qa.repeat.fixed': 'From 1 to 20',
  'qa.at_once': 'From 1 to 32',
  'qa.limits.seconds': 'From 1 to 86400',
  'qa.limits.memory_mb': 'From 64 to 262144',
  'qa.limits.cpus': 'From 0.1 to 256',
  'qa.limits.pids': 'From 16 to 100000',
  'qa.limits.work_mb': 'From 1 to 262144',
  'qa.limits.tmp_mb': 'From 1 to 65536',
  'qa.limits.output_kb': 'From 4 to 65536',
  'qa.repositories.repo': 'A name or an address',
  'qa.repositories.path': 'An absolute path',
  'webhooks.url': 'An http:// or https:// address',
  'webhooks.kinds': 'At least one kind of job',
};

/** Of rows, a message is named without their place. */
const messageAt = (path: readonly PropertyKey[]): string | undefined =>
  messages[path.filter((part) => typeof part !== 'number').join('.')] ?? messages[String(path[0])];

/** Messages by field, and by `upstreams.<name>` for one row; empty where everything is valid. */
export function validate(draft: Draft): Record<string, string> {
  const errors: Record<string, string> = {};
  const result = settingsSchema.safeParse(fromDraft(draft));
  for (const issue of result.error?.issues ?? []) {
    const message = messageAt(issue.path) ?? issue.message;
    errors[issue.path.join('.')] ??= message;
    errors[String(issue.path[0])] ??= issue.path.length > 1 ? `${valueAt(draft, issue.path)}: ${message}` : message;
  }
  Object.assign(errors, commandProblems(draft.qa));
  const names = draft.upstreams.map((row) => row.name);
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice) errors['upstreams'] ??= `${twice} is named twice`;
  return errors;
}

function valueAt(draft: Draft, path: PropertyKey[]): string {
  let value: unknown = fromDraft(draft);
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return typeof value === 'string' ? value : String(path.at(-1));
}
