/** A country's number for a person, as redaction tells it from other numbers. */
export interface NationalId {
  /** `<country>-<name>`. */
  id: string;
  /** How it is written, as the source of a bounded pattern, with and without separators. */
  shape: string;
  /** Fewest digits that stand close together in it. */
  digits: number;
  /** Over the value without separators, in upper case: check digits, dates, ranges. */
  valid(value: string): boolean;
  /** Confidence where no word names it; absent where such a number is too common to be taken alone. */
  alone?: number;
  /** A way of writing that only this number has: taken without a word before it, 0.95. */
  punctuated?: string;
  /** Words that name it, as a pattern. */
  words?: string;
}
