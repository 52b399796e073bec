/** Extension points whose entries the studio names, by the list they stand in. */
export type ListName =
  | 'wire_formats'
  | 'importers'
  | 'conventions'
  | 'detectors'
  | 'threading_rules'
  | 'layouts'
  | 'file_formats'
  | 'leak_rules';

export interface ListEntry {
  id: string;
  title: string;
  /** One sentence; empty where the title says it all. */
  description: string;
}

export type ListTitles = Record<ListName, ListEntry[]>;
