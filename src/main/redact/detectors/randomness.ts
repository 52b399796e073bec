import { isWord } from '../prose/lexicon.js';

/** Shorter runs of letters and digits are names, versions and counters. */
const shortestKey = 16;
/** A key of random letters and digits changes between the two this often, for each of its characters. */
const leastChanges = 0.15;

/** Keys of maps, rows and caches: what stands under them is random without being secret. */
export const plainKey =
  /(?:public|pub|site|routing|product|order|tenant|project|shard|segment|trace|context|test|data|media|uniq|pk|mon|tur|whis|don|joc|hoc|primary|foreign|sort|partition|group|cache|object|s3|storage|file|row|hash|lookup|idempotency|dedupe?|map|dict|index|registry|translation|i18n|route|query|mutation|react|sub|hot|short|arrow|host|unique|natural|composite|section|item|node|job|task|event|message|lock|redis|bucket|blob|artifact|restore)[_.-]?keys?$/i;

/**
 * Whether a value is one of random letters and digits, as keys are: no words, and digits strewn among the letters. Hexadecimal
 * counts from 32 digits on.
 */
export function isScrambledKey(value: string): boolean {
  if (value.length < shortestKey || value.length > 512 || !/^[\w+/=.~:@$%^&!*|-]+$/.test(value)) return false;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  if (/^[0-9a-fA-F]+$/.test(value)) return value.length >= 32 && /[a-fA-F]/.test(value);
  return changesIn(value) >= leastChanges * value.length && !isSpelled(value);
}

/** `Mot de passe`, `Neues Passwort`: what a translation calls a password. */
export function isPasswordLabel(value: string): boolean {
  return (
    value.length <= 64 &&
    /mot de passe|passwor[dt]\b|kennwort|contraseña|\bsenha\b|wachtwoord|hasło|heslo|jelszó|пароль|lösenord|パスワード|密码|密碼|비밀번호|كلمة المرور|סיסמה|şifre|mật khẩu|kata sandi/iu.test(
      value,
    ) &&
    !/\d{3}|[!#$%&*+=@^~]/.test(value)
  );
}

/** Whether a third of the letters, or more, stand in words, as identifiers and sentences join them. */
export function isSpelled(value: string): boolean {
  return lettersInWords(value) * 3 >= value.replace(/[^A-Za-z]/g, '').length;
}

/** How many letters are in English words of three letters or more, as identifiers join them. */
export function lettersInWords(value: string): number {
  let count = 0;
  for (const [piece] of value.matchAll(/[A-Z]?[a-z]{2,24}|[A-Z]{3,24}(?![a-z])/g))
    if (piece.length > 2 && isWord(piece.toLowerCase())) count += piece.length;
  return count;
}

/** How many neighbours are of different kinds: lower case, upper case, digits, the rest. */
export function changesIn(value: string): number {
  let changes = 0;
  for (let at = 1; at < value.length; at++) if (kindOf(value, at) !== kindOf(value, at - 1)) changes++;
  return changes;
}

function kindOf(value: string, at: number): number {
  const code = value.charCodeAt(at);
  return code > 96 ? 0 : code > 64 && code < 91 ? 1 : code > 47 && code < 58 ? 2 : 3;
}
