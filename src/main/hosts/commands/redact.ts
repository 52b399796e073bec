import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import { parseJson } from '../../ground/json.js';
import { makeDataFolder } from '../../home/folder.js';
import { knownSecrets } from '../../home/known-values.js';
import type { OriginalFinding, Redactor } from '../../redact/index.js';
import type { Finder } from '../rules.js';
import { printed } from '../standard-output.js';
import { folderOf } from '../which-folder.js';
import { folderFlag } from './engine-flags.js';

/** Redacts files with the studio's own policy and key: the same value gets the same pseudonym as in captures. */
export function redactCommand(): Command {
  return folderFlag(new Command('redact').description('print files with secrets and personal data replaced'))
    .argument('<file...>', 'files, or - for standard input')
    .option('--lines', 'with --json: every line is {id, text}; answers {id, text, findings} a line')
    .action(async (files: string[], flags: { dataDir?: string; json?: boolean; lines?: boolean }) => {
      if (flags.lines && !flags.json) throw new SluiceError('usage', '--lines needs --json.');
      const { folderFinder, folderRedactor } = await import('../rules.js');
      const folder = await folderOf(flags);
      makeDataFolder(folder);
      const secrets = knownSecrets(
        process.env,
        process.env.SLUICE_TOKEN === undefined ? [] : [process.env.SLUICE_TOKEN],
      );
      if (flags.lines) {
        const finder = folderFinder(folder, secrets);
        for (const file of files) await redactLines(file, finder);
      } else {
        const redactor = folderRedactor(folder, secrets);
        for (const file of files) redactWhole(file, redactor, flags.json ?? false);
      }
    });
}

function redactWhole(file: string, redactor: Redactor, json: boolean): void {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
  if (!json) {
    process.stdout.write(redactor.text(text).text);
    return;
  }
  const result = redactor.text(text, file === '-' ? 'stdin' : file);
  process.stdout.write(`${JSON.stringify({ file, text: result.text, findings: result.findings })}\n`);
}

const lineSchema = z.object({ id: z.union([z.string(), z.number()]), text: z.string() });

/**
 * One text a line, in the order of the input, however long the input is. Offsets are UTF-16 units of the original text.
 * What the policy keeps is listed too, with `action: "keep"` and itself as its replacement.
 * A line that is no {id, text} is answered by {line, error}, and the command ends with 1.
 */
async function redactLines(file: string, finder: Finder): Promise<void> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      if (line.trim() === '') continue;
      const answer = answerOf(line, number, finder);
      await printed(`${JSON.stringify(answer)}\n`);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
}

function answerOf(line: string, number: number, { redactor, all, keeps }: Finder): unknown {
  const parsed = lineSchema.safeParse(parseJson(line));
  if (!parsed.success) {
    process.exitCode = 1;
    return { line: number, error: { code: 'request_invalid', message: 'The line is no JSON object {id, text}.' } };
  }
  const { id, text } = parsed.data;
  const redacted = redactor.spans(text);
  const replaced = redacted.findings;
  let next = 0;
  const kept = all.spans(text).findings.flatMap((found) => {
    // Both lists are in order: what ended before this one ended before all that follow.
    while (next < replaced.length && (replaced[next] as OriginalFinding).end <= found.start) next++;
    if (!keeps(found.entity) || (replaced[next]?.start ?? text.length) < found.end) return [];
    return [{ ...found, replacement: text.slice(found.start, found.end), action: 'keep' }];
  });
  const findings = [...replaced, ...kept].sort((a, b) => a.start - b.start);
  return { id, text: redacted.text, findings };
}

function unreadable(file: string, error: unknown): SluiceError {
  return new SluiceError('usage', `${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
}
