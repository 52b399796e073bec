import { frozenEnvironment } from '../ground/sandbox.js';

/**
 * What every command sees of its surroundings, the same on every machine and on every day. Variables that tell a program
 * that it is watched or driven by an agent are not among them: some behave differently then.
 */
const frozen: Readonly<Record<string, string>> = {
  ...frozenEnvironment,
  // 1980: the first day that a zip can name. A request may give the commit's own time.
  SOURCE_DATE_EPOCH: '315532800',
  HOME: '/tmp',
  USER: 'sandbox',
  LOGNAME: 'sandbox',
};

/** Agents, and what reports to collectors. */
const unwanted =
  /^(OTEL_|TRACEPARENT$|TRACESTATE$|CLAUDECODE$|CLAUDE_|ANTHROPIC_|OPENAI_|CODEX_|CURSOR_|GEMINI_|AIDER_|OPENCODE|GOOSE_|AUGMENT_|COPILOT_|REPL_ID$|AI_AGENT$|AGENT$|SLUICE_)/;

/** The engine's list of variables: the frozen ones, then those asked for; what the image has and nobody may see is unset. */
export function environmentOf(image: readonly string[], asked: Readonly<Record<string, string>>): string[] {
  const all = Object.entries({ ...frozen, ...asked }).filter(([name]) => !unwanted.test(name));
  const unset = image.map((line) => line.split('=', 1)[0] as string).filter((name) => unwanted.test(name));
  return [...all.map(([name, value]) => `${name}=${value}`), ...unset];
}
