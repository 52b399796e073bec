import { createContext, useContext } from 'react';
import type { TextSearch } from '../../../shared/text-find.js';

const Search = createContext<TextSearch | null>(null);

/** Has what it looks for marked in all captured text below it. */
export const TextSearchProvider = Search.Provider;

export function useTextSearch(): TextSearch | null {
  return useContext(Search);
}
