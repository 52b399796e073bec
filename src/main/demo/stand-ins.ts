import { createHash } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `length` characters that look random and are the same at every start. */
function noise(label: string, length: number, alphabet = letters): string {
  let out = '';
  for (let block = 0; out.length < length; block++) {
    for (const byte of createHash('sha256').update(`${label}:${block}`).digest())
      out += alphabet[byte % alphabet.length];
  }
  return out.slice(0, length);
}

/**
 * Made-up secrets that show what redaction does. They are put together here, from pieces, so that no file of the
 * repository holds a text that looks like a key.
 */
const made: Record<string, () => string> = {
  anthropic_key: () => ['sk', 'ant', 'api03', `${noise('anthropic', 93)}AA`].join('-'),
  openai_key: () => ['sk', 'proj', noise('openai', 48)].join('-'),
  github_token: () => ['ghp', noise('github', 36)].join('_'),
  aws_key_id: () => `${'AK'}${'IA'}${noise('aws', 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
  aws_secret: () => noise('aws-secret', 40),
  postgres_url: () => `postgres://${['checkout', noise('postgres', 18)].join(':')}@db.staging.example:5432/checkout`,
  card: () => ['4539', '1488', '0343', '6467'].join(' '),
  iban: () => ['DE89', '3704', '0044', '0532', '0130', '00'].join(' '),
};

/** Puts the made-up secrets where `{{name}}` stands; an unknown name is a mistake in the data. */
export function standIns(text: string): string {
  return text.replace(/\{\{([a-z_]+)\}\}/g, (_, name: string) => {
    const make = made[name];
    if (make === undefined) throw new Error(`demo data names an unknown stand-in: ${name}`);
    return make();
  });
}
