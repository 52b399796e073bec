import { isRepdigit } from './check-digits.js';
import type { NationalId } from './national-id.js';

/** Brazilian CPF (Receita Federal): eleven digits, two check digits modulus 11. */
export const brCpf: NationalId = {
  id: 'br-cpf',
  shape: '\\d{3}\\.?\\d{3}\\.?\\d{3}-?\\d{2}',
  digits: 11,
  punctuated: '\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}',
  words: 'cpf(?: ?(?:n[oº°]?|number))?',
  valid: (value) => !isRepdigit(value) && check(value, 9) && check(value, 10),
};

function check(value: string, at: number): boolean {
  let sum = 0;
  for (let i = 0; i < at; i++) sum += (value.charCodeAt(i) - 48) * (at + 1 - i);
  return ((sum * 10) % 11) % 10 === Number(value.charAt(at));
}
