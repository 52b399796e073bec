import * as z from 'zod';
import { newConsentSchema } from './model/consent.js';
import { qaDefaultsSchema, webhookSchema } from './model/qa.js';
import { patchSchema } from './patch.js';

const hostPattern = z
  .string()
  .min(1)
  .max(253)
  .regex(/^(\*|(\*\.)?[A-Za-z0-9._-]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?$/, 'a host name, *.suffix, host:port or *');
const port = z.number().int().min(0).max(65_535);

/** `settings.json` in the data folder; flags and SLUICE_* variables override it for one run. */
export const settingsSchema = z.strictObject({
  version: z.literal(1).default(1),
  host: z.string().min(1).default('127.0.0.1'),
  proxy_port: port.default(7690),
  api_port: port.default(7691),
  /** Hosts to intercept besides the built-in model and MCP hosts; `*` for all. */
  intercept: z.array(hostPattern).max(1000).default([]),
  /** Hosts never to intercept; wins over everything. */
  tunnel: z.array(hostPattern).max(1000).default([]),
  /** Web origins, `https://host[:port]` in small letters, whose pages may use the gateway; all other pages are refused. */
  allowed_origins: z
    .array(z.string().regex(/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#A-Z]{1,253}$/, 'an origin such as https://app.example'))
    .max(100)
    .default([]),
  /** Gateway upstreams by name; adds to or replaces the built-in ones. */
  upstreams: z.record(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/), z.url({ protocol: /^https?$/ })).default({}),
  /** Proxy that the studio itself must use to reach the network, e.g. http://user:pass@proxy.corp:3128. */
  upstream_proxy: z
    .url({ protocol: /^http$/ })
    .nullable()
    .default(null),
  /** Hosts reached without the upstream proxy: names, .suffixes, host:port. */
  no_proxy: z.array(z.string()).max(1000).default(['localhost', '127.0.0.1', '::1']),
  /** Accept upstream certificates that do not verify. For test servers only. */
  insecure_upstream: z.boolean().default(false),
  /** Body bytes kept per direction; more is forwarded but stored cut. */
  body_limit_bytes: z
    .number()
    .int()
    .min(1024)
    .max(1024 ** 3)
    .default(64 * 1024 * 1024),
  /** Requests per minute that each token but the studio's own may send to write; 0: as many as it likes. */
  rate_limit_per_minute: z.number().int().min(0).max(1_000_000).default(600),
  /** How long open responses may finish after SIGTERM. */
  drain_grace_ms: z.number().int().min(0).max(600_000).default(10_000),
  /** Minutes between two runs of the quality scores, which look at what changed; 0: only when asked for. */
  quality_every_minutes: z.number().int().min(0).max(10_080).default(60),
  /** Who the studio and the command line review as; tokens review as their names. */
  reviewer_name: z.string().trim().min(1).max(80).default('owner'),
  /** Consent of new traces that bring none and come of no other. */
  consent_default: newConsentSchema.nullable().default(null),
  /** What is deleted by itself, oldest first, at start and once a day. */
  retention: z
    .strictObject({
      /** Days since a trace was last seen; null: any age. */
      max_age_days: z.number().int().min(1).max(36_500).nullable().default(null),
      /** Bytes that the database may hold; null: any number. */
      max_bytes: z
        .number()
        .int()
        .min(1024 ** 2)
        .nullable()
        .default(null),
      /** Traces with a label, rating, tag or note stay, whatever their age. */
      keep_labelled: z.boolean().default(true),
    })
    .default({ max_age_days: null, max_bytes: null, keep_labelled: true }),
  /** How tests of traces are run, and where their repositories lie on this machine. */
  qa: qaDefaultsSchema.prefault({}),
  /** Who judges the reasoning of a trace that POST /traces/:id/finalize ends. */
  judge: z
    .strictObject({
      /** Model profile; null: the only one that was agreed to. */
      profile: z.string().min(1).max(100).nullable().default(null),
      on_finalize: z.boolean().default(true),
    })
    .prefault({}),
  /** Addresses that hear of jobs that are over; only these are ever called. */
  webhooks: z.array(webhookSchema).max(20).default([]),
});
export type Settings = z.infer<typeof settingsSchema>;
/** A change of some settings; the others stay. */
export const settingsPatchSchema = patchSchema(settingsSchema);

/** Built-in gateway upstreams. The path after `/<name>` is appended to these. */
export const builtinUpstreams = {
  openai: 'https://api.openai.com',
  anthropic: 'https://api.anthropic.com',
  gemini: 'https://generativelanguage.googleapis.com',
  ollama: 'http://127.0.0.1:11434',
  openrouter: 'https://openrouter.ai/api',
  mistral: 'https://api.mistral.ai',
  groq: 'https://api.groq.com/openai',
  deepseek: 'https://api.deepseek.com',
  xai: 'https://api.x.ai',
} as const satisfies Record<string, string>;
