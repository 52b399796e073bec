import * as z from 'zod';
import type { Json } from './common.js';
import { consentPatchSchema } from './consent.js';
import { finalizeJudgeSchema, finalizeQaSchema } from './qa.js';
import { quantitySchema } from './quantity.js';
import { completionStatuses, qaResultsSchema } from './trace.js';

/** What programs send to POST /traces, POST /traces/:id/events and POST /ingest. Fields not named here are kept. */

export const maxEvents = 10_000;

/** Epoch seconds are below it, so a program that forgot the factor is told and not moved to 1970. */
const firstMillis = 100_000_000_000;
/** The end of the year 2199: what the store counts in microseconds reaches a little further. */
const lastMillis = 7_258_118_399_999;
/** Ten years. */
const longestMs = 315_576_000_000;

export const sentTimeSchema = z
  .union(
    [
      z.iso.datetime({ offset: true }).refine((time) => Date.parse(time) >= 0 && Date.parse(time) <= lastMillis),
      z.number().min(firstMillis).max(lastMillis),
    ],
    { error: 'ISO-8601 with a time zone, or milliseconds since 1970; up to the year 2199' },
  )
  .describe('ISO-8601 with a time zone, or milliseconds since 1970');

/**
 * Whether a path stays inside the repository it is relative to, on every system: no root, drive, share, home, scheme or
 * `..`, not under percent-encoding either.
 */
export function isRepositoryPath(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are refused
  if (/[\x00-\x1f\x7f]/.test(path)) return false;
  const plain = path.replace(/%(2e|2f|5c)/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  // A root, a home, a drive or scheme, a variable of a shell, an escape inside an escape.
  if (
    /^(?:[/\\]|~$|~[^/\\]*[/\\]|[A-Za-z][A-Za-z0-9+.-]*:)|[$]|%(?:25|7e|c0|e0)/i.test(plain) ||
    plain !== plain.trim()
  )
    return false;
  return !plain.split(/[/\\]/).some((part) => part.trim() === '..');
}

/**
 * Whether a command is one command: nothing in it makes a shell start, chain, redirect or substitute another. Brackets
 * inside quotes are text; everything else counts inside them too, so that no way of quoting has to be understood.
 */
export function isPlainCommand(command: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are refused
  if (command.trim() === '' || /[;|&><`\x00-\x1f\x7f\x85\u2028\u2029]|\$[({']/.test(command)) return false;
  const unquoted = command.replace(/'[^']{0,4096}'|"[^"]{0,4096}"/g, '');
  return !/[(){}]|(?:^|\s)!/.test(unquoted);
}

/** The files that a diff names: a `---` line with a `+++` line behind it, git's headers of renames and copies. */
function diffPaths(diff: string): string[] {
  const paths: string[] = [];
  for (const [, before, after] of diff.matchAll(/^--- ([^\r\n]{1,4096})\r?\n\+\+\+ ([^\r\n]{1,4096})/gm)) {
    for (const path of [before, after]) if (path !== undefined) paths.push(path.split('\t', 1)[0] as string);
  }
  for (const [, path] of diff.matchAll(/^(?:rename|copy) (?:from|to) ([^\r\n]{1,4096})/gm)) paths.push(path as string);
  for (const [, before, after] of diff.matchAll(/^diff --git (?:a\/)?(\S{1,4096}) (?:b\/)?(\S{1,4096})/gm)) {
    paths.push(before as string, after as string);
  }
  return paths.filter((path) => path !== '/dev/null');
}

const pathRule = 'a path inside the repository: relative, without `..`';
/** Any JSON value. It came out of a JSON parser, so there is nothing to check but that it is there. */
const json = z.custom<Json>((value) => value !== undefined, 'missing');
const filePath = z.string().min(1).max(4096).refine(isRepositoryPath, pathRule).describe(pathRule);
const commandRule = 'one command, without shell operators (; | & > < ` $( ( ) { } ! or a line break)';

const eventBase = {
  event_id: z.string().min(1).max(200).optional().describe('A second event with the same id changes nothing'),
  timestamp: sentTimeSchema,
  duration_ms: z.number().min(0).max(longestMs).optional(),
  agent: z.string().max(200).optional(),
};
const text = z.string();
const optionSchema = z.union([
  z.string(),
  z.looseObject({
    option: z.string(),
    pros: z.array(z.string()).optional(),
    cons: z.array(z.string()).optional(),
    estimated_cost: quantitySchema.optional().describe('US dollars: a number, or text such as `$0.15`'),
    estimated_time: quantitySchema.optional().describe('Seconds: a number, or text such as `45s`'),
  }),
]);

/** Other names under which the same fields are sent. */
const aliases: { [name: string]: string[] } = {
  timestamp: ['time', 'at', 'ts'],
  file: ['file_path', 'path', 'filename'],
  diff: ['patch', 'unified_diff'],
};
const aliasesOf: { [type: string]: { [name: string]: string[] } } = {
  terminal_command: { command: ['cmd'], output: ['stdout'] },
  reasoning_step: { content: ['reasoning', 'text', 'thought', 'description'] },
  reasoning: { content: ['reasoning', 'text', 'thinking', 'thought'] },
  message: { content: ['text', 'message'] },
  user_feedback: { content: ['feedback', 'text', 'comment', 'message'] },
  tool_call: {
    name: ['tool', 'tool_name', 'function'],
    arguments: ['args', 'input', 'parameters'],
    tool_call_id: ['call_id', 'id'],
    result: ['output', 'response'],
  },
  tool_result: {
    name: ['tool', 'tool_name', 'function'],
    result: ['output', 'response', 'content', 'observation'],
    tool_call_id: ['call_id', 'id'],
  },
  test_result: { name: ['test', 'test_name', 'suite'], status: ['result', 'outcome'] },
  decision: { available_options: ['options', 'alternatives'] },
  error: { message: ['error', 'description'] },
};

/** Types whose steps have data of their own, and fields that a step has whether they were sent or not. */
const filledIn: ReadonlyMap<string, readonly string[]> = new Map([
  ['file_open', []],
  ['file_close', []],
  ['code_edit', []],
  ['terminal_command', ['exit_code', 'output']],
  ['test_result', ['name', 'status']],
  ['reasoning_step', []],
  ['user_feedback', []],
]);

/**
 * Fields by the one name that the schema has; those inside `data` or `payload` count where the event itself has none. The
 * type stands in `type`, or in `event_type` with the fields in `data`: then `sent_as` keeps which names were others (null:
 * not sent), so that the event can be told as it came.
 */
function named(value: unknown): unknown {
  if (!isFields(value)) return value;
  const { event_type, ...sent } = value;
  const nested = sent.type === undefined && typeof event_type === 'string';
  const event: Fields = nested ? { ...sent, type: event_type } : { ...value };
  for (const from of ['data', 'payload']) {
    const inner = sent[from];
    if (!isFields(inner)) continue;
    // The data of a change of state is a field of its own.
    if (!(from === 'data' && event.type === 'state_change')) delete event[from];
    const clashing: Fields = {};
    for (const [name, field] of Object.entries(inner)) {
      if (name in event) clashing[name] = field;
      else event[name] = field;
    }
    if (!(from in event) && Object.keys(clashing).length > 0) event[from] = clashing;
  }
  const type = String(event.type);
  const own = Object.hasOwn(aliasesOf, type) ? aliasesOf[type] : undefined;
  const sentAs: { [name: string]: string | null } = {};
  for (const [name, otherNames] of Object.entries({ ...aliases, ...own })) {
    if (event[name] !== undefined) continue;
    const other = otherNames.find((candidate) => event[candidate] !== undefined);
    if (other === undefined) continue;
    event[name] = event[other];
    delete event[other];
    if (name !== 'timestamp' && other !== documentNames[name]) sentAs[name] = other;
  }
  const filled = filledIn.get(type);
  if (!nested || filled === undefined) return event;
  for (const name of filled) if (event[name] === undefined) sentAs[name] = null;
  if (type === 'terminal_command' && event.duration_ms === undefined && event.duration !== undefined) {
    sentAs.duration_ms = typeof event.duration === 'number' ? 'duration' : null;
  }
  return Object.keys(sentAs).length === 0 ? event : { ...event, sent_as: sentAs };
}

/** Names of a step's fields in `data` of an event, where they are others. */
export const documentNames: { [name: string]: string } = { file: 'file_path' };

type Fields = { [name: string]: unknown };

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const sentEventSchema = z.preprocess(
  named,
  z.discriminatedUnion('type', [
    z.looseObject({ ...eventBase, type: z.literal('file_open'), file: filePath }),
    z.looseObject({ ...eventBase, type: z.literal('file_close'), file: filePath }),
    z.looseObject({
      ...eventBase,
      type: z.literal('code_edit'),
      file: filePath,
      diff: text
        .refine((diff) => diffPaths(diff).every(isRepositoryPath), 'its files have to lie inside the repository')
        .describe('Unified diff'),
    }),
    z.looseObject({
      ...eventBase,
      type: z.literal('terminal_command'),
      command: text.min(1),
      exit_code: z.int().nullable().optional(),
      output: text.optional(),
      duration: z
        .union([
          z
            .number()
            .min(0)
            .max(longestMs / 1000),
          z.string().max(200),
        ])
        .optional()
        .describe('Seconds, or text such as `1.2s`; `duration_ms` says the same in milliseconds'),
    }),
    z.looseObject({
      ...eventBase,
      type: z.literal('test_result'),
      name: text.optional(),
      status: text.optional().describe('e.g. passed, failed, skipped'),
      passed: z.union([z.boolean(), z.number()]).optional().describe('Whether, or how many'),
      failed: z.union([z.boolean(), z.number()]).optional(),
      output: text.optional(),
      test_command: text.refine(isPlainCommand, commandRule).optional(),
    }),
    z.looseObject({ ...eventBase, type: z.literal('reasoning_step'), content: text }),
    z.looseObject({
      ...eventBase,
      type: z.literal('message'),
      role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
      content: json,
    }),
    z.looseObject({ ...eventBase, type: z.literal('reasoning'), content: text }),
    z.looseObject({
      ...eventBase,
      type: z.literal('tool_call'),
      tool_call_id: z.string().min(1).max(200).optional(),
      name: z.string().min(1).max(500),
      arguments: json.optional(),
      result: json.optional().describe('Where the call is sent with what came back'),
      is_error: z.boolean().optional(),
    }),
    z.looseObject({
      ...eventBase,
      type: z.literal('tool_result'),
      tool_call_id: z.string().min(1).max(200).optional().describe('Absent: the last open call of this name'),
      name: z.string().min(1).max(500).optional(),
      result: json,
      is_error: z.boolean().optional(),
    }),
    z.looseObject({
      ...eventBase,
      type: z.literal('decision'),
      context: text.optional(),
      available_options: z.array(optionSchema).max(1000).optional(),
      decision: text,
      reasoning: text.optional(),
      confidence: z.number().optional(),
      tool_call_ids: z.array(z.string().max(200)).max(1000).optional(),
      outcome: z
        .looseObject({
          actual_cost: quantitySchema.optional(),
          actual_time: quantitySchema.optional(),
          success: z.boolean().optional(),
          quality: z.number().optional(),
        })
        .optional(),
    }),
    z.looseObject({
      ...eventBase,
      type: z.literal('error'),
      code: z.string().max(200).optional(),
      message: text,
      details: json.optional(),
    }),
    z.looseObject({ ...eventBase, type: z.literal('user_feedback'), content: text }),
    z.looseObject({ ...eventBase, type: z.literal('state_change'), description: text, data: json.optional() }),
  ]),
);
export type SentEvent = z.infer<typeof sentEventSchema>;

/** What a program calls its own trace. */
export const sentNameSchema = z.string().min(1).max(256);

/** A PR telemetry trace, whole or its beginning. */
export const telemetryTraceSchema = z
  .looseObject({
    schema_version: z.string().min(1).max(32).optional(),
    trace_id: sentNameSchema
      .optional()
      .describe('Names the trace in every route; sent again under the same name, a trace takes only what is new'),
    developer_id: z.string().min(1).max(256),
    bug_id: z.string().min(1).max(256).nullish(),
    repo: z.looseObject({
      name: z.string().min(1).max(512),
      url: z.string().min(1).max(2048),
      branch: z.string().min(1).max(512),
      commit_before: z.string().min(1).max(256),
      commit_after: z.string().min(1).max(256).nullish(),
      test_command: z.string().min(1).max(4096).refine(isPlainCommand, commandRule).nullish().describe(commandRule),
    }),
    start_time: sentTimeSchema,
    end_time: sentTimeSchema.nullish(),
    events: z.array(sentEventSchema).max(maxEvents).default([]),
    qa_results: qaResultsSchema.nullish().describe('What its tests came to, and how its reasoning was judged'),
    consent: consentPatchSchema.optional().describe('Who gave it for what; its subject is stored as a pseudonym'),
  })
  .refine((trace) => trace.end_time == null || millisOf(trace.end_time) >= millisOf(trace.start_time), {
    path: ['end_time'],
    message: 'not before start_time',
  });
export type TelemetryTrace = z.infer<typeof telemetryTraceSchema>;

export const sentEventsSchema = z.looseObject({ events: z.array(sentEventSchema).min(1).max(maxEvents) });

export const finalizeSchema = z.looseObject({
  completion_status: z.enum(completionStatuses).exclude(['running']).default('completed'),
  end_time: sentTimeSchema.optional(),
  wait: z.boolean().default(true).describe('false: answers 202 at once, as with `Prefer: respond-async`'),
  qa: z
    .union([z.boolean(), finalizeQaSchema])
    .optional()
    .describe('false: no tests; else what is said of their run. Absent: as the settings say'),
  judge: z
    .union([z.boolean(), finalizeJudgeSchema])
    .optional()
    .describe('false: no judge of the reasoning. Absent: by the profile of the settings, else the only one agreed to'),
});
export type Finalize = z.infer<typeof finalizeSchema>;

/** One event of a program that keeps its own trace ids. */
export const ingestSchema = z.looseObject({
  trace_id: sentNameSchema.describe('Id of a stored trace, or any name of your own: equal names are one trace'),
  event_type: z
    .string()
    .min(1)
    .max(128)
    .describe('message, reasoning, tool_call, tool_result, decision, error, user_feedback, state_change, llm_call, …'),
  payload: z.record(z.string(), json).describe('Fields of the event; of an unknown type they are kept as they are'),
  event_id: z.string().min(1).max(200).optional().describe('A second event with the same id changes nothing'),
  timestamp: sentTimeSchema.optional().describe('Now where it is absent'),
});
export type IngestEvent = z.infer<typeof ingestSchema>;

function millisOf(time: string | number): number {
  return typeof time === 'number' ? time : Date.parse(time);
}
