/** What agents write in a person's place, as data: an agent that is found to do so gets a line here. */

/** How messages begin that an agent made up, by agent. */
const openings: readonly string[] = [
  // Codex
  '<environment_context>',
  '<user_instructions>',
  '<permissions',
  '# AGENTS.md',
  // Claude Code
  'This session is being continued from a previous conversation',
  'Caveat: ',
  '<local-command',
  '<command-name>',
  '<command-message>',
  '<bash-stdout>',
  '<task-notification>',
  '[Request interrupted',
  // Gemini CLI and its forks
  '<session_context>',
  'This is the Gemini CLI. ',
  'This is the Qwen Code. ',
  // Aider
  'Here are summaries of some files present in my git repo',
  'I have *added these files to the chat*',
  'I am not sharing any ',
  'Here are some READ ONLY files',
  // Cline and Roo
  '<environment_details>',
  '[TASK RESUMPTION]',
];

/** Elements that only wrap what a person wrote. */
const wrappers = /^<(task|user_query|user_message|user_request|feedback)>\s*(.*?)\s*<\/\1>/s;
/** A message that is nothing but one element with a name no person types. */
const context = /^<([a-z]+_[a-z_]+)>.*<\/\1>$/s;

/** Messages behind which the conversation begins: what stands before are an agent's examples (Aider). */
const beginnings: readonly string[] = ['I switched to a new code base.'];

/** The words of a person in the text of a user's message; null where an agent wrote all of it. */
export function personsWords(text: string): string | null {
  const wrapped = wrappers.exec(text)?.[2];
  if (wrapped !== undefined) return wrapped === '' ? null : wrapped;
  return openings.some((opening) => text.startsWith(opening)) || context.test(text) ? null : text;
}

/** Whether a user's message says that all before it were examples. */
export function endsExamples(text: string): boolean {
  return beginnings.some((beginning) => text.startsWith(beginning));
}
