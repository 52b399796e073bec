import { quotedWord } from '../../../shared/command-line.js';
import { SluiceError } from '../../../shared/errors.js';
import { testCommand } from '../../../shared/test-command.js';

/** An argument vector as one would type it. */
export const commandText = (argv: readonly string[]): string => argv.map(quotedWord).join(' ');

/** The commands of a text that has one a line. @throws SluiceError `qa_command_refused` */
export function commandsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => testCommand(line.trim()));
}

/** Why such a text is refused; null where it is not. */
export function commandProblem(text: string): string | null {
  try {
    commandsOf(text);
    return null;
  } catch (error) {
    if (error instanceof SluiceError) return error.message;
    throw error;
  }
}
