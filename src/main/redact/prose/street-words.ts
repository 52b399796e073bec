/** Ends of street names in one word, as Germanic, Nordic and Uralic languages build them; a number follows. */
const compound =
  /^[\p{L}-]{1,24}(?:stra(?:ß|ss)e|gasse|platz|allee|gatan?|gaten|götu|vägen|veien|vegen|gade|vej|straat|laan|gracht|plein|katu|tie|kuja|stræti|braut|vegur|vænget|utca|útja|hegyi|brücke|graben)$|^(?:utca|utja|útja|tér|út|gatve|tänav|iela)$/iu;
const streetWord = /^(?:street|avenue|boulevard|road|lane|drive|suite|apt|highway|parkway|strasse|straße|box)$/i;

/** Whether a word of a run says that it is a street, and nobody's name. */
export function isStreetWord(text: string): boolean {
  return streetWord.test(text);
}

/** Whether a word is the whole name of a street. */
export function isStreetName(text: string): boolean {
  return compound.test(text);
}
