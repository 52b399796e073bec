const secretName = /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|AUTH)S?(_|$)/i;

/**
 * Values that must never be stored because this process holds them: environment variables that are named like secrets.
 * Short ones are left out; replacing every "true" or "8080" would ruin the data.
 */
export function knownSecrets(env: NodeJS.ProcessEnv, tokens: readonly string[]): string[] {
  const values = new Set<string>(tokens);
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && value.length >= 12 && secretName.test(name) && !/^[/~.]|^[A-Za-z]:\\/.test(value))
      values.add(value);
  }
  return [...values];
}
