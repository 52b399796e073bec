import * as z from 'zod';
import codingAgent from '../../../resources/demo/coding-agent.json' with { type: 'json' };
import codingAgentExplore from '../../../resources/demo/coding-agent-explore.json' with { type: 'json' };
import dataAgent from '../../../resources/demo/data-agent.json' with { type: 'json' };
import devopsAgent from '../../../resources/demo/devops-agent.json' with { type: 'json' };
import localChat from '../../../resources/demo/local-chat.json' with { type: 'json' };
import researchAgent from '../../../resources/demo/research-agent.json' with { type: 'json' };
import supportAgent from '../../../resources/demo/support-agent.json' with { type: 'json' };
import { standIns } from './stand-ins.js';

/** Text, long ones as lines. `{{name}}` stands for a made-up secret (stand-ins.ts). */
const text = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => standIns(typeof value === 'string' ? value : value.join('\n')));

const answerSchema = z.strictObject({
  think: text.optional(),
  text: text.optional(),
  calls: z
    .array(
      z.strictObject({
        name: z.string(),
        args: z.record(z.string(), z.json()),
        /** Name of the session that this call starts; the results come when it has ended. */
        spawns: z.string().optional(),
      }),
    )
    .default([]),
  /** Tokens: input with what was cached, output, input read from the cache. */
  in: z.number().int(),
  out: z.number().int(),
  cached: z.number().int().default(0),
  seconds: z.number(),
});

const failSchema = z.strictObject({
  status: z.number().int(),
  type: z.string(),
  code: z.string().optional(),
  message: z.string(),
  seconds: z.number(),
});

const turnSchema = z.strictObject({
  /** Seconds that pass before. */
  wait: z.number().default(0),
  user: text.optional(),
  /** Results of the tool calls of the last answer, in their order. */
  results: z
    .array(
      z.union([
        text.transform((content) => ({ content, error: false })),
        z.strictObject({ error: z.literal(true), content: text }),
      ]),
    )
    .optional(),
  answer: answerSchema.optional(),
  /** A call that the vendor refuses. */
  fail: failSchema.optional(),
  /** A call whose answer the client does not wait for. */
  abort: answerSchema.optional(),
});

/** One session as data: only what is new in each turn, the loader resends the history as the client would. */
const demoScriptSchema = z.strictObject({
  name: z.string(),
  format: z.enum(['anthropic-messages', 'openai-chat', 'openai-responses']),
  /** When it began, counted back from the base time. Absent for a session that another one starts. */
  minutes_ago: z.number().optional(),
  parent: z.string().optional(),
  model: z.string(),
  client: z.string(),
  /** Header in which the client names its session. */
  session: z.string().optional(),
  gateway: z.strictObject({ upstream: z.string(), url: z.url(), session: z.string() }).optional(),
  /** The tools are those of this MCP server, and its traffic is captured too. */
  mcp: z.url().optional(),
  /** Sends only what is new, with previous_response_id. */
  chained: z.boolean().default(false),
  stream: z.boolean().default(true),
  params: z.record(z.string(), z.json()).default({}),
  system: z.array(z.string()),
  tools: z.array(
    z.strictObject({ name: z.string(), description: z.string(), input: z.record(z.string(), z.string()) }),
  ),
  turns: z.array(turnSchema),
});

export type DemoScript = z.infer<typeof demoScriptSchema>;
export type DemoAnswer = z.infer<typeof answerSchema>;
export type DemoFailure = z.infer<typeof failSchema>;

/** All demo sessions; a session that another one starts stands after it. */
export function demoScripts(): DemoScript[] {
  return [codingAgent, codingAgentExplore, researchAgent, supportAgent, dataAgent, devopsAgent, localChat].map(
    (script) => demoScriptSchema.parse(script),
  );
}
