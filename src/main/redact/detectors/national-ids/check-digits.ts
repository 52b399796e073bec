/** The digits of a value as numbers. */
export function digitsOf(value: string): number[] {
  return [...value].map((digit) => digit.charCodeAt(0) - 48);
}

/** Sum of digits by weights, over as many as there are weights. */
export function weighted(value: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * (value.charCodeAt(index) - 48), 0);
}

/** Remainder of a number too long for a double, digit by digit. */
export function remainder(digits: string, modulus: number): number {
  let rest = 0;
  for (let i = 0; i < digits.length; i++) rest = (rest * 10 + digits.charCodeAt(i) - 48) % modulus;
  return rest;
}

/** A month and day that exist; `year` of four digits where known, else February may have 29 days. */
export function isDate(month: number, day: number, year = 2000): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** True where all digits are the same: such numbers pass many checks and are issued by nobody. */
export function isRepdigit(value: string): boolean {
  return /^(.)\1*$/.test(value);
}

// The dihedral group of order 10 and its permutation (J. Verhoeff, Error Detecting Decimal Codes, 1969).
const multiply = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
];
const permute = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
];

/** Verhoeff's check over a string of digits whose last is the check digit. */
export function verhoeff(digits: string): boolean {
  let check = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const permuted = (permute[i % 8] as string).charCodeAt(digit) - 48;
    check = (multiply[check] as string).charCodeAt(permuted) - 48;
  }
  return check === 0;
}

/** ISO 7064 MOD 11,10 over a string of digits whose last is the check digit. */
export function mod11_10(digits: string): boolean {
  let product = 10;
  for (let i = 0; i < digits.length - 1; i++) {
    const sum = (digits.charCodeAt(i) - 48 + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === digits.charCodeAt(digits.length - 1) - 48;
}
