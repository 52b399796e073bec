import type { ComponentType } from 'react';
import { AuditTab } from './audit/AuditTab.js';
import { ConsentTab } from './consent/ConsentTab.js';
import { DataTab } from './data/DataTab.js';
import { FindingsTab } from './findings/FindingsTab.js';
import { PolicyTab } from './policy/PolicyTab.js';

interface PrivacyTab {
  /** The route is `/privacy/<id>`. */
  id: string;
  label: string;
  component: ComponentType;
}

/** What the privacy page shows, in order; a new tab is one entry here. */
export const tabs: readonly PrivacyTab[] = [
  { id: 'findings', label: 'Findings', component: FindingsTab },
  { id: 'policy', label: 'Policy', component: PolicyTab },
  { id: 'consent', label: 'Consent & retention', component: ConsentTab },
  { id: 'data', label: 'Your data', component: DataTab },
  { id: 'audit', label: 'Audit log', component: AuditTab },
];
