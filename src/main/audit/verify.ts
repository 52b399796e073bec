import type { FileHandle } from 'node:fs/promises';
import type { AuditVerdict } from '../../shared/model/index.js';
import { entryOf, type Head, noHead, problemOf } from './chain.js';
import type { SealedHead } from './head-file.js';
import { finishedEnd, linesOf } from './lines.js';

/**
 * Goes through the log once, in constant memory, and names the first thing that is wrong with it.
 * @param file null where there is no log
 * @param sealed null where the data folder's key is not at hand: the end is not checked then
 */
export async function verifyLog(
  file: FileHandle | null,
  size: number,
  sealed: SealedHead | null,
): Promise<AuditVerdict> {
  let head = noHead;
  let before = noHead;
  let number = 0;
  const end = file === null ? 0 : await finishedEnd(file, size);
  const verdict = (problem: AuditVerdict['problem']): AuditVerdict => ({
    valid: problem === null,
    entries: head.seq,
    head: head.seq === 0 ? null : { seq: head.seq, hash: head.hash },
    end_checked: sealed !== null,
    torn_bytes: size - end,
    problem,
  });
  if (file !== null) {
    for await (const { text } of linesOf(file, end)) {
      number += 1;
      const problem = text === null ? { seq: null, message: 'The line is too long.' } : problemOf(text, head);
      if (problem !== null) return verdict({ line: number, ...problem });
      before = head;
      head = entryOf(text as string) as Head;
    }
  }
  const wrong = sealed === null ? null : endProblem(head, before, sealed);
  return verdict(wrong === null ? null : { line: null, seq: null, message: wrong });
}

/** What the sealed head says against the end of an otherwise sound log. */
function endProblem(head: Head, before: Head, sealed: SealedHead): string | null {
  if (sealed.state === 'missing')
    return head.seq === 0 ? null : 'The sealed head is missing: lines may have been cut off.';
  if (sealed.state === 'invalid') return 'The sealed head was not written with this data folder’s key.';
  const { head: sealedHead, next } = sealed;
  if (head.seq === sealedHead.seq && head.hash === sealedHead.hash) return null;
  // A crash right behind the append: the entry that was announced is there.
  if (head.hash === next && before.seq === sealedHead.seq && before.hash === sealedHead.hash) return null;
  if (head.seq < sealedHead.seq) return `Entries ${head.seq + 1} to ${sealedHead.seq} were cut off.`;
  return head.seq === sealedHead.seq
    ? `Entry ${head.seq} is not the one that was written last.`
    : `What follows entry ${sealedHead.seq} was not written by Sluice.`;
}
