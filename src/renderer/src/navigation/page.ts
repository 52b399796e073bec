import type { Icon } from '@tabler/icons-react';
import type { ComponentType } from 'react';

/** A page of the studio as the list in `pages.ts` holds it. */
export interface Page {
  /** Its place in the address, also the start of every address below it. */
  path: string;
  label: string;
  icon: Icon;
  /** Second key after `g`. */
  key: string;
  component: ComponentType;
  /** Pages below it that the navigation does not list, by pattern; the most special one first. */
  below?: readonly { path: string; component: ComponentType }[];
}
