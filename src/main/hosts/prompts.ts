import { createHash } from 'node:crypto';
import { longestPrompt } from '../../shared/contract/engine.js';
import { SluiceError } from '../../shared/errors.js';
import { parseJson } from '../ground/json.js';

/** How prompts are run: by a command with `{prompt}` in its arguments, or by a model of a profile. */
export type How = { command: readonly string[] } | { profile: string; max_tokens: number; temperature: number | null };

/** What is asked: its id, its words, and what stands before them. */
export interface Prompt {
  prompt_id: string;
  prompt: string;
  system: string | null;
}

const mostPrompts = 1_000_000;
/** Bad lines are named one by one, up to so many. */
const mostNamed = 20;
const idForm = /^[^\s\p{C}](?:[^\p{C}]{0,98}[^\s\p{C}])?$/u;

/**
 * Prompts of lines, each a JSON string, or an object with `prompt` (or `text`) and, where they are given, `id` (or `prompt_id`) and
 * `system`. Who has no id is named by what it says. Empty lines are passed over.
 * @throws SluiceError `prompts_invalid` that names each bad line with its number, before anything is asked
 */
export async function readPrompts(lines: AsyncIterable<string> | Iterable<string>): Promise<Prompt[]> {
  const prompts: Prompt[] = [];
  const firstLine = new Map<string, number>();
  const bad: string[] = [];
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const read = promptOf(parseJson(number === 1 ? line.replace(/^\uFEFF/, '') : line));
    if (typeof read === 'string') bad.push(`line ${number}: ${read}`);
    else if (firstLine.has(read.prompt_id))
      bad.push(`line ${number}: the same ${read.named ? 'id' : 'prompt'} as line ${firstLine.get(read.prompt_id)}`);
    else {
      firstLine.set(read.prompt_id, number);
      prompts.push({ prompt_id: read.prompt_id, prompt: read.prompt, system: read.system });
    }
    if (prompts.length > mostPrompts) throw new SluiceError('usage', `One list has at most ${mostPrompts} prompts.`);
  }
  if (bad.length > 0) {
    const more = bad.length > mostNamed ? `; and ${bad.length - mostNamed} more` : '';
    throw new SluiceError('prompts_invalid', `${bad.slice(0, mostNamed).join('; ')}${more}.`, { lines: bad });
  }
  if (prompts.length === 0) throw new SluiceError('prompts_invalid', 'There is no prompt in it.');
  return prompts;
}

/** A sentence where it is none. */
function promptOf(value: unknown): string | (Prompt & { named: boolean }) {
  if (value === undefined) return 'no JSON';
  if (typeof value === 'string') return promptOf({ prompt: value });
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return 'neither a text nor an object with `prompt`';
  const fields = value as { [name: string]: unknown };
  const prompt = fields['prompt'] ?? fields['text'];
  const id = fields['id'] ?? fields['prompt_id'];
  const system = fields['system'] ?? null;
  if (typeof prompt !== 'string' || prompt.trim() === '') return '`prompt` is no text, or empty';
  if (prompt.includes('\0')) return '`prompt` holds a NUL character';
  if (prompt.length > longestPrompt) return `\`prompt\` is longer than ${longestPrompt} characters`;
  if (system !== null && (typeof system !== 'string' || system.trim() === '' || system.length > longestPrompt))
    return '`system` is no text, or empty, or too long';
  const named = id !== undefined && id !== null;
  if (named && typeof id !== 'string' && !Number.isSafeInteger(id)) return '`id` is neither a text nor a whole number';
  if (named && !idForm.test(String(id))) return '`id` has 1 to 100 characters on one line';
  return { prompt_id: named ? String(id) : `prompt-${hashOf([prompt, system])}`, prompt, system, named };
}

/** 12 characters of lower-case letters and digits. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}

/**
 * Whether a command runs the prompts, or a profile.
 * @throws SluiceError `usage`
 */
export function howOf(
  command: readonly string[],
  { profile, maxTokens, temperature }: { profile?: string; maxTokens: number; temperature?: string },
): How {
  if (command.length > 0 === (profile !== undefined))
    throw new SluiceError('usage', 'Say what runs the prompts: --profile P, or -- COMMAND with {prompt}.');
  if (profile === undefined) {
    if (temperature !== undefined) throw new SluiceError('usage', '--temperature is of --profile.');
    if (!command.some((word) => word.includes('{prompt}')))
      throw new SluiceError('usage', 'The command has no {prompt}: say where the prompt goes.');
    return { command };
  }
  const number = temperature === undefined ? null : Number(temperature);
  if (number !== null && !(number >= 0 && number <= 2))
    throw new SluiceError('usage', `--temperature is a number from 0 to 2, not "${temperature}".`);
  return { profile, max_tokens: maxTokens, temperature: number };
}
