import type { ComponentType } from 'react';
import { JudgementsTab, RubricsTab } from '../judge/index.js';
import { ModelsTab } from '../models/index.js';
import { TrustTab } from '../trust/index.js';

interface VerifyTab {
  /** The route is `/verify/<id>`. */
  id: string;
  label: string;
  component: ComponentType;
}

/** What the verify page shows, in order; a new tab is one entry here. */
export const tabs: readonly VerifyTab[] = [
  { id: 'judgements', label: 'Judgements', component: JudgementsTab },
  { id: 'rubrics', label: 'Rubrics', component: RubricsTab },
  { id: 'models', label: 'Models', component: ModelsTab },
  { id: 'trust', label: 'Trust', component: TrustTab },
];
