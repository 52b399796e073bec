import type { Field } from '../domains/schema.js';
import type { Value } from '../world/world.js';

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** The ways in which a value of a field is said in a request. */
export function waysToSay(field: Field, value: Value): string[] {
  if ('one_of' in field) return [field.say?.words?.[String(value)] ?? String(value).replaceAll('_', ' ')];
  if ('number' in field && typeof value === 'number')
    return [grouped(value), String(value)].map((number) =>
      field.unit === undefined ? number : `${number} ${field.unit}`,
    );
  if ('date' in field || 'moment' in field) {
    const text = String(value);
    const day = Number(text.slice(8, 10));
    const month = months[Number(text.slice(5, 7)) - 1] ?? '';
    const time = 'moment' in field ? ` at ${text.slice(11, 16)}` : '';
    return [`${day} ${month}`, `${month} ${day}`, text.slice(0, 10)].map((date) => `${date}${time}`);
  }
  if ('flag' in field) return value === true ? ['yes', 'with'] : ['no', 'without'];
  const text = String(value);
  return 'text' in field && text.includes(' ') ? [`"${text}"`, text] : [text];
}

/** "1,250.5"; `toLocaleString` takes a hundred times as long. */
function grouped(value: number): string {
  const [whole = '', rest] = String(value).split('.');
  const parted = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return rest === undefined ? parted : `${parted}.${rest}`;
}

/** Up to ten as people write them. */
export const numbers: readonly string[] = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
];
