import { TabbedPage } from '../../components/layout/TabbedPage.js';
import { JudgementsTab, RubricsTab } from '../judge/index.js';
import { ModelsTab } from '../models/index.js';
import { RunsTab } from '../qa/index.js';
import { TrustTab } from '../trust/index.js';

/** Whether results hold and reasoning is sound: tests, judges, and how far the judges can be trusted. */
export function VerifyPage() {
  return (
    <TabbedPage
      title="Verify"
      path="/verify"
      label="Parts of verifying"
      tabs={[
        { id: 'tests', label: 'Tests', component: RunsTab },
        { id: 'judgements', label: 'Judgements', component: JudgementsTab },
        { id: 'rubrics', label: 'Rubrics', component: RubricsTab },
        { id: 'models', label: 'Models', component: ModelsTab },
        { id: 'trust', label: 'Trust', component: TrustTab },
      ]}
    />
  );
}
