import {
  IconActivity,
  IconChecklist,
  IconDatabase,
  IconFileImport,
  IconListCheck,
  IconPlugConnected,
  IconRoute,
  IconSettings,
  IconShield,
  IconShieldCheck,
  IconSparkles,
  IconTestPipe,
  IconTool,
} from '@tabler/icons-react';
import { CaptureHealthPage } from './features/capture-health/index.js';
import { ComparePage } from './features/compare/index.js';
import { ConnectPage } from './features/connect/index.js';
import { BuilderPage, builderPath, DatasetPage, DatasetsPage } from './features/datasets/index.js';
import { DuplicatesPage } from './features/duplicates/index.js';
import { ImportPage } from './features/import/index.js';
import { JobsPage } from './features/jobs/index.js';
import { LivePage } from './features/live/index.js';
import { OraclePage } from './features/oracle/index.js';
import { PrivacyPage } from './features/privacy/index.js';
import { QueuePage, QueuesPage } from './features/queues/index.js';
import { SettingsPage } from './features/settings/index.js';
import { ToolCallsPage } from './features/tool-calls/index.js';
import { TracePage } from './features/trace/index.js';
import { TracesPage } from './features/traces/index.js';
import { VerifyPage } from './features/verify/index.js';
import type { Page } from './navigation/page.js';

/** Every page, in the order of the navigation: routes, navigation, keys and their help are made of this list. */
export const pages: readonly Page[] = [
  { path: '/live', label: 'Live', icon: IconActivity, key: 'l', component: LivePage },
  {
    path: '/traces',
    label: 'Traces',
    icon: IconRoute,
    key: 't',
    component: TracesPage,
    below: [
      { path: '/traces/:id', component: TracePage },
      { path: '/compare', component: ComparePage },
      { path: '/duplicates', component: DuplicatesPage },
    ],
  },
  {
    path: '/review',
    label: 'Review',
    icon: IconChecklist,
    key: 'r',
    component: QueuesPage,
    below: [{ path: '/review/:queue', component: QueuePage }],
  },
  {
    path: '/verify',
    label: 'Verify',
    icon: IconTestPipe,
    key: 'v',
    component: VerifyPage,
    below: [{ path: '/verify/:tab', component: VerifyPage }],
  },
  { path: '/tool-calls', label: 'Tool calls', icon: IconTool, key: 'c', component: ToolCallsPage },
  {
    path: '/datasets',
    label: 'Datasets',
    icon: IconDatabase,
    key: 'd',
    component: DatasetsPage,
    below: [
      { path: builderPath, component: BuilderPage },
      { path: '/datasets/:name/edit', component: BuilderPage },
      { path: '/datasets/:name', component: DatasetPage },
    ],
  },
  { path: '/oracle', label: 'Oracle', icon: IconSparkles, key: 'o', component: OraclePage },
  { path: '/import', label: 'Import', icon: IconFileImport, key: 'i', component: ImportPage },
  { path: '/jobs', label: 'Jobs', icon: IconListCheck, key: 'j', component: JobsPage },
  { path: '/connect', label: 'Connect', icon: IconPlugConnected, key: 'a', component: ConnectPage },
  {
    path: '/privacy',
    label: 'Privacy',
    icon: IconShield,
    key: 'p',
    component: PrivacyPage,
    below: [{ path: '/privacy/:tab', component: PrivacyPage }],
  },
  {
    path: '/capture-health',
    label: 'Capture health',
    icon: IconShieldCheck,
    key: 'u',
    component: CaptureHealthPage,
    // Its first address.
    below: [{ path: '/audit', component: CaptureHealthPage }],
  },
  { path: '/settings', label: 'Settings', icon: IconSettings, key: 's', component: SettingsPage },
];
