import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { ListedFinding } from '../../../../../shared/model/index.js';
import { trpc } from '../../../rpc/client.js';
import { describeError } from '../../../rpc/errors.js';
import { isPseudonym } from './words.js';

export interface Mark {
  kind: 'allowed' | 'undone' | 'cannot' | 'failed';
  text: string;
  undo: boolean;
}

/** False positives: one key allows the value behind a pseudonym, another takes the last one back. */
export function useMarks() {
  const queries = useQueryClient();
  const allowed = useQuery(trpc.findings.allowed.queryOptions());
  const [done, setDone] = useState<string[]>([]);
  const [mark, setMark] = useState<Mark | null>(null);
  const allow = useMutation(trpc.findings.allow.mutationOptions());
  const disallow = useMutation(trpc.findings.disallow.mutationOptions());
  const pseudonyms = useMemo(() => new Set(allowed.data ?? []), [allowed.data]);

  const show = useCallback((list: string[]) => queries.setQueryData(trpc.findings.allowed.queryKey(), list), [queries]);
  const failed = (error: unknown): void => {
    const { message, next } = describeError(error);
    setMark({ kind: 'failed', text: `Not changed: ${message} ${next}`, undo: false });
  };

  const allowFinding = async ({ replacement }: ListedFinding): Promise<void> => {
    if (!isPseudonym(replacement)) {
      setMark({ kind: 'cannot', text: whyNot(replacement), undo: false });
      return;
    }
    if (pseudonyms.has(replacement)) {
      setMark({ kind: 'allowed', text: `${replacement} is allowed already.`, undo: false });
      return;
    }
    try {
      show(await allow.mutateAsync({ pseudonym: replacement }));
      setDone((before) => [...before, replacement]);
      const text = `The value behind ${replacement} is kept from now on. What is stored keeps the placeholder: the value is not on this disk.`;
      setMark({ kind: 'allowed', text, undo: true });
    } catch (error) {
      failed(error);
    }
  };

  const undo = async (): Promise<void> => {
    const pseudonym = done.at(-1);
    if (pseudonym === undefined) {
      setMark({ kind: 'undone', text: 'Nothing to undo.', undo: false });
      return;
    }
    try {
      const answer = await disallow.mutateAsync({ pseudonym });
      show(answer.allowed);
      setDone((before) => before.slice(0, -1));
      const rest = answer.job === null ? '' : ' What was stored meanwhile is being redacted again.';
      setMark({ kind: 'undone', text: `${pseudonym} is replaced again.${rest}`, undo: done.length > 1 });
    } catch (error) {
      failed(error);
    }
  };

  return { allowed: pseudonyms, mark, allowFinding, undo, dismiss: () => setMark(null) };
}

/** Why a finding cannot be allowed by its placeholder, and what can be done. */
export function whyNot(replacement: string): string {
  return replacement.endsWith('_MASKED>')
    ? `${replacement} is a mask: it is the same for every value and does not tell which one this was. Write the value itself into “Allowed values” on the Policy page.`
    : 'An invented value stands here: it does not tell which one it was. Write the value itself into “Allowed values” on the Policy page.';
}
