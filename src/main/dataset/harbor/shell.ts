/** One word of a shell's script: a program that is told as an argument keeps its lines. */
export function scriptWord(word: string): string {
  return `'${word.replaceAll('\0', '').replaceAll("'", "'\\''")}'`;
}

/** One word of a shell, and of one line of a Dockerfile, whatever stands in it. */
export function shell(word: string): string {
  return scriptWord(word.replace(/[\r\n\0]/g, ' '));
}
