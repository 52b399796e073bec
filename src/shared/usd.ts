/** Parts of a dollar that amounts are counted in: what one token costs comes down to them. */
const parts = 1e8;

/** The sum of amounts in US dollars, exact to the hundred-millionth: binary fractions would show their tails. */
export function addUsd(...amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + Math.round(amount * parts), 0) / parts;
}
