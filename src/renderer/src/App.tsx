import {
  IconActivity,
  IconFileImport,
  IconPlugConnected,
  IconRoute,
  IconSettings,
  IconShield,
  IconShieldCheck,
  IconTool,
} from '@tabler/icons-react';
import { useEffect } from 'react';
import { Redirect, Route, Router, Switch } from 'wouter';
import { AuditPage } from './features/audit/AuditPage.js';
import { ConnectPage } from './features/connect/ConnectPage.js';
import { ImportPage } from './features/import/ImportPage.js';
import { LivePage } from './features/live/LivePage.js';
import { PrivacyPage } from './features/privacy/PrivacyPage.js';
import { SettingsPage } from './features/settings/SettingsPage.js';
import { useHashLocation } from './features/shell/hash-location.js';
import type { NavigationItem } from './features/shell/Navigation.js';
import { Shell } from './features/shell/Shell.js';
import { TokenPage } from './features/shell/TokenPage.js';
import { ToolCallsPage } from './features/tool-calls/ToolCallsPage.js';
import { TracePage } from './features/trace/TracePage.js';
import { TracesPage } from './features/traces/TracesPage.js';
import { useConnection } from './rpc/connection.js';
import { getToken } from './rpc/session.js';
import { startTicks } from './rpc/ticks.js';

/** The left navigation, in order; `g` and the key go there. A new page is one entry here and one route below. */
const navigation: NavigationItem[] = [
  { path: '/live', label: 'Live', icon: IconActivity, key: 'l' },
  { path: '/traces', label: 'Traces', icon: IconRoute, key: 't' },
  { path: '/tool-calls', label: 'Tool calls', icon: IconTool, key: 'c' },
  { path: '/import', label: 'Import', icon: IconFileImport, key: 'i' },
  { path: '/connect', label: 'Connect', icon: IconPlugConnected, key: 'a' },
  { path: '/privacy', label: 'Privacy', icon: IconShield, key: 'p' },
  { path: '/audit', label: 'Capture audit', icon: IconShieldCheck, key: 'u' },
  { path: '/settings', label: 'Settings', icon: IconSettings, key: 's' },
];

export function App() {
  const connection = useConnection();
  if (!getToken() || connection === 'refused') return <TokenPage refused={connection === 'refused'} />;
  return (
    <Router hook={useHashLocation}>
      <Studio />
    </Router>
  );
}

function Studio() {
  useEffect(startTicks, []);
  return (
    <Shell navigation={navigation}>
      <Switch>
        <Route path="/live" component={LivePage} />
        <Route path="/traces" component={TracesPage} />
        <Route path="/traces/:id">{({ id }) => <TracePage traceId={id} key={id} />}</Route>
        <Route path="/tool-calls" component={ToolCallsPage} />
        <Route path="/import" component={ImportPage} />
        <Route path="/connect" component={ConnectPage} />
        <Route path="/privacy/:tab?">{({ tab }) => <PrivacyPage tab={tab ?? ''} />}</Route>
        <Route path="/audit" component={AuditPage} />
        <Route path="/settings" component={SettingsPage} />
        <Route>
          <Redirect to="/live" replace />
        </Route>
      </Switch>
    </Shell>
  );
}
