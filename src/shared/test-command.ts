import { SluiceError } from './errors.js';

const maxWords = 200;
const maxWordLength = 4096;

const operators: Readonly<Record<string, string>> = {
  '&&': 'joins two commands',
  '||': 'joins two commands',
  ';': 'joins two commands',
  '\n': 'joins two commands',
  '|': 'leads the output into another command',
  '&': 'lets the command go on alone',
  '>': 'leads the output into a file',
  '<': 'reads from a file',
  '(': 'begins a shell of its own',
  ')': 'ends a shell of its own',
};
const substitutions: Readonly<Record<string, string>> = {
  $: 'stands for something else',
  '`': 'runs a command in its place',
};
const patterns: Readonly<Record<string, string>> = {
  '*': 'stands for names of files',
  '?': 'stands for names of files',
  '[': 'stands for names of files',
};
const shellWords = new Set(
  '! { } [[ if then else elif fi case esac for while until do done in function select time alias bg cd eval exec exit export fg jobs read readonly return set shift source trap ulimit umask unalias unset . :'.split(
    ' ',
  ),
);

/**
 * A command as an argument vector. Text is split like a POSIX shell does, with its quotes and backslashes; what only a shell could
 * do (operators, substitutions, names of files, assignments) is refused with the reason.
 * @throws SluiceError `qa_command_refused`
 */
export function testCommand(said: string | readonly string[]): string[] {
  const words = typeof said === 'string' ? wordsOf(said) : [...said];
  if (words.length === 0 || words[0] === '') throw refused('It names no program.');
  if (words.length > maxWords) throw refused(`It has more than ${maxWords} words.`);
  for (const word of words) {
    if (word.length > maxWordLength) throw refused(`A word of it has more than ${maxWordLength} characters.`);
    if (word.includes('\0')) throw refused('It has a byte of zero.');
  }
  return words;
}

function wordsOf(text: string): string[] {
  const words: string[] = [];
  /** The word that is being read, and the same with what was quoted as spaces: those have no meaning of their own. */
  let word: { text: string; plain: string } | null = null;
  const add = (part: string, quoted: boolean) => {
    word ??= { text: '', plain: '' };
    word.text += part;
    word.plain += quoted ? ' '.repeat(Math.max(1, part.length)) : part;
  };
  const end = () => {
    if (word === null) return;
    assertPlain(word.plain, words.length === 0);
    words.push(word.text);
    word = null;
  };
  const source = text.trimStart();
  for (let at = 0; at < source.length; at++) {
    const sign = source[at] as string;
    const next = source[at + 1];
    if (sign === "'") {
      const close = source.indexOf("'", at + 1);
      if (close === -1) throw refused("A quote (') is not closed.");
      add(source.slice(at + 1, close), true);
      at = close;
    } else if (sign === '"') {
      at = doubleQuoted(source, at + 1, (part) => add(part, true));
    } else if (sign === '\\') {
      if (next === undefined) throw refused('It ends in a backslash.');
      // A line that goes on below.
      if (next !== '\n') add(next, true);
      at++;
    } else if (/[ \t\r]/.test(sign) || source.slice(at).trim() === '') end();
    else {
      const operator = next !== undefined && `${sign}${next}` in operators ? `${sign}${next}` : sign;
      const why = operators[operator] ?? substitutions[operator] ?? patterns[operator];
      if (why !== undefined) throw refusedSign(operator, why);
      if (word === null && sign === '#') throw refusedSign('#', 'begins a remark');
      if (word === null && sign === '~') throw refusedSign('~', 'stands for a home folder');
      add(sign, false);
    }
  }
  end();
  return words;
}

/** Reads what stands in double quotes. Gives the place of the closing one. */
function doubleQuoted(source: string, from: number, add: (part: string) => void): number {
  add('');
  for (let at = from; at < source.length; at++) {
    const sign = source[at] as string;
    if (sign === '"') return at;
    const next = source[at + 1] ?? '';
    if (sign === '\\' && '$`"\\\n'.includes(next) && next !== '') {
      if (next !== '\n') add(next);
      at++;
      continue;
    }
    const why = substitutions[sign];
    if (why !== undefined) throw refusedSign(sign, why);
    add(sign);
  }
  throw refused('A quote (") is not closed.');
}

function assertPlain(word: string, isFirst: boolean): void {
  if (/\{[^{}]*(?:,|\.\.)[^{}]*\}/.test(word)) throw refusedSign(word, 'stands for several words');
  if (!isFirst) return;
  const [, name] = /^([A-Za-z_]\w*)\+?=/.exec(word) ?? [];
  if (name !== undefined)
    throw refused(`\`${shown(word)}\` sets a variable: begin with \`env\`, as in \`env ${name}=… command\`.`);
  if (shellWords.has(word)) throw refused(`\`${word}\` is a word of the shell, not a program.`);
}

function refusedSign(sign: string, why: string): SluiceError {
  const shownSign = sign === '\n' ? 'A new line' : `\`${shown(sign)}\``;
  return refused(`${shownSign} ${why}: no shell reads the command. Put it in quotes where it is meant as it stands.`);
}

function shown(word: string): string {
  return word.length > 60 ? `${word.slice(0, 60)}…` : word;
}

function refused(why: string): SluiceError {
  return new SluiceError('qa_command_refused', `The test command is refused. ${why}`);
}
