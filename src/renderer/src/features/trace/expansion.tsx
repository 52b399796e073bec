import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';

// Rows leave the page when they scroll out of sight; what was unfolded in them must not fold by that.
const Expansion = createContext<Map<string, number>>(new Map());

export function ExpansionProvider({ scope, children }: { scope: string; children: ReactNode }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another trace starts folded
  const store = useMemo(() => new Map<string, number>(), [scope]);
  return <Expansion value={store}>{children}</Expansion>;
}

/** A number (how much is shown) that outlives the row it belongs to. */
export function useExpansion(key: string, initial: number): [number, (next: number) => void] {
  const store = useContext(Expansion);
  const [value, setValue] = useState(() => store.get(key) ?? initial);
  const set = useCallback(
    (next: number) => {
      store.set(key, next);
      setValue(next);
    },
    [store, key],
  );
  return [value, set];
}
