const streetWord = /^(?:street|avenue|boulevard|road|lane|drive|suite|apt|highway|parkway|strasse|straße|box)$/i;

/** Whether a word of a run says that it is a street, and nobody's name. */
export function isStreetWord(text: string): boolean {
  return streetWord.test(text);
}
