import type { NationalId } from './national-id.js';

/** Chilean RUT (Registro Civil): the digit by weights 2 to 7 from the right, modulus 11, K for ten. */
export const clRut: NationalId = {
  id: 'cl-rut',
  shape: '\\d{1,2}\\.?\\d{3}\\.?\\d{3}-[0-9Kk]',
  digits: 7,
  punctuated: '\\d{1,2}\\.\\d{3}\\.\\d{3}-[0-9Kk]',
  words: 'rut|run',
  valid(value) {
    let sum = 0;
    const body = value.slice(0, -1);
    for (let i = 0; i < body.length; i++) sum += Number(body.charAt(body.length - 1 - i)) * (2 + (i % 6));
    return '0K987654321'.charAt(sum % 11) === value.slice(-1);
  },
};
