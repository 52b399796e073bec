import { TabbedPage } from '../../components/layout/TabbedPage.js';
import { AuditTab } from './audit/AuditTab.js';
import { ConsentTab } from './consent/ConsentTab.js';
import { DataTab } from './data/DataTab.js';
import { FindingsTab } from './findings/FindingsTab.js';
import { PolicyTab } from './policy/PolicyTab.js';

/** What is found, what is done with it, who agreed, and where everything lies. */
export function PrivacyPage() {
  return (
    <TabbedPage
      title="Privacy"
      path="/privacy"
      label="Parts of privacy"
      tabs={[
        { id: 'findings', label: 'Findings', component: FindingsTab },
        { id: 'policy', label: 'Policy', component: PolicyTab },
        { id: 'consent', label: 'Consent & retention', component: ConsentTab },
        { id: 'data', label: 'Your data', component: DataTab },
        { id: 'audit', label: 'Audit log', component: AuditTab },
      ]}
    />
  );
}
