import type { DigitDetector, Span } from './types.js';

/** How many characters before the number are searched for context. */
const reach = 40;
const context =
  /(?:phone|telephone|mobile|cell|fax|whatsapp|sms|dial|call(?:ed|ing)?(?: (?:me|us|him|her|them|at))|\btel\b|\bmob\b|\bph\b|telefon|téléphone|handy|móvil|contact(?: number)?|电话|電話|手机|手機|联系方式|携帯|传真|전화|휴대폰|연락처|फ़ोन|फ़ोन|फोन|मोबाइल|هاتف|جوال|טלפון|נייד|телефон|тел\.)[^\n]{0,24}$/i;

/** ITU E.164 country codes by their first digits. */
export const countryCode =
  /^(?:1|7|2[07]|2[1-689]\d|3[0-469]|3[578]\d|4[013-9]|42\d|5[1-8]|5[09]\d|6[0-6]|6[789]\d|8[1246]|8[05789]\d|9[0-58]|9[679]\d)/;

const international =
  /(?:(?<![\w+.)\]-])|(?<=\\[nrt])|(?<=[A-Za-z_]-(?=\+)))(?:\+|00(?=[1-9]))[1-9](?:[ .\-/]?\(?\d\)?){6,14}(?: ?(?:x|ext\.?) ?\d{1,6})?(?![\w]|[.*-]\d|\*)/g;
const northAmerican =
  /(?:(?<![\w+./#-])|(?<=\\[nrt]))(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}(?:(?: ?(?:x|ext\.?) ?)\d{1,6})?(?![\w]|[.-]\d)/g;
const national = /(?:(?<![\w+./#-])|(?<=\\[nrt]))(?:\(0\d{1,5}\)|0\d{1,5})(?:[ ./-]\d{2,8}){1,4}(?![\w]|[.:/-]\d)/g;
const bare = /(?:(?<![\w+./#-])|(?<=\\[nrt]))\d{7,15}(?![\w]|[.:/-]\d)/g;
const local = /(?:(?<![\w+./#-])|(?<=\\[nrt]))[2-9]\d{2}[ .-]\d{4}(?![\w]|[.-]\d)/g;

/** Any grouping of seven to fourteen digits; only where a phone is named right beside it. */
const loose =
  /(?:(?<![\w+./#-])|(?<=\\[nrt]))(?:\(\d{1,5}\)[ -]?\d{2,5}|\d{2,5})(?:[ .-]\d{2,8}){1,5}(?:x\d{1,6})?(?![\w]|[.:/]\d)/g;
const nameBefore =
  /(?:phone|telephone|mobile|cell|fax|desk|office|whatsapp|\btel|\bmob|\bph)(?: ?(?:no|number|nr))?\.?["'*]{0,2}(?:\\n|[\s:#=]){1,6}["']?$|(?:电话|電話|手机号?码?|手機號?碼?|携帯|携帯電話|番号|号码|전화(?:번호)?|휴대폰|연락처|फ़ोन|फ़ोन|फोन|मोबाइल|नंबर|هاتفي?|جوالي?|رقمي?|טלפון|נייד|телефона?|тел\.)(?:是|为|は|은|는|이|: ?|：|:|\s|है){0,3}$|(?:^|please |to |can |and |or )call $|(?:call(?:ed|ing)?(?: (?:me|us|him|her|them|back))? (?:at|on)|answer(?:ing|ed)? (?:at|on)|(?:messages?|texts?|sms) (?:to|at|on)|reach(?:ed|able)?(?: (?:me|us|him|her|them))? (?:at|on|under)|my registered|dial(?:ing|ed)?) $/i;
const nameAfter = /^[ -]{0,2}\(?(?:office|fax|mobile|desk|cell|phone|home phone|work phone)\b/i;

/**
 * Phone numbers: international (E.164 length and country code) 0.85; North American 0.8 with punctuation, 0.6 with
 * spaces alone; other national forms that start with 0 0.6; bare digits and local numbers only after a word that
 * names a phone, 0.7; other groupings only right beside such a word, 0.65. Dates, versions, addresses of machines and columns of numbers are left alone.
 */
export const phoneDetector: DigitDetector = {
  id: 'phone',
  entity: 'PHONE',
  digits: 7,
  find(text) {
    const spans: Span[] = [];
    const add = (match: RegExpMatchArray, confidence: number): void => {
      const start = match.index as number;
      spans.push({ start, end: start + match[0].length, confidence });
    };
    for (const match of text.matchAll(international)) {
      const value = match[0];
      const digits = value
        .replace(/ ?[xe].{0,12}$/, '')
        .replace(/\D/g, '')
        .replace(/^00/, '');
      if (digits.length < 8 || digits.length > 15 || !countryCode.test(digits)) continue;
      // The end of a longer number that has two zeros in it.
      if (value.startsWith('0') && inColumn(text, match.index, value.length)) continue;
      if (value.startsWith('+') ? true : /[ ./-]/.test(value) || named(text, match.index)) add(match, 0.85);
    }
    for (const match of text.matchAll(northAmerican)) {
      const mixed = /[()-]/.test(match[0]);
      if (!mixed && !named(text, match.index) && inColumn(text, match.index, match[0].length)) continue;
      add(match, mixed ? 0.8 : 0.6);
    }
    for (const match of text.matchAll(national)) {
      const digits = match[0].replace(/\D/g, '').length;
      if (digits < 9 || digits > 12) continue;
      // `Boston, MA  02111-1307`: a postal code behind its state.
      if (
        /^0\d{4}-\d{4}$/.test(match[0]) &&
        /[A-Z]{2}\s{1,3}$/.test(text.slice(Math.max(0, match.index - 6), match.index))
      )
        continue;
      // `00:03:01.916 25778`: seconds, and the process that wrote the line.
      if (isDate(match[0]) || /\d:$/.test(text.slice(Math.max(0, match.index - 2), match.index))) continue;
      if (!named(text, match.index) && inColumn(text, match.index, match[0].length)) continue;
      add(match, named(text, match.index) ? 0.75 : 0.6);
    }
    for (const match of text.matchAll(bare)) {
      const after = text.slice(match.index + match[0].length, match.index + match[0].length + 14);
      if (named(text, match.index) || (match[0].length > 8 && nameAfter.test(after))) add(match, 0.7);
    }
    for (const match of text.matchAll(loose)) {
      const digits = match[0].replace(/x\d{0,6}$/, '').replace(/\D/g, '').length;
      if (digits < 7 || digits > 14 || isDate(match[0])) continue;
      const before = text.slice(Math.max(0, match.index - reach), match.index);
      const after = text.slice(match.index + match[0].length, match.index + match[0].length + 14);
      if (nameBefore.test(before) || nameAfter.test(after)) add(match, 0.65);
    }
    for (const match of text.matchAll(local)) if (named(text, match.index)) add(match, 0.7);
    return spans;
  },
};

function named(text: string, at: number): boolean {
  return context.test(text.slice(Math.max(0, at - reach), at));
}

/** Other numbers left or right of it: a table or a matrix. */
function inColumn(text: string, start: number, length: number): boolean {
  return (
    /\d[ ,;|\t]{1,4}$/.test(text.slice(Math.max(0, start - 6), start)) ||
    /^[ ,;|\t]{1,4}\d/.test(text.slice(start + length, start + length + 6))
  );
}

function isDate(value: string): boolean {
  return (
    /^0?\d[./-]\d{1,2}[./-](?:19|20)\d{2}/.test(value) || /^0\d[ ./-]\d{2}[ ./-]\d{2}$|^[01]\d{3}\/\d{6}$/.test(value)
  );
}
