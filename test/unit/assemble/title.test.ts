import { describe, expect, it } from 'vitest';
import { Conversation, decoded } from '../../support/conversation.js';
import { threader } from '../../support/lineage.js';

/** The title of a trace whose first request holds these messages of the user. */
function titleOf(...messages: string[]): string | undefined {
  const { take } = threader();
  const talk = new Conversation({ format: 'openai-chat' });
  for (const message of messages) talk.user(message);
  return take(decoded(talk.call({ text: 'Yes.' }))).new_trace?.title;
}

const question = 'Why do the geese leave so early?';

describe('the title of a trace is the person’s words', () => {
  it.each([
    ['alone', [question]],
    ['behind Gemini CLI’s context', ['<session_context>\nToday is Monday.\n</session_context>', question]],
    ['behind the older setup of Gemini CLI', ['This is the Gemini CLI. We are setting up the context.', question]],
    ['behind Codex’s environment', ['<environment_context>\n<cwd>/srv</cwd>\n</environment_context>', question]],
    ['behind a context that nobody knows yet', ['<editor_state>\nopen: a.ts\n</editor_state>', question]],
    ['inside Cline’s element', [`<task>\n${question}\n</task>\n<environment_details>x</environment_details>`]],
    [
      'behind Aider’s examples and files',
      [
        'Change get_factorial() to use math.factorial',
        'Refactor hello() into its own file.',
        'I switched to a new code base. Please don’t consider the above files.',
        'Here are summaries of some files present in my git repository.',
        question,
      ],
    ],
  ])('%s', (_, messages) => {
    expect(titleOf(...messages)).toBe(question);
  });

  it('a person may write an element too', () => {
    expect(titleOf('<div>is not centred</div>')).toBe('<div>is not centred</div>');
  });

  it('where an agent wrote all of it, what it wrote', () => {
    expect(titleOf('<session_context>Monday</session_context>')).toBe('<session_context>Monday</session_context>');
  });
});
