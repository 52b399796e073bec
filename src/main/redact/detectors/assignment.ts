import type { Entity } from '../policy/entities.js';
import type { NameJudge } from '../policy/names.js';
import { classes, isIn, runEnd, runStart } from '../scan/characters.js';
import { isPasswordLabel, isScrambledKey, isSpelled } from './randomness.js';
import { isStandIn } from './stand-ins.js';
import type { AnchoredDetector, Span } from './types.js';

/** Longest name around an anchor, and longest quoted value that is looked through before deciding. */
const longestName = 96;
const longestQuoted = 512;
/** Characters in which the end of a longer value is looked for. */
const longestRun = 8192;
/** Longer names of digits or scrambled letters are spoken of by nobody: ids that end in `pwd` by chance. */
const longestSpoken = 12;

const anchors = [
  'pass',
  'pwd',
  'pswd',
  'pswrd',
  'psword',
  'psswd',
  'psswrd',
  'pssword',
  'paswd',
  'paswrd',
  'pasword',
  'pw:',
  'pw=',
  'secret',
  'secret key',
  'token',
  'apikey',
  'api_key',
  'api-key',
  'accesskey',
  'access_key',
  'access-key',
  'accountkey',
  'account_key',
  'privatekey',
  'private_key',
  'signingkey',
  'signing_key',
  'encryptionkey',
  'encryption_key',
  'master_key',
  'masterkey',
  'service_key',
  'servicekey',
  'service_role_key',
  'auth_key',
  'authkey',
  'access key',
  'api key',
  'private key',
  'signing key',
  'encryption key',
  'master key',
  'auth key',
  'account key',
  'oauth2-bearer',
  'credential',
  'creds',
  'kennwort',
  'connectionstring',
  'connection_string',
  'sessionid',
  'session_key',
  'sessionkey',
  'phpsessid',
  'connect.sid',
  'signature',
  'x-amz-credential',
  'cookie',
  'cvv',
  'cvc',
];

/**
 * `password=…`, `export FOO_TOKEN=…`, `--password x`, `"apiKey": "…"`, `<password>…</password>`, `.env` and YAML lines,
 * query parameters, key=value connection strings, `#define PASSWORD "…"`, `setenv("API_TOKEN", "…")`, what stands in for a
 * variable that is not set, what one is compared with: the value after a name that the policy calls sensitive.
 * Confidence 0.85 where quotes, an option or an environment name leave no doubt, 0.7 elsewhere; code that only passes
 * a variable on (`token=token`, `password: string`) is left alone.
 */
export const assignmentDetector: AnchoredDetector = {
  id: 'assignment',
  entity: 'SECRET',
  context: true,
  anchors,
  at(text, start, end, names) {
    const from = runStart(text, start, classes.identifier, start - longestName);
    const joined = !isIn(classes.identifier, text.charCodeAt(end - 1));
    const to = joined ? end - 1 : runEnd(text, end, classes.identifier, end + longestName);
    return assigned(text, from, to, names);
  },
};

/** The value assigned to the name that stands from `from` to `to`. */
function assigned(text: string, from: number, to: number, names: NameJudge): Span | null {
  let name = text.slice(from, to);
  const option = /^-{1,2}[A-Za-z]/.test(name);
  const first = runEnd(name, 0, classes.dots);
  name = name.slice(first, runStart(name, name.length, classes.dots, first));
  // The letter of an escape (`\nPASSWORD`) clings to the name in text that was escaped once more.
  if (from > 0 && text.charCodeAt(from - 1) === 92) name = name.replace(/^(?:u[0-9a-fA-F]{4}|[nrt])/, '');
  const entity = names.key(name) ?? names.key(name.slice(name.lastIndexOf('.') + 1));
  if (entity === null) return null;
  const joint = separator(text, to, option);
  if (joint === null) return null;
  // `env + "PWD=" + dir`: the quote behind the sign ends the text that the name is in.
  const opener = text.charAt(from - 1);
  if (/["'`]/.test(opener) && text.charAt(joint.end) === opener && !/["'`]/.test(text.slice(to, joint.end)))
    return null;
  const gap = behindType(text, to, joint);
  const environment = isEnvironmentName(name, gap.spaced);
  if (isSpokenOf(text, from, to, name, gap)) return null;
  const parameter = isParameter(text, from);
  const wide = !option && !parameter && ownLine(text, from) ? value(text, gap.end, gap.kind, widest) : null;
  for (const found of [wide, value(text, gap.end, gap.kind, narrow(gap.kind))]) {
    if (found === null) continue;
    const raw = text.slice(found.start, found.end);
    if (raw.length < (entity === 'PASSWORD' ? 3 : 6) || isStandIn(raw)) continue;
    if (!found.quoted && isBelow(text, to, found) && !aloneOnLine(text, found)) continue;
    if (gap.kind === 'tag' && !isElement(text, found)) continue;
    if (gap.kind === 'option' && !found.quoted && isGrammar(raw)) continue;
    if (gap.bare === false && !found.quoted) continue;
    if (isNoPassword(name, raw, found.quoted || environment || option, lineOf(text, from))) continue;
    if (raw.includes('](') || (entity !== 'PASSWORD' && /^https?:\/\/[^\s@=]*$/.test(raw))) continue;
    if (gap.kind === 'colon' && !found.quoted && isStyle(text, from, name, raw)) continue;
    if (gap.kind === 'call' && /[)\]]$/.test(raw)) continue;
    if (gap.kind === 'call' && gap.trusted !== true && !isScrambledKey(raw) && !isPasswordLike(raw, entity)) continue;
    if (gap.kind === 'tag' && isSealedElement(raw))
      return { start: found.start, end: found.end, entity, confidence: 0.85 };
    if (!found.quoted && (isCode(raw) || (entity !== 'PASSWORD' && !environment && isExpression(raw, gap.kind))))
      continue;
    // `| password | state |`: the head of a table.
    if (gap.kind === 'cell' && (!/[\d!#$%&*+=@^~]/.test(raw) || /[(){}?]/.test(raw))) continue;
    // `the token is expired`, `secretKey next`: said of a key, only what can be one counts.
    const given = gap.kind === 'space' && entity === 'PASSWORD' && found.quoted && isPasswordLike(raw, entity);
    const spoken = (gap.kind === 'space' && !given) || (gap.kind === 'words' && entity !== 'PASSWORD');
    if (spoken && (/^(?:[[({#]|keys?[:=])/i.test(raw) || isRandom(name))) continue;
    if (spoken && (raw.length < 20 || !/\d/.test(raw) || !/[A-Za-z]/.test(raw) || /[/\\.(]/.test(raw.slice(0, 4))))
      continue;
    // A line of code rather than of settings: the narrow reading decides.
    if (found === wide && !found.quoted && /[([{]/.test(raw)) continue;
    const context: Context = {
      strict: entity !== 'PASSWORD',
      quoted: found.quoted,
      environment,
      sure: option || gap.kind === 'xml' || gap.kind === 'tag' || gap.kind === 'cell' || environment || parameter,
    };
    if (!plausible(raw, name, context, text.charCodeAt(found.end))) continue;
    return { start: found.start, end: found.end, entity, confidence: context.sure || found.quoted ? 0.85 : 0.7 };
  }
  return null;
}

/**
 * `password: str = "…"`, `val token: Option<String> = …`, `var key string = …`: behind the type; else where it was.
 */
function behindType(text: string, to: number, gap: Gap): Gap {
  const colon = gap.kind === 'colon' ? gap.end : gap.kind === 'space' ? to + 1 : -1;
  if (colon === -1) return gap;
  const typed = gap.kind === 'colon' ? typedByColon : typedBefore;
  typed.lastIndex = colon;
  return typed.test(text) ? { end: typed.lastIndex, kind: 'equals', spaced: true } : gap;
}

const typedByColon =
  /(?:[&*]{0,2}(?:'\w{1,20} )?(?:mut |const )?[A-Za-z_][\w.:]{0,80}(?:[[<][^\n=;{}]{0,120}[\]>])?[?!]?)(?:[ \t]{0,2}\|[ \t]{0,2}[A-Za-z_][\w.]{0,60}(?:\[[\w., ]{0,60}\])?){0,4}[ \t]{1,4}=(?!=)[ \t]{0,4}/y;
const typedBefore = /(?:string|String|\[\]byte|&?str|std::string|char ?\*)[ \t]{1,4}:?=(?!=)[ \t]{0,4}/y;

/** The line in which a place stands, up to there. */
function lineOf(text: string, at: number): string {
  return text.slice(Math.max(text.lastIndexOf('\n', at - 1) + 1, at - 400), at);
}

/** Calls that compare, replace, translate or name a column; what follows a name there is no value of it. */
const comparing =
  /^(?:assert\w*|expect\w*|to\w{2,24}|equals?|is|has\w*|contains?|in|g?sub|replace\w*|string|varchar|char|text|column|add_?column|alter_?column|rename\w*|translate|trans|t|n?gettext|_|i18n\w*|values|label|describe|it|test|print\w*|log|error|warn|info|debug|join|concat)$/i;
/** Calls that set what is named, or give it where it is not set. */
const setting =
  /^(?:get\w{0,24}|env\w*|environ|config\w*|settings?|set\w{0,24}|fetch|put\w*|define|String|Set|Add|header\w*|export|default\w*|option\w*)$/;

/**
 * `pass to \`useQuery\``, `unexpected token: "x"`, `$PWD:/work`, `"Enter password: ")`: a verb, a part of speech of a parser, a
 * variable that is read, the end of a text in which the name stands.
 */
function isSpokenOf(text: string, from: number, to: number, name: string, gap: Gap): boolean {
  const joint = text.slice(to, gap.end);
  if (/pass$/i.test(name)) {
    if (gap.kind === 'space' || gap.kind === 'cell' || / [-–—] /.test(joint)) return true;
    if (gap.kind === 'words' && !/ (?:is|was|ist|est|es)\b/.test(joint)) return true;
  }
  if (gap.kind === 'colon' && /\$\{?$/.test(text.slice(Math.max(0, from - 2), from))) return true;
  const before = text.slice(Math.max(0, from - 14), from);
  if (/tokens?$/i.test(name) && /(?:unexpected|invalid|illegal|unknown|bad|near|next|expected) $/i.test(before))
    return true;
  // `input("Enter password: ")`: the quote behind the colon ends the prompt.
  const quote = text.charAt(gap.end);
  if ((quote !== '"' && quote !== '`') || !/^:[ \t]$/.test(joint)) return false;
  return new RegExp(`${quote}(?:[A-Za-z][A-Za-z ']{0,48})?$`).test(text.slice(Math.max(0, from - 52), from));
}

/** `pass` counts tests and is a verb, `pwd` is a folder: under these only what can be a password counts. */
function isNoPassword(name: string, raw: string, sure: boolean, before: string): boolean {
  const last = name.slice(name.lastIndexOf('.') + 1);
  if (/(?:^|_)(?:old)?pwd$/i.test(last) && folder.test(raw)) return true;
  if (!/^pass$/i.test(last)) return false;
  if (/\s/.test(raw) || /^[\d./%#]{1,8}$/.test(raw) || /::|^\.{0,2}\//.test(raw)) return true;
  if (sure && last !== 'PASS') return false;
  if (/fail|skip|total|---|✓|ok\b/i.test(before)) return true;
  if (/(?:user|login|log ?in|account|\bid|name)\b[^\n]{0,60}$/i.test(before)) return false;
  return !isShaped(raw) || /[/\\]|\.[a-z]{2,4}$/.test(raw) || (isSpelled(raw) && !/[!#$%&*+=@^~]/.test(raw));
}

const folder = /^(?:[~.]{0,2}\/|[A-Za-z]:\\|\$|dirname|pwd\b|`)/;

/** `input.password:focus{`, `--token:#a1b2c3d4`: style sheets. */
function isStyle(text: string, from: number, name: string, raw: string): boolean {
  if (/^#[0-9a-f]{3,8}[;})]?$|^\d{1,4}(?:px|rem|em|%|vh|vw)/i.test(raw)) return true;
  const selector = name.includes('.') || /[.#]/.test(text.charAt(from - 1));
  return (
    selector &&
    /^(?:hover|focus|active|after|before|not|is|has|where|first|last|nth|disabled|checked|root|host)\b/.test(raw)
  );
}

/** The value stands on a line below the name. */
function isBelow(text: string, to: number, { start }: { start: number }): boolean {
  return /[\r\n]/.test(text.slice(to, start));
}

/** Right below, with nothing else on its line and no number of a listing before it. */
function aloneOnLine(text: string, { start, end }: { start: number; end: number }): boolean {
  const before = text.slice(Math.max(0, start - 24), start);
  if (
    (before.match(/\n/g) ?? []).length > 1 ||
    /^[ \t]{0,8}\d{1,7}[ \t]*(?:→|\t|[:|│-])/.test(text.slice(start, start + 24))
  )
    return false;
  return (
    /^[.,;]?[ \t]{0,8}(?:[\r\n]|$)/.test(text.slice(end, end + 12)) && !/^\d{1,7}[→:|│]?$/.test(text.slice(start, end))
  );
}

/** `<password>x</password>`: what begins as a tag is one where it is closed, or goes on to the end of what there is. */
function isElement(text: string, { start, end }: { start: number; end: number }): boolean {
  if (/^\s{0,40}<\//.test(text.slice(end, end + 44))) return true;
  return end === text.length && /^[^\s@()>]+$/.test(text.slice(start, end));
}

/** `{AQAAABAAA…}`, also with words before it: what a server wrote into its settings, sealed or not. */
function isSealedElement(raw: string): boolean {
  return /^\{[^{}\r\n]{12,400}\}$/.test(raw) && raw.split(/[{}\s]/).some(isScrambledKey);
}

/** Beside a name in a call stand names of other things too: a password has a digit or a sign among letters. */
function isPasswordLike(raw: string, entity: Entity): boolean {
  return entity === 'PASSWORD' && !/\s/.test(raw) && isShaped(raw) && !isSpelled(raw);
}

/** Eight characters or more, letters with a digit or a sign among them. */
function isShaped(raw: string): boolean {
  return raw.length >= 8 && /[A-Za-z]/.test(raw) && /[\d!#$%&*+=@^~]/.test(raw);
}

/** What follows an option where it is spoken of: `the --password option`, `--token is required`. */
function isGrammar(raw: string): boolean {
  return /^(?:command|options?|arguments?|args|flags?|parameters?|switch(?:es)?|is|are|was|were|to|and|or|but|for|from|in|into|on|with|without|as|at|by|can|could|may|must|should|will|would|has|have|value|values|file|files|if|when|where|which|that|instead|line|support|does|takes|allows|sets|now|not|only|also|via|using|so|then|the|an?)[.,;:)]?$/i.test(
    raw,
  );
}

/** Types with parameters, subscripts, calls, patterns: code that holds no value. */
function isCode(raw: string): boolean {
  return (
    /^[&*]{0,2}[A-Za-z_$][\w$.:]*(?:\[[\w$.,:"'\s*+-]*\]?|\()[\])?]*$/.test(raw) ||
    /^\*?[A-Za-z_]\w{0,64}\(/.test(raw) ||
    /^\$[\w:]{1,64}->?/.test(raw) ||
    /^[a-z]:[a-z_]\w{0,64}[.[(]/.test(raw) ||
    /^#\{|^["']?\)/.test(raw) ||
    /^\w{1,64}::\w{1,64}\(/.test(raw) ||
    /^[A-Z][A-Za-z]*[?!]$/.test(raw) ||
    /^\[[a-z]\w*;?$/.test(raw) ||
    /^[*&]+(?:const|mut|'?[a-z_]+)?$/.test(raw) ||
    /^&[A-Za-z_][\w.]*\{?$/.test(raw) ||
    /^[({][A-Za-z_$]/.test(raw)
  );
}

/** `id_pkcs9_at_userPKCS12`: short words and numbers that underscores join. */
const joinedName = /^[A-Za-z][A-Za-z0-9]{0,10}(?:_[A-Za-z0-9]{1,12}){2,8}$/;

/** `[self.size[at`, `z.ZodUnion<readonly`, `transport?.sessionId`, `exchangeX509Token`: brackets that are left open, members, names of words. */
function isExpression(raw: string, kind: Kind): boolean {
  if (kind !== 'equals' && kind !== 'colon') return false;
  const opened = raw.match(/[[({<]/g)?.length ?? 0;
  if (opened > (raw.match(/[\])}>]/g)?.length ?? 0) && /[A-Za-z_]/.test(raw)) return true;
  if (/^[A-Za-z_$][\w$.]{0,64}<[\w$.<>,| [\]]{1,128}>\??$/.test(raw)) return true;
  const member = /^[A-Za-z_$][\w$]{0,64}(?:(?:\?\.|\.|->)[A-Za-z_$][\w$]{0,64}){1,8}(?=[?+*|&]|$)/.exec(raw)?.[0];
  if (member !== undefined && !member.split(/[.?>-]/).some((name) => isScrambledKey(name) && !joinedName.test(name)))
    return true;
  return /^[A-Za-z_$][A-Za-z_$]{0,32}(?:\d{0,6}[A-Z][A-Za-z_$]{2,64}|_\d{1,3})$/.test(raw) && isSpelled(raw);
}

interface Context {
  /** Tokens and keys: no white space, and a digit or some length. */
  strict: boolean;
  quoted: boolean;
  /** `FOO_TOKEN=…` */
  environment: boolean;
  /** The surroundings are no program code. */
  sure: boolean;
}

function plausible(raw: string, name: string, context: Context, after: number): boolean {
  if (/\s/.test(raw)) {
    if (context.strict || !context.quoted) return false;
    // Labels and sentences: "Enter your password", "The password must not be empty".
    if (/^[A-Za-z ,.'!?:-]+$/.test(raw) && /\b(?:password|your|must|enter|the|is|of|to)\b/i.test(raw)) return false;
  }
  if (isPasswordLabel(raw)) return false;
  if (raw === name || raw.toLowerCase() === name.toLowerCase()) return false;
  const digit = /\d/.test(raw);
  const special = /[^A-Za-z0-9_.\-\s]/.test(raw);
  if (context.strict) {
    if (raw.length < 8 && !context.environment) return false;
    if (!digit && raw.length < 20 && !context.environment && !(context.sure && /[a-z][A-Z]|[A-Z]{2}/.test(raw))) {
      return false;
    }
    if (context.environment && /^(?:[~.]{0,2}\/|[a-z]{2,8}:\/\/)/.test(raw)) return false;
    if (/^\d{1,9}(?:\.\d*)?$/.test(raw)) return false;
  }
  // `markup.inserted.git_gutter`: names of things, not of random characters.
  if (context.strict && /^[a-z]{1,40}(?:[._-][a-z]{1,40}){1,12}$/.test(raw)) return false;
  if (context.quoted) return true;
  // Unquoted in code: a call, a member, an index, a type, a variable.
  if (after === 40 || after === 91) return false;
  if (isMember(raw) || isCall.test(raw)) return false;
  if (context.sure) return true;
  if (/^[A-Za-z_][A-Za-z_]*$/.test(raw)) return !context.strict && isScrambled(raw);
  return digit || special;
}

/** `getpass.getpass(`, `useContext(AuthContext` */
const isCall = /^[A-Za-z_$][\w$.]{0,128}\(/;

/** Letters alone, whose case changes as in no name: `PnwVEMuUTEDO`. */
function isScrambled(raw: string): boolean {
  const parts = raw.match(/[A-Z]?[a-z]{1,64}|[A-Z]{1,64}(?![a-z])/g) ?? [];
  return raw.length >= 9 && parts.length >= 4 && parts.filter((part) => part.length < 3).length >= 2;
}

function isRandom(name: string): boolean {
  return name.length > longestSpoken && (/\d/.test(name) || isScrambled(name));
}

/** `settings.token`, `self->key`, `Env::KEY` */
function isMember(raw: string): boolean {
  const names = raw.split(/\.|->|::/);
  return names.length > 1 && names.every((name) => /^[A-Za-z_$][\w$]*$/.test(name)) && !names.some(isScrambledKey);
}

/** `FOO_TOKEN=x` as shells, .env files and containers write it. */
function isEnvironmentName(name: string, spaced: boolean): boolean {
  return !spaced && /^[A-Z][A-Z0-9_]{2,}$/.test(name);
}

/** First on its line: a setting, where the value goes on to the line's end, whatever characters it has. */
function ownLine(text: string, from: number): boolean {
  const line = text.slice(Math.max(0, from - 40), from);
  return (
    /(?:^|[\r\n])[ \t]{0,24}(?:export |set |setx |ENV |\$env:|[-+#>] ?)?[ \t]{0,8}["']?$/.test(line) &&
    (from <= 40 || /[\r\n]/.test(line))
  );
}

/** In a query, a form or a key=value connection string. */
function isParameter(text: string, from: number): boolean {
  const before = text.charCodeAt(from - 1);
  return before === 63 || before === 38 || before === 59;
}

type Kind = 'equals' | 'colon' | 'option' | 'tag' | 'xml' | 'words' | 'cell' | 'space' | 'call';

/** Where a value begins, and what stands before it. */
interface Gap {
  end: number;
  kind: Kind;
  spaced: boolean;
  /** false: only a value between quotes can stand here. */
  bare?: false;
  /** The call sets or asks for the value of what is named. */
  trusted?: true;
}

/** What stands between name and value: `=`, `:`, `=>`, quotes, white space after an option, a tag's `>`. */
function separator(text: string, at: number, option: boolean): Gap | null {
  const joint =
    /(?:\\{0,3}["'`]|\*{1,2}|__)?\]?(\s{0,4})(::?=|=>|[?.+]=|(?:\|\||\?\?)=|!?={1,3}|:(?!:)|%3[DdAa])(?:\*{1,2})?(\s{0,4})/y;
  joint.lastIndex = at;
  const match = joint.exec(text);
  if (match) {
    const [, before = '', sign = '', after = ''] = match;
    const kind = sign.startsWith(':') ? 'colon' : 'equals';
    const gap: Gap = { end: joint.lastIndex, kind, spaced: before !== '' || after !== '' };
    return sign.startsWith('!') || sign === '===' ? { ...gap, bare: false } : gap;
  }
  const quotedOnly = quotedBehind(text, at);
  if (quotedOnly !== null) return quotedOnly;
  const input = /\\{0,3}["']\s{1,4}value=(?=\\{0,3}["'])/y;
  input.lastIndex = at;
  if (input.test(text)) return { end: input.lastIndex, kind: 'equals', spaced: false };
  if (option) {
    const end = runEnd(text, at, classes.space, at + 8);
    return end > at && text.charCodeAt(end) !== 45 ? { end, kind: 'option', spaced: true } : null;
  }
  const cell = /[ \t]{0,40}\|[ \t]{0,40}(?![ \t|:-])/y;
  cell.lastIndex = at;
  if (
    cell.test(text) &&
    /^[ \t>]{0,8}(?:\d{1,6}[→:\t])?[ \t]{0,4}\|/.test(lineOf(text, at)) &&
    /\|[ \t]{0,40}[`*]{0,2}$/.test(text.slice(Math.max(0, at - 140), runStart(text, at, classes.identifier, at - 96)))
  )
    return { end: cell.lastIndex, kind: 'cell', spaced: true };
  if (text.charCodeAt(at) === 62) {
    const own = />[ \t]{0,4}\r?\n[ \t]{0,40}/y;
    own.lastIndex = at;
    return { end: own.test(text) ? own.lastIndex : at + 1, kind: 'tag', spaced: false };
  }
  const multipart = /"(?:; [^\r\n]{0,200})?(?:\r?\n[^\r\n:]{1,60}: [^\r\n]{0,200}){0,4}\r?\n\r?\n/y;
  multipart.lastIndex = at;
  const field = text.slice(Math.max(0, runStart(text, at, classes.identifier, at - longestName) - 8), at);
  if (/name=\\{0,3}"[\w.-]{1,96}$/.test(field) && multipart.test(text))
    return { end: multipart.lastIndex, kind: 'xml', spaced: false };
  const changed = / (?:→|->|(?:was |is |has been )?changed to|\([^()\r\n]{1,40}\):) /y;
  changed.lastIndex = at;
  if (changed.test(text)) return { end: changed.lastIndex, kind: 'words', spaced: true };
  const whose = / (?:for|of) [\w.@'-]{1,32}(?: [\w.@'-]{1,32}){0,3}?(?: is:? | was |: ?| = )/y;
  whose.lastIndex = at;
  if (whose.test(text)) return { end: whose.lastIndex, kind: 'words', spaced: true };
  const words = / (?:(?:is|was|to|ist|est|es)(?: set to| now)?:? )?/y;
  words.lastIndex = at;
  if (!words.test(text)) return null;
  return { end: words.lastIndex, kind: words.lastIndex - at === 1 ? 'space' : 'words', spaced: true };
}

/**
 * `setenv("NAME", "…")`, `getenv("NAME") or "…"`, `#define NAME "…"`, `the token - "…"`: where only a value between quotes can be
 * one; null elsewhere.
 */
function quotedBehind(text: string, at: number): Gap | null {
  const opening = text.charCodeAt(at);
  if (opening === 34 || opening === 39 || opening === 96) {
    const next = /["'`]\s{0,4},\s{0,8}(?:default\s{0,2}=\s{0,2})?(?=[rbuf]{0,2}["'`])/y;
    next.lastIndex = at;
    const before = text.slice(Math.max(0, at - longestName - 16), at);
    const callee = /([\w$]{1,64})\(\s{0,8}(?:["'`][^"'`\n]{0,48}["'`],\s{0,8}){0,2}["'`][\w.-]{1,96}$/.exec(
      before,
    )?.[1];
    if (next.test(text) && callee !== undefined && !comparing.test(callee)) {
      const gap: Gap = { end: next.lastIndex, kind: 'call', spaced: true, bare: false };
      return setting.test(callee) ? { ...gap, trusted: true } : gap;
    }
    const instead = /["'`][)\]]{1,2}\s{1,4}(?:or|\|\||\?\?|\?:)\s{1,4}(?=["'`])/y;
    instead.lastIndex = at;
    return instead.test(text) ? { end: instead.lastIndex, kind: 'equals', spaced: true, bare: false } : null;
  }
  const otherwise = /[ \t]{1,4}(?:\|\||\?\?|or)[ \t]{1,4}(?=["'`])/y;
  otherwise.lastIndex = at;
  if (otherwise.test(text)) return { end: otherwise.lastIndex, kind: 'equals', spaced: true, bare: false };
  const defined = /[ \t]{1,16}(?=")/y;
  defined.lastIndex = at;
  const name = runStart(text, at, classes.identifier, at - longestName);
  if (defined.test(text) && /[#%][ \t]{0,4}(?:define|global)[ \t]{1,8}$/.test(text.slice(Math.max(0, name - 20), name)))
    return { end: defined.lastIndex, kind: 'equals', spaced: true, bare: false };
  const dash = / {1,2}[-–—] {1,2}(?=["'`])/y;
  dash.lastIndex = at;
  return dash.test(text) ? { end: dash.lastIndex, kind: 'colon', spaced: true, bare: false } : null;
}

const widest = /[\s"'`]/;

function narrow(kind: Kind): RegExp {
  if (kind === 'xml' || kind === 'tag') return /[<\r\n]/;
  if (kind === 'cell') return /[\s|]/;
  if (kind === 'words' || kind === 'space') return /[\s"'`<>,)]/;
  return kind === 'equals' ? /[\s"'`<>,;&)}\]|\\]/ : /[\s"'`<>,;)}\]|\\]/;
}

function value(
  text: string,
  at: number,
  kind: Kind,
  stop: RegExp,
): { start: number; end: number; quoted: boolean } | null {
  const opening = /(?:[rbuf]{1,2})?(\\{0,3})(["'`])/y;
  opening.lastIndex = at;
  const open = opening.exec(text);
  const marked = kind === 'xml' || kind === 'tag';
  if (open && !marked) {
    const opened = opening.lastIndex;
    let end = closing(text, opened, open[1] ?? '', open[2] ?? '"');
    const start = Math.min(end, runEnd(text, opened, classes.space));
    while (end > start && isIn(classes.space, text.charCodeAt(end - 1))) end--;
    return end === start ? null : { start, end, quoted: true };
  }
  const window = text.slice(at, at + longestQuoted);
  const offset = window.search(stop);
  let end = at + (offset === -1 ? window.length : offset);
  // Too long to be anything but a token: take the whole run.
  if (offset === -1 && end < text.length) {
    const rest = text.slice(end, end + longestRun).search(stop);
    const last = Math.min(text.length, end + longestRun);
    end = rest === -1 ? (last === text.length ? last : runEnd(text, last, classes.token)) : end + rest;
  }
  while (end > at && !marked && isTrailing(text.charCodeAt(end - 1))) end--;
  return end === at ? null : { start: at, end, quoted: marked };
}

/** Full stops, colons, commas and semicolons at the end belong to the sentence or the code. */
function isTrailing(code: number): boolean {
  return code === 46 || code === 58 || code === 44 || code === 59 || code === 0;
}

/** End of a quoted value: the same quote with as many backslashes before it, the line's end, or the limit. */
function closing(text: string, start: number, slashes: string, quote: string): number {
  const limit = Math.min(text.length, start + longestQuoted);
  for (let at = start; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) return at;
    if (code === quote.charCodeAt(0) && backslashesBefore(text, at, start) <= slashes.length) {
      return at - Math.min(slashes.length, backslashesBefore(text, at, start));
    }
  }
  if (limit === text.length) return limit;
  return isIn(classes.token, text.charCodeAt(limit)) ? runEnd(text, limit, classes.token) : limit;
}

function backslashesBefore(text: string, at: number, floor: number): number {
  let count = 0;
  while (at - count - 1 >= floor && text.charCodeAt(at - count - 1) === 92) count++;
  return count;
}
