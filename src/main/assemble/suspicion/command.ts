import type { Json } from '../../../shared/model/index.js';

/** A command line as far as its result can be judged by it. */
export interface Command {
  text: string;
  /** Names of the programs that it runs. */
  programs: readonly string[];
  /** What it prints is what lies somewhere, or was said before: of its own it says little. */
  shows: boolean;
  /** It goes on where something fails, and means to. */
  tolerant: boolean;
}

const longest = 8_000;
/** Programs that print what they are given, or what stands in files. */
const showing = new Set(
  'cat tac head tail less more bat grep egrep fgrep zgrep rg ag ack sed awk gawk find fd ls tree echo printf wc sort uniq cut paste column nl diff cmp comm jq yq xq journalctl dmesg strings hexdump xxd od man env printenv history stat file du df ps date cd pwd export set true sleep tee tr xargs fold fmt rev basename dirname realpath readlink which type command test mkdir touch rm cp mv ln chmod chown tar zip unzip gzip gunzip source kill'.split(
    ' ',
  ),
);
/** Words of programs that show what was, of several they can do. */
const showingWords =
  /^(?:git (?:-\S+ )*(?:log|show|diff|blame|grep|ls-files|cat-file|reflog|shortlog)|(?:docker|podman|kubectl|heroku|fly|oc)(?: compose)? (?:logs|describe|events)|gh (?:run view|pr (?:view|diff)|issue view|api)|systemctl status|npm (?:view|docs)|pip (?:show|list))\b/;
const wrappers = new Set([
  'sudo',
  'time',
  'nice',
  'nohup',
  'exec',
  'env',
  'timeout',
  'stdbuf',
  'command',
  'xargs',
  'builtin',
  'then',
  'do',
  'else',
  'if',
  'while',
  '!',
  '{',
  '(',
]);

/** The command among a tool's arguments; null where there is none. */
export function commandOf(args: Json): Command | null {
  const text = textOf(args);
  if (text === null) return null;
  const segments = bare(text).split(/\|\||&&|[;|\n]|&(?!\d|>)/);
  const names: string[] = [];
  let shows = true;
  for (const segment of segments) {
    const words = segment.trim().split(/\s+/);
    while (
      words.length > 0 &&
      (wrappers.has(words[0] as string) || /^(?:\w+=\S*|\d+(?:\.\d+)?[smh]?)$/.test(words[0] as string))
    )
      words.shift();
    const name = (words[0] ?? '').replace(/^.*\//, '').replace(/["'()]/g, '');
    if (name === '' || /^(?:done|fi|for|esac|case|\}|\)|#.*)$/.test(name)) continue;
    names.push(name);
    if (!showing.has(name) && !showingWords.test([name, ...words.slice(1)].join(' '))) shows = false;
  }
  return { text, programs: [...new Set(names)], shows, tolerant: tolerates(text) };
}

function textOf(args: Json): string | null {
  if (args === null || typeof args !== 'object' || Array.isArray(args)) return null;
  for (const field of ['command', 'cmd', 'commands', 'script', 'shell_command', 'code_to_run']) {
    const value = args[field];
    if (typeof value === 'string' && value.trim() !== '') return value.slice(0, longest);
    if (Array.isArray(value)) {
      const words = value.filter((each): each is string => typeof each === 'string');
      // `["bash", "-lc", "…"]`: the line is the last word.
      if (words.length > 0)
        return (/^-\w*c$/.test(words.at(-2) ?? '') ? (words.at(-1) as string) : words.join(' ')).slice(0, longest);
    }
  }
  return null;
}

/** Without what stands in quotes and in texts that are given to a program: separators in there separate nothing. */
function bare(text: string): string {
  return text.replace(/<<-?\s*['"]?(\w+)['"]?[\s\S]*?\n\1(?=\n|$)/g, ' ').replace(/'[^']*'|"(?:[^"\\]|\\.)*"/g, "''");
}

function tolerates(text: string): boolean {
  return /\|\|\s*(?:true|:|echo|printf|exit 0)(?:\s|$|;)|;\s*(?:true|:|exit 0)\s*$|^\s*!\s|\|\|\s*\{\s*(?:true|:|echo)/m.test(
    bare(text),
  );
}
