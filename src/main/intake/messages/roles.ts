import type { Json, Role } from '../../../shared/model/index.js';

const roles: { [word: string]: Role } = {
  system: 'system',
  developer: 'developer',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  ai: 'assistant',
  model: 'assistant',
  chatbot: 'assistant',
  bot: 'assistant',
  tool: 'tool',
  function: 'tool',
  // Agents that write their calls and results out as text.
  'tool-call': 'assistant',
  'tool-response': 'user',
};

/** A role as frameworks name it: other words, other cases, `MessageRole.USER`. Undefined for words that are none. */
export function knownRole(value: Json | undefined): Role | undefined {
  if (typeof value !== 'string') return undefined;
  const word = value
    .replace(/^\w*Role\./, '')
    .replace('_', '-')
    .toLowerCase();
  return Object.hasOwn(roles, word) ? roles[word] : undefined;
}

export function roleOf(value: Json | undefined, otherwise: Role): Role {
  return knownRole(value) ?? otherwise;
}
