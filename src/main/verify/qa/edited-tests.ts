/** One file that differs between before and after a change. */
export interface FileChange {
  /** Path after the change; of a deleted file, before it. */
  path: string;
  /** Its path before, where it was renamed. */
  from?: string;
  status: 'added' | 'modified' | 'deleted' | 'renamed';
  /** Text before and after; null where there is none or it is not text. */
  before: string | null;
  after: string | null;
}
