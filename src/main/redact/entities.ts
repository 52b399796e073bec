/** Everything redaction can name. Policy, findings and placeholders use these words. */
export const entities = [
  'API_KEY',
  'CLOUD_KEY',
  'TOKEN',
  'JWT',
  'PRIVATE_KEY',
  'PASSWORD',
  'SECRET',
  'COOKIE',
  'CUSTOM',
  'EMAIL',
  'PHONE',
  'CREDIT_CARD',
  'IBAN',
  'SSN',
  'NATIONAL_ID',
  'IP_ADDRESS',
  'MAC_ADDRESS',
  'CRYPTO_ADDRESS',
  'DATE_OF_BIRTH',
  'PASSPORT',
  'DRIVING_LICENCE',
  'HEALTH_ID',
  'GPS',
  'USER_NAME',
  'PERSON',
  'ADDRESS',
  'URL',
] as const;
export type Entity = (typeof entities)[number];

/** Entities that give access to something: their values are compared as they stand, never normalised. */
const secretEntities: ReadonlySet<Entity> = new Set<Entity>([
  'API_KEY',
  'CLOUD_KEY',
  'TOKEN',
  'JWT',
  'PRIVATE_KEY',
  'PASSWORD',
  'SECRET',
  'COOKIE',
  'CUSTOM',
]);

export function isSecret(entity: Entity): boolean {
  return secretEntities.has(entity);
}

const names = [...entities].sort((a, b) => b.length - a.length).join('|');
const placeholderPattern = new RegExp(`(?:<|%3[Cc])(?:${names})_(?:[0-9a-f]{8}|MASKED)(?:>|%3[Ee])`, 'g');
const startOfPlaceholder = /<[A-Z]|%3[Cc][A-Z]/;

/** What stands for a masked value: no trace of it, so that equal values cannot be told. */
export function mask(entity: Entity): string {
  return `<${entity}_MASKED>`;
}

/** A character that no detector takes for part of a value. */
export const blank = '\0';

// A value that a terminal showed in colour begins right behind the letter that ends the escape.
// biome-ignore lint/suspicious/noControlCharactersInRegex: ECMA-48 control sequences begin with one
const terminalColour = /\x1b\[[0-9;:?]{0,32}[A-Za-z]/g;

/**
 * The text with every placeholder and every terminal escape turned into as many blanks, so that no detector sees the words or digits in it.
 * Only placeholders of our own entities count: nothing else can hide in their shape.
 */
export function blankPlaceholders(text: string): string {
  const plain = text.includes('\x1b') ? text.replace(terminalColour, (match) => blank.repeat(match.length)) : text;
  if (!startOfPlaceholder.test(plain)) return plain;
  return plain.replace(placeholderPattern, (match) => blank.repeat(match.length));
}

/** The text without its placeholders, e.g. to judge a key name by what the client wrote. */
export function withoutPlaceholders(text: string): string {
  return startOfPlaceholder.test(text) ? text.replace(placeholderPattern, '') : text;
}
