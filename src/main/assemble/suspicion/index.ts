import type { Json } from '../../../shared/model/index.js';
import { type Command, commandOf } from './command.js';
import { familiesOf } from './families.js';
import type { SuspicionRule } from './rule.js';
import { suspicionRules } from './rules/index.js';

/** That a tool failed, though its result is not marked so: how likely, by which rule, and why in words. */
export interface Suspicion {
  score: number;
  rule: string;
  reason: string;
}

/** Grows with the rules, and with those of `failures/`: what is stored is judged again then. */
export const suspicionVersion = 2;

/** So much of a result's beginning and end is looked at. */
const head = 8_000;
const tail = 16_000;
const longestLine = 1_000;
/** Last lines: a shell adds one or two of its own behind what a program said last. */
const lastLines = 4;
/** Patterns that hold on any line. */
const ofLines = new Map(
  suspicionRules.map(({ pattern }) => [pattern, new RegExp(pattern.source, `${pattern.flags.replace('m', '')}m`)]),
);
const shells = ['bash', 'sh', 'zsh', 'dash', 'fish', 'ksh'];
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of terminals
const escapes = /\x1b\[[0-9;?]*[A-Za-z]/g;
const succeeded =
  /^\W{0,4}(?:process |command |program )?(?:exited with |finished with |completed with )?(?:exit|return)(?:ed)?[ _-]?(?:code|status)?(?: was| is)?[>:= ]{1,3}\(?0\b|^(?:process|command) exited with code 0\b/im;

/**
 * Whether the text of a result says that its tool failed; null where no rule does. For results that are not marked: what was
 * stated or seen on the wire goes before this.
 */
export function suspicionOf(tool: string, args: Json, result: Json): Suspicion | null {
  const text = textOf(result);
  if (text === null) return null;
  const command = commandOf(args);
  const of = familiesOf(tool, args, command);
  const lines = new Lines(text);
  const ended = command !== null && succeeded.test(lines.text);
  let found: SuspicionRule | null = null;
  for (const rule of suspicionRules) {
    if (found !== null && found.score >= rule.score) continue;
    if (!rule.families.some((family) => of.has(family))) continue;
    // It went on and meant to, or it is known to have ended well: only what failed in a part of it is left to say.
    if (rule.ofPart !== true && (ended || command?.tolerant)) continue;
    if (rule.command !== undefined && (command === null || !rule.command.test(command.text))) continue;
    if (lines.holds(rule, command)) found = rule;
  }
  return found && { score: found.score, rule: found.id, reason: found.says };
}

/** The text of a result, and the lines that rules look at. */
class Lines {
  readonly text: string;
  readonly #lines: string[];

  constructor(text: string) {
    this.text = text;
    this.#lines = text.split('\n').map((line) => line.slice(0, longestLine));
  }

  holds(rule: SuspicionRule, command: Command | null): boolean {
    const filled = this.#lines.filter((line) => line.trim() !== '');
    if (rule.mostLines !== undefined && filled.length > rule.mostLines) return false;
    if (!this.#stands(rule, filled, command)) return false;
    return rule.unless === undefined || !rule.unless.test(this.text);
  }

  #stands({ where, pattern }: SuspicionRule, filled: readonly string[], command: Command | null): boolean {
    switch (where) {
      case 'first':
        return filled.length > 0 && pattern.test(this.text.trim());
      case 'last':
        return filled.slice(-lastLines).some((line) => pattern.test(line.trimStart()));
      case 'program': {
        const programs = [...(command?.programs ?? []), ...shells];
        return filled.some((line) => {
          const rest = behindProgram(line, programs);
          return rest !== null && pattern.test(rest);
        });
      }
      case 'any':
        return (ofLines.get(pattern) ?? pattern).test(this.text);
      case 'whole':
        return pattern.test(this.text);
      default:
        return where satisfies never;
    }
  }
}

/** What a line says behind the name of one of the programs; null where it does not begin with one. */
function behindProgram(line: string, programs: readonly string[]): string | null {
  const match = /^(?:\/?(?:[\w.-]+\/)+)?([\w.+-]{1,60}): (.*)$/.exec(line);
  return match !== null && programs.includes(match[1] as string) ? (match[2] as string) : null;
}

/** What a result says in words: a text, the texts of its parts, or what its usual fields hold; else its JSON. */
function textOf(result: Json): string | null {
  const text = wordsOf(result);
  if (text === null) return null;
  const plain = (text.length <= head + tail ? text : `${text.slice(0, head)}\n${text.slice(-tail)}`)
    .replaceAll(escapes, '')
    .replaceAll('\r\n', '\n');
  return plain.trim() === '' ? null : plain;
}

function wordsOf(result: Json): string | null {
  if (typeof result === 'string') return result;
  if (result === null || typeof result !== 'object') return null;
  if (Array.isArray(result)) {
    const parts = result.map((part) => (isFields(part) && part['type'] === 'text' ? part['text'] : null));
    const texts = parts.filter((part): part is string => typeof part === 'string');
    return texts.length > 0 ? texts.join('\n') : JSON.stringify(result);
  }
  if (Array.isArray(result['content'])) return wordsOf(result['content']);
  const printed = ['stdout', 'output', 'stderr']
    .map((field) => result[field])
    .filter((each) => typeof each === 'string');
  return printed.length > 0 ? printed.join('\n') : JSON.stringify(result);
}

function isFields(value: Json | undefined): value is { [name: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
